package io.sightline.dedupe.imap;

import com.hazelcast.config.EvictionConfig;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MaxSizePolicy;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.core.Processor;
import com.hazelcast.map.IMap;
import com.hazelcast.spi.merge.DiscardMergePolicy;
import io.sightline.dedupe.MarkBucket;
import io.sightline.event.imap.Buckets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * Marks in an IMap: one entry a bucket. The buckets are mutated in place, so the map must have no index, no listener, no
 * SQL mapping, and nobody gets its values.
 */
public final class MarksMap implements Marks {
    private final IMap<Integer, MarkBucket> map;
    private final Buckets buckets;
    private final int[] owned;

    private MarksMap(IMap<Integer, MarkBucket> map, Buckets buckets, int[] owned) {
        this.map = map;
        this.buckets = buckets;
        this.owned = owned;
    }

    /**
     * The configuration that such a map needs.
     *
     * @param name the map's name, or a pattern
     * @param timeToLive how long buckets live that no job touches any more; much longer than any stop of a job from which
     *     it shall resume, for a job that finds its buckets expired fails. At least a minute's touch must fit in it often
     */
    public static MapConfig config(String name, Duration timeToLive) {
        return new MapConfig(name)
                .setInMemoryFormat(InMemoryFormat.OBJECT)
                .setBackupCount(1)
                .setAsyncBackupCount(0)
                .setReadBackupData(false)
                .setStatisticsEnabled(false)
                .setPerEntryStatsEnabled(false)
                .setTimeToLiveSeconds(Math.toIntExact(timeToLive.toSeconds()))
                .setEvictionConfig(new EvictionConfig()
                        .setEvictionPolicy(EvictionPolicy.NONE)
                        .setMaxSizePolicy(MaxSizePolicy.PER_NODE))
                // A bucket from the smaller half of a split grid has not seen what the larger half has.
                .setMergePolicyConfig(new MergePolicyConfig()
                        .setPolicy(DiscardMergePolicy.class.getName())
                        .setBatchSize(MergePolicyConfig.DEFAULT_BATCH_SIZE));
    }

    /**
     * Makes all buckets, empty, in the place of any that were there. To be called once for each start of a job, before it is
     * submitted; never for a restart, which needs the marks.
     *
     * @param incarnation a number that no earlier start had
     */
    public static void create(HazelcastInstance hazelcast, String name, long incarnation) {
        Buckets buckets = Buckets.of(hazelcast);
        Map<Integer, MarkBucket> empty = new HashMap<>();
        for (int bucket = 0; bucket < buckets.count(); bucket++) {
            empty.put(buckets.key(bucket), new MarkBucket(incarnation));
        }
        hazelcast.<Integer, MarkBucket>getMap(name).setAll(empty);
    }

    /** The marks as seen by a processor of a job. */
    static Marks open(String name, Processor.Context context) {
        HazelcastInstance hazelcast = context.hazelcastInstance();
        return new MarksMap(hazelcast.getMap(name), Buckets.of(hazelcast), context.processorPartitions());
    }

    /** How many marks there are and how much memory they take, backups not counted. Asks every bucket. */
    public static MarkUsage usage(HazelcastInstance hazelcast, String name) {
        return hazelcast.<Integer, MarkBucket>getMap(name).executeOnEntries(new MarkUsage.Query()).values().stream()
                .reduce(MarkUsage.NONE, MarkUsage::plus);
    }

    @Override
    public String name() {
        return map.getName();
    }

    @Override
    public int buckets() {
        return buckets.count();
    }

    @Override
    public int[] owned() {
        return owned.clone();
    }

    @Override
    public CompletionStage<long[]> submit(int bucket, MarkBatch batch) {
        return map.submitToKey(buckets.key(bucket), batch);
    }
}
