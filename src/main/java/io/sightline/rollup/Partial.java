package io.sightline.rollup;

import org.jspecify.annotations.Nullable;

/**
 * An accumulator by itself: what one writer of the history added up for one window of one group between two barriers. Not to
 * be written to.
 *
 * @param hash {@link GroupBy#hash} of the group
 * @param group the values of the group's columns
 * @param cells as in {@link Rollup}
 * @param carry what the group's latest event carried; null where the rollup carries nothing
 */
public record Partial(
        long hash,
        @Nullable Object[] group,
        long[] cells,
        @Nullable Object @Nullable [] carry) {

    /** The start of the window, microseconds since 1970. */
    public long windowStart() {
        return cells[Rollup.START];
    }
}
