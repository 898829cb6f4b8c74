package io.sightline.rollup.imap;

import com.hazelcast.partition.PartitionAware;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The key of a rollup row: a window and a group. Lies in the grid partition of its bucket, beside the processor that
 * writes it. Immutable by convention.
 */
public final class RollupKey implements PartitionAware<Integer> {
    private final Integer bucketKey;
    private final long windowStartMicros;
    private final @Nullable Object[] group;

    /**
     * @param bucketKey {@link io.sightline.event.imap.Buckets#key} of the group's bucket
     * @param windowStartMicros the window's start, microseconds since 1970
     * @param group one value a column of the group
     */
    public RollupKey(Integer bucketKey, long windowStartMicros, @Nullable Object[] group) {
        this.bucketKey = bucketKey;
        this.windowStartMicros = windowStartMicros;
        this.group = group;
    }

    @Override
    public Integer getPartitionKey() {
        return bucketKey;
    }

    public long windowStartMicros() {
        return windowStartMicros;
    }

    /** The group's values; not to be written to. */
    public @Nullable Object[] group() {
        return group;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RollupKey key
                && windowStartMicros == key.windowStartMicros
                && bucketKey.equals(key.bucketKey)
                && Arrays.equals(group, key.group);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(windowStartMicros) + Arrays.hashCode(group);
    }

    @Override
    public String toString() {
        return "RollupKey[" + windowStartMicros + ", " + Arrays.toString(group) + "]";
    }
}
