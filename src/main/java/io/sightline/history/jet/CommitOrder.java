package io.sightline.history.jet;

import io.sightline.history.PreparedCommit;
import io.sightline.history.ProgressVector;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * In which order the tables of one history take a job snapshot: that of the events first. A rollup's parts that were ahead of
 * it would count an original that the next grid, which knows the events' table alone, may take for the duplicate of its copy.
 * All committers of an execution are on one member, because their edges are partitioned by one key; each joins the order and
 * leaves it. That of the events' table may be the first to leave, after the last job snapshot, and must still be followed.
 */
final class CommitOrder {
    private static final Map<Long, CommitOrder> BY_EXECUTION = new ConcurrentHashMap<>();

    private final AtomicReference<@Nullable ProgressVector> events = new AtomicReference<>();

    /** How many have joined and not left; changed inside {@code compute} alone. */
    private int committers;

    private CommitOrder() {}

    static CommitOrder join(long executionId) {
        return BY_EXECUTION.compute(executionId, (id, known) -> {
            CommitOrder order = known == null ? new CommitOrder() : known;
            order.committers++;
            return order;
        });
    }

    static void leave(long executionId) {
        BY_EXECUTION.computeIfPresent(executionId, (id, order) -> --order.committers == 0 ? null : order);
    }

    /** The events' table is here, or further. */
    void eventsAt(ProgressVector at) {
        events.accumulateAndGet(at, (before, now) -> before == null ? now : before.max(now));
    }

    /** Whether the events' table holds all that a commit to another table reaches. */
    boolean mayFollow(PreparedCommit commit) {
        ProgressVector at = events.get();
        return at != null
                && commit.to().asMap().entrySet().stream()
                        .allMatch(next -> next.getValue() <= at.next(next.getKey())
                                || next.getValue() == commit.from().next(next.getKey()));
    }
}
