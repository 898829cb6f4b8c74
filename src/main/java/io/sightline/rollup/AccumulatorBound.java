package io.sightline.rollup;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many accumulators a rollup may hold on one member, shared by its processors there. What bounds the memory of a
 * rollup when a flood of groups, or of events ahead of their time, opens more windows than were planned for. Thread-safe.
 */
public final class AccumulatorBound {
    /** About 200 MB of accumulators with two measures. */
    public static final long DEFAULT_LIMIT = 2_000_000;

    private final long limit;
    private final AtomicLong held = new AtomicLong();

    public AccumulatorBound(long limit) {
        this.limit = limit;
    }

    /** Takes room for one more; false at the limit. */
    boolean take() {
        long before = held.get();
        while (before < limit) {
            if (held.compareAndSet(before, before + 1)) {
                return true;
            }
            before = held.get();
        }
        return false;
    }

    /** Takes room for what was held before a restart, even beyond the limit: the state of a job is never cut. */
    void takeRestored(long accumulators) {
        held.addAndGet(accumulators);
    }

    void release(long accumulators) {
        held.addAndGet(-accumulators);
    }

    /** How many are held now. */
    public long held() {
        return held.get();
    }
}
