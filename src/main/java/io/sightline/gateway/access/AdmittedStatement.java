package io.sightline.gateway.access;

import io.sightline.gateway.sql.ColumnNames;
import io.sightline.gateway.sql.TimeParameters;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A statement that may run.
 *
 * @param statement for the engine
 * @param names what its columns are called
 * @param policies for each relation it reads, the row filter that applies, or null
 */
record AdmittedStatement(TimeParameters statement, ColumnNames names, Map<String, @Nullable String> policies) {}
