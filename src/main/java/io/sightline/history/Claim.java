package io.sightline.history;

import java.io.Serializable;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * That a table obeys one execution of a job: from {@code at} on it moves only by this execution's commits.
 *
 * @param fence the execution's own
 * @param at the table's vector when it was claimed: the history branch drops everything below
 * @param counters totals at {@code at}, to count on from where there is no job snapshot
 */
public record Claim(Fence fence, ProgressVector at, SortedMap<String, Long> counters) implements Serializable {
    public Claim {
        counters = Collections.unmodifiableSortedMap(new TreeMap<>(counters));
    }
}
