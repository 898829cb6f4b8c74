package io.sightline.observe;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A histogram of latencies in milliseconds, for quantiles within an eighth of the true value: below 8 ms each
 * millisecond counts apart, above it each power of two in eight steps. From about 36 hours on all counts as one. Not
 * thread-safe.
 */
public final class Latencies {
    private static final int STEPS_PER_DOUBLING = 8;
    private static final int STEP_BITS = 3;
    private static final int SIZE = STEPS_PER_DOUBLING * 25;

    /** Where the buckets of {@link #buckets} end: 8 ms, and each double the one before, up to a minute. */
    private static final int BUCKETS = 14;

    private final long[] counts;
    private long sumMillis;

    public Latencies() {
        this(new long[SIZE], 0);
    }

    private Latencies(long[] counts, long sumMillis) {
        this.counts = counts;
        this.sumMillis = sumMillis;
    }

    /** Of what {@link #counts} and {@link #sumMillis} gave. */
    public static Latencies of(long[] counts, long sumMillis) {
        return new Latencies(Arrays.copyOf(counts, SIZE), sumMillis);
    }

    /** Counts one latency; a negative one, which only clocks that disagree can make, as 0. */
    public void record(long millis) {
        long counted = Math.max(0, millis);
        counts[slotOf(counted)]++;
        sumMillis += counted;
    }

    public void addAll(Latencies other) {
        for (int i = 0; i < SIZE; i++) {
            counts[i] += other.counts[i];
        }
        sumMillis += other.sumMillis;
    }

    /** Moves everything into a new histogram; this one is empty afterwards. */
    public Latencies drain() {
        Latencies drained = of(counts, sumMillis);
        Arrays.fill(counts, 0);
        sumMillis = 0;
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

    /** The same in few buckets, whose bounds are exact. */
    public LatencyBuckets buckets() {
        SortedMap<Long, Long> upTo = new TreeMap<>();
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            long bound = (long) STEPS_PER_DOUBLING << bucket;
            upTo.put(bound, Arrays.stream(counts, 0, slotOf(bound)).sum());
        }
        return new LatencyBuckets(upTo, total(), sumMillis);
    }

    /** The sum of all latencies. */
    public long sumMillis() {
        return sumMillis;
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
