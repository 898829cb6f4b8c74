package io.sightline.history;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What all members brought to one barrier.
 *
 * @param read how far decoding has come at the barrier, in every topic partition
 * @param files the rows since the last barrier, none of them at or above {@code read}
 * @param counters totals since the table began, at the barrier
 */
public record Sealed(ProgressVector read, List<DataFile> files, SortedMap<String, Long> counters)
        implements Serializable {
    public Sealed {
        files = List.copyOf(files);
        counters = Collections.unmodifiableSortedMap(new TreeMap<>(counters));
    }
}
