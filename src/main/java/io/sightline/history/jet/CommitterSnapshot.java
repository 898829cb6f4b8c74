package io.sightline.history.jet;

import io.sightline.history.PreparedCommit;
import io.sightline.history.ProgressVector;
import java.io.Serializable;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the committer keeps in the job snapshot.
 *
 * @param commit what the table is to get once the snapshot is complete
 * @param read how far decoding had read
 * @param counters totals since the table began
 */
record CommitterSnapshot(PreparedCommit commit, ProgressVector read, SortedMap<String, Long> counters)
        implements Serializable {
    CommitterSnapshot {
        counters = Collections.unmodifiableSortedMap(new TreeMap<>(counters));
    }
}
