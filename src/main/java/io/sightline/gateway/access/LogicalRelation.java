package io.sightline.gateway.access;

import io.sightline.gateway.ResultColumn;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlNode;

/**
 * A relation under the name people use.
 *
 * @param definition the query behind it, over physical names; never shown to anybody
 * @param columns all its columns, in order
 * @param indexedTimes for a hot window, the columns of time whose index a query must use unless its role is an admin's;
 *     empty for a relation that may be read as one likes
 */
public record LogicalRelation(String name, SqlNode definition, List<ResultColumn> columns, Set<String> indexedTimes) {}
