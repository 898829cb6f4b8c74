package io.sightline.history;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one append to a table log says, all of it or nothing.
 *
 * @param progress the vector from now on, for every topic partition
 * @param files the files that become visible
 * @param fence whom the table obeys from now on
 * @param committedAtMillis the writer's clock, milliseconds since 1970
 * @param counters totals at {@code progress}
 */
public record TableChange(
        ProgressVector progress,
        List<DataFile> files,
        Fence fence,
        long committedAtMillis,
        SortedMap<String, Long> counters) {
    public TableChange {
        files = List.copyOf(files);
        counters = Collections.unmodifiableSortedMap(new TreeMap<>(counters));
    }

    /** What the table says once this is its newest version. */
    public TableState leaves(long version) {
        return new TableState(version, progress, fence, committedAtMillis, counters);
    }
}
