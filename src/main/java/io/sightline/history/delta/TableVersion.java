package io.sightline.history.delta;

import java.io.Serializable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One version of a table.
 *
 * @param version its number
 * @param time since when it has been the newest, by the storage's clock
 * @param operation what made it, in capitals; empty if the log no longer says
 * @param rows in the table then; null if a file of another program does not say how many it has
 * @param files in the table then
 * @param bytes of those files
 * @param writer who made it: cluster and pipeline, or the name of another program; null if it does not say
 */
public record TableVersion(
        long version,
        Instant time,
        String operation,
        @Nullable Long rows,
        long files,
        long bytes,
        @Nullable String writer)
        implements Serializable {}
