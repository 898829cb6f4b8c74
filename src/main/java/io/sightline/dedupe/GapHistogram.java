package io.sightline.dedupe;

import io.sightline.observe.Counter;
import io.sightline.observe.Counts;
import java.util.Arrays;

/**
 * How far duplicates are from their originals, in steps of 1, 2, 5, 10, 20, 50 ... milliseconds. A step's label is its
 * upper bound, inclusive, in decimal milliseconds. Not thread-safe.
 */
public final class GapHistogram {
    private static final long[] UPPER_BOUNDS = upperBounds();

    private final long[] counts = new long[UPPER_BOUNDS.length];

    /** Counts one gap, which is not negative. */
    public void add(long gapMillis) {
        int found = Arrays.binarySearch(UPPER_BOUNDS, gapMillis);
        counts[found >= 0 ? found : -found - 1]++;
    }

    /** Moves all counts into {@link Counter#DUPLICATE_GAPS}. */
    public void moveTo(Counts target) {
        for (int step = 0; step < counts.length; step++) {
            if (counts[step] != 0) {
                target.add(Counter.DUPLICATE_GAPS, Long.toString(UPPER_BOUNDS[step]), counts[step]);
                counts[step] = 0;
            }
        }
    }

    private static long[] upperBounds() {
        long[] bounds = new long[3 * 18 + 1];
        int next = 0;
        for (long decade = 1; next < bounds.length - 1; decade *= 10) {
            bounds[next++] = decade;
            bounds[next++] = 2 * decade;
            bounds[next++] = 5 * decade;
        }
        bounds[next] = Long.MAX_VALUE;
        return bounds;
    }
}
