package io.sightline.event.imap;

import com.hazelcast.jet.core.Partitioner;

/**
 * Routes an item whose edge key is its hash, a {@link Long}, to the processor that owns its bucket. Use it as
 * {@code edge.partitioned(item -> hash, new BucketPartitioner()).distributed()}.
 */
public final class BucketPartitioner implements Partitioner<Long> {
    private static final long serialVersionUID = 1;

    @Override
    public int getPartition(Long hash, int partitionCount) {
        return Buckets.bucketOf(hash, partitionCount);
    }
}
