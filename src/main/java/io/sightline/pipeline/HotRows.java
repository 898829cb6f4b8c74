package io.sightline.pipeline;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.core.Processor;
import com.hazelcast.jet.core.ProcessorSupplier;
import com.hazelcast.map.IMap;
import io.sightline.event.Event;
import io.sightline.event.imap.Buckets;
import io.sightline.event.imap.CompactRows;
import io.sightline.event.imap.HotKey;
import io.sightline.grid.GridNames;
import io.sightline.history.EventRows;
import io.sightline.observe.Counter;
import io.sightline.observe.Counts;
import io.sightline.observe.Latencies;
import io.sightline.observe.jet.CountsOutlet;
import io.sightline.spec.PipelineSpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Enriched events as rows of the hot window, with the columns of {@link EventRows}. A row lies in the bucket of its event's id, beside its mark. Also measures how long after its source time a
 * row could be read.
 */
final class HotRows implements MapWriterP.Rows<Event> {
    /** An event is late if it arrives more than this after it happened. An observation, no verdict. */
    static final Duration ALLOWED_LAG = Duration.ofSeconds(2);

    private final Buckets buckets;
    private final EventRows eventRows;
    private final CompactRows rows;
    private final long keepMillis;
    private final LongSupplier clock;
    /** The map whose evictions this processor counts; null but on one processor a member. */
    private final @Nullable IMap<Object, Object> map;

    private final Latencies latencies = new Latencies();
    private long evicted;
    private long[] batchSourceTimes = new long[256];
    private int batchSize;

    /**
     * @param keep rows older than this by source time never enter; null takes all (where the clock is not the feed's)
     * @param clock milliseconds since 1970
     */
    private HotRows(Processor.Context context, PipelineSpec spec, @Nullable Duration keep, LongSupplier clock) {
        HazelcastInstance hazelcast = context.hazelcastInstance();
        this.buckets = Buckets.of(hazelcast);
        this.map = context.localProcessorIndex() == 0 ? hazelcast.getMap(GridNames.hotWindow(spec.name())) : null;
        this.evicted = evictions();
        this.eventRows = new EventRows(spec);
        this.rows = new CompactRows(typeName(spec), eventRows.columns());
        this.keepMillis = keep == null ? Long.MAX_VALUE : keep.toMillis();
        this.clock = clock;
    }

    /** The hot window's processors; see the constructor. */
    static ProcessorSupplier writer(PipelineSpec spec, @Nullable Duration keep) {
        return MapWriterP.supplier(
                GridNames.hotWindow(spec.name()),
                context -> new HotRows(context, spec, keep, System::currentTimeMillis));
    }

    /** The name of the rows' Compact type. */
    static String typeName(PipelineSpec spec) {
        return "hot_" + spec.name();
    }

    @Override
    public void add(Event event, Map<Object, Object> batch, Counts counts) {
        long sourceTime = event.sourceTimeMillis();
        if (sourceTime - TimeUnit.MICROSECONDS.toMillis(event.eventTimeMicros()) > ALLOWED_LAG.toMillis()) {
            counts.add(Counter.LATE, 1);
        }
        if (clock.getAsLong() - sourceTime > keepMillis) {
            counts.add(Counter.HOT_EXPIRED, 1);
            return;
        }
        Integer bucketKey = buckets.key(buckets.bucketOf(event.idHigh()));
        batch.put(
                new HotKey(event.topicPartition(), event.offset(), event.index(), bucketKey),
                rows.row(eventRows.row(event)));
        if (batchSize == batchSourceTimes.length) {
            batchSourceTimes = Arrays.copyOf(batchSourceTimes, 2 * batchSize);
        }
        batchSourceTimes[batchSize++] = sourceTime;
    }

    @Override
    public Runnable sent(CountsOutlet outlet) {
        long[] sourceTimes = Arrays.copyOf(batchSourceTimes, batchSize);
        batchSize = 0;
        return () -> acknowledged(sourceTimes);
    }

    private void acknowledged(long[] sourceTimes) {
        long now = clock.getAsLong();
        for (long sourceTime : sourceTimes) {
            latencies.record(now - sourceTime);
        }
    }

    @Override
    public void report(CountsOutlet outlet) {
        if (!latencies.isEmpty()) {
            outlet.report(latencies.drain());
        }
        long evictedByNow = evictions();
        outlet.counts().add(Counter.HOT_EVICTED, evictedByNow - evicted);
        evicted = evictedByNow;
    }

    private long evictions() {
        return map == null ? 0 : map.getLocalMapStats().getEvictionCount();
    }
}
