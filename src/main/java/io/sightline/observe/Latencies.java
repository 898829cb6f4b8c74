package io.sightline.observe;

import java.util.Arrays;

/**
 * A histogram of latencies in milliseconds, for quantiles within an eighth of the true value: below 8 ms each
 * millisecond counts apart, above it each power of two in eight steps. From about 36 hours on all counts as one. Not
 * thread-safe.
 */
public final class Latencies {
    private static final int STEPS_PER_DOUBLING = 8;
    private static final int STEP_BITS = 3;
    private static final int SIZE = STEPS_PER_DOUBLING * 25;

    private final long[] counts;

    public Latencies() {
        this(new long[SIZE]);
    }

    private Latencies(long[] counts) {
        this.counts = counts;
    }

    /** Of counts as {@link #counts} gave them. */
    public static Latencies of(long[] counts) {
        return new Latencies(Arrays.copyOf(counts, SIZE));
    }

    /** Counts one latency; a negative one, which only clocks that disagree can make, as 0. */
    public void record(long millis) {
        counts[slotOf(Math.max(0, millis))]++;
    }

    public void addAll(Latencies other) {
        for (int i = 0; i < SIZE; i++) {
            counts[i] += other.counts[i];
        }
    }

    /** Moves everything into a new histogram; this one is empty afterwards. */
    public Latencies drain() {
        Latencies drained = of(counts);
        Arrays.fill(counts, 0);
        return drained;
    }

    public boolean isEmpty() {
        return total() == 0;
    }

    /** How many latencies were counted. */
    public long total() {
        return Arrays.stream(counts).sum();
    }

    /** The latency that this share (0 to 1) of all does not exceed, rounded up to its step; -1 if none was counted. */
    public long quantile(double share) {
        long rank = (long) Math.ceil(share * total());
        long seen = 0;
        for (int slot = 0; slot < SIZE; slot++) {
            seen += counts[slot];
            if (seen > 0 && seen >= rank) {
                return upperBoundOf(slot);
            }
        }
        return -1;
    }

    /** The raw counts, a copy. */
    public long[] counts() {
        return counts.clone();
    }

    private static int slotOf(long millis) {
        if (millis < STEPS_PER_DOUBLING) {
            return (int) millis;
        }
        int doublings = 63 - Long.numberOfLeadingZeros(millis) - STEP_BITS;
        int step = (int) (millis >>> doublings) - STEPS_PER_DOUBLING;
        return Math.min(SIZE - 1, STEPS_PER_DOUBLING * (doublings + 1) + step);
    }

    private static long upperBoundOf(int slot) {
        if (slot < STEPS_PER_DOUBLING) {
            return slot;
        }
        int doublings = slot / STEPS_PER_DOUBLING - 1;
        int step = slot % STEPS_PER_DOUBLING + STEPS_PER_DOUBLING;
        return ((step + 1L) << doublings) - 1;
    }
}
