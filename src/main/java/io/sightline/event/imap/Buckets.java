package io.sightline.event.imap;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.partition.PartitionService;
import java.util.Arrays;

/**
 * Buckets: one for each grid partition, and for each bucket the Integer key that Hazelcast maps to that partition.
 *
 * <p>Everything that belongs together is routed by bucket: the edge into a keyed processor ({@link BucketPartitioner}),
 * the IMap entries that processor touches and the keys of its job snapshot. So a processor's map operations are local,
 * and its state comes back to it after a restart.
 */
public final class Buckets {
    private final Integer[] keys;

    private Buckets(Integer[] keys) {
        this.keys = keys;
    }

    /** The buckets of this grid; the same on every member and after every restart with the same partition count. */
    public static Buckets of(HazelcastInstance hazelcast) {
        PartitionService partitions = hazelcast.getPartitionService();
        int count = partitions.getPartitions().size();
        Integer[] keys = new Integer[count];
        int missing = count;
        for (int candidate = 0; missing > 0; candidate++) {
            int partition = partitions.getPartition(candidate).getPartitionId();
            if (keys[partition] == null) {
                keys[partition] = candidate;
                missing--;
            }
        }
        return new Buckets(keys);
    }

    public int count() {
        return keys.length;
    }

    /** The key whose grid partition is this bucket. */
    public Integer key(int bucket) {
        return keys[bucket];
    }

    /** The bucket that a well-mixed hash falls into. */
    public int bucketOf(long hash) {
        return bucketOf(hash, keys.length);
    }

    /** The bucket that a well-mixed hash falls into, of {@code count}. */
    public static int bucketOf(long hash, int count) {
        return (int) Long.remainderUnsigned(hash, count);
    }

    @Override
    public String toString() {
        return Arrays.toString(keys);
    }
}
