package io.sightline.history;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one version of a table says about progress.
 *
 * @param version the table version; {@value #NO_VERSION} if there is no table yet
 * @param progress N: the table holds exactly the originals below it
 * @param fence whom it obeys; null if it has never been claimed
 * @param committedAtMillis when a writer last committed, by that writer's clock, milliseconds since 1970; 0 if none has
 * @param counters totals at {@code progress}; empty if there are none, or the log no longer has them
 */
public record TableState(
        long version,
        ProgressVector progress,
        @Nullable Fence fence,
        long committedAtMillis,
        SortedMap<String, Long> counters) {
    public static final long NO_VERSION = -1;

    /** Before the table exists. */
    public static final TableState NO_TABLE = new TableState(NO_VERSION, ProgressVector.NONE, null, 0, new TreeMap<>());

    public TableState {
        counters = Collections.unmodifiableSortedMap(new TreeMap<>(counters));
    }
}
