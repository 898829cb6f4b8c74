package io.sightline.observe.jet;

import com.hazelcast.jet.core.Outbox;
import io.sightline.observe.Counts;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A processor's way to the status processor: differences of counts, and other items, on one outbound edge.
 *
 * <p>Exact through replay because of one rule: a processor calls {@link #flush} in {@code saveToSnapshot} (and in
 * {@code complete}) and lets the barrier pass only once it returned true. What was counted before the barrier is then in
 * the status processor's state when that is saved; what is counted after a failed execution's last barrier is replayed
 * together with its events.
 *
 * <p>Used by one processor, on its thread.
 */
public final class CountsOutlet {
    private static final long INTERVAL_NANOS = 200_000_000;

    private final int ordinal;
    private final Counts counts = new Counts();
    private final Deque<Object> ready = new ArrayDeque<>();
    private long lastFlushNanos;

    /** @param ordinal the outbound edge to the status processor; negative where there is none (in unit tests) */
    public CountsOutlet(int ordinal) {
        this.ordinal = ordinal;
    }

    /** The differences since the last flush; add to it freely. */
    public Counts counts() {
        return counts;
    }

    /** Queues one more item for the status processor (a watermark, too), behind what was counted so far. */
    public void report(Object item) {
        if (ordinal >= 0) {
            drainCounts();
            ready.add(item);
        }
    }

    /**
     * Flushes if something was reported or the last flush is long enough ago. For {@code tryProcess}. False if the outbox
     * is full: offer nothing else to it before this returned true.
     */
    public boolean flushNowAndThen(Outbox outbox, long nanoTime) {
        return flushNowAndThen(outbox, nanoTime, () -> {});
    }

    /** The same; before a flush that is due, {@code report} may count and report what the processor kept by itself. */
    public boolean flushNowAndThen(Outbox outbox, long nanoTime, Runnable report) {
        boolean due = nanoTime - lastFlushNanos >= INTERVAL_NANOS;
        if (due) {
            lastFlushNanos = nanoTime;
            report.run();
        }
        return (!due && ready.isEmpty()) || flush(outbox);
    }

    /** Sends all that was counted and reported. False if the outbox is full: call again with the same outbox later. */
    public boolean flush(Outbox outbox) {
        if (ordinal < 0) {
            return true;
        }
        drainCounts();
        while (!ready.isEmpty()) {
            if (!outbox.offer(ordinal, ready.element())) {
                return false;
            }
            ready.remove();
        }
        return true;
    }

    private void drainCounts() {
        if (!counts.isEmpty()) {
            ready.add(counts.drain());
        }
    }
}
