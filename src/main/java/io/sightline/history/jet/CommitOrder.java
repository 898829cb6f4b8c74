package io.sightline.history.jet;

import io.sightline.history.PreparedCommit;
import io.sightline.history.ProgressVector;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * In which order the tables of one history take a job snapshot: that of the events first. A rollup's parts that were ahead of
 * it would count an original that the next grid, which knows the events' table alone, may take for the duplicate of its copy.
 * All committers of an execution are on one member, because their edges are partitioned by one key.
 */
final class CommitOrder {
    /** By execution, the vector of the events' table. */
    private static final Map<Long, ProgressVector> EVENTS = new ConcurrentHashMap<>();

    private CommitOrder() {}

    /** The events' table is here, or further. */
    static void eventsAt(long executionId, ProgressVector at) {
        EVENTS.merge(executionId, at, ProgressVector::max);
    }

    /** Whether the events' table holds all that a commit to another table reaches. */
    static boolean mayFollow(long executionId, PreparedCommit commit) {
        ProgressVector events = EVENTS.get(executionId);
        return events != null
                && commit.to().asMap().entrySet().stream()
                        .allMatch(next -> next.getValue() <= events.next(next.getKey())
                                || next.getValue() == commit.from().next(next.getKey()));
    }

    static void forget(long executionId) {
        EVENTS.remove(executionId);
    }
}
