package io.sightline.rollup.imap;

import static java.util.Objects.requireNonNull;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.function.FunctionEx;
import com.hazelcast.jet.JetException;
import com.hazelcast.jet.core.AbstractProcessor;
import com.hazelcast.jet.core.ProcessorMetaSupplier;
import com.hazelcast.jet.core.Watermark;
import com.hazelcast.map.IMap;
import com.hazelcast.nio.serialization.genericrecord.GenericRecord;
import io.sightline.event.Event;
import io.sightline.event.imap.Buckets;
import io.sightline.event.imap.CompactRows;
import io.sightline.observe.Counter;
import io.sightline.observe.jet.CountsOutlet;
import io.sightline.rollup.AccumulatorBound;
import io.sightline.rollup.Changes;
import io.sightline.rollup.Group;
import io.sightline.rollup.GroupBy;
import io.sightline.rollup.Groups;
import io.sightline.rollup.Partial;
import io.sightline.rollup.Rollup;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupSpec;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the accumulators of its share of a rollup's groups, and their rows in a map up to date. Cooperative. Takes events,
 * and {@linkplain Partial parts} of the history, routed by {@link #groupHash} and {@link io.sightline.event.imap.BucketPartitioner}; its one outbound edge leads to the
 * status processor.
 *
 * <p>How rows come into the map:
 *
 * <ol>
 *   <li>Every {@link #flushInterval} a flush begins: the changed rows are written, a bounded number at a time. It ends when all are
 *       acknowledged. Then the watermark that was there when it began goes on, and closed windows are dropped.
 *   <li>The barrier passes only when no write is in flight. So whatever the saved state has dropped, the map holds.
 *   <li>A restart gets a higher {@link StartNumber}, and all restored rows wait to be written again. When the first flush
 *       has ended, {@link OrphanedRows} are removed. Until then nothing is dropped, so that a second restart finds the
 *       same ground.
 * </ol>
 */
public final class RollupP extends AbstractProcessor {
    private static final Logger LOG = LoggerFactory.getLogger(RollupP.class);

    private static final Duration SHORTEST_FLUSH_INTERVAL = Duration.ofMillis(200);
    private static final Duration LONGEST_FLUSH_INTERVAL = Duration.ofSeconds(1);

    /** So often the rows of a window are written while it lasts, if the interval's bounds let it. */
    private static final int FLUSHES_OF_A_WINDOW = 60;

    /** Beyond this, events wait until rows are written; many more than change between two flushes. */
    private static final int MOST_CHANGES_WAITING = 50_000;

    /** These keep a call short, as it must be on a cooperative thread. */
    private static final int MOST_WRITES_AT_A_TIME = 1_024;

    private static final int MOST_BYTES_SAVED_AT_A_TIME = 128 * 1_024;

    private static final long NO_WATERMARK = Long.MIN_VALUE;

    private final String name;
    private final String mapName;
    private final Rollup rollup;
    private final CompactRows rows;
    private final StartNumber start;
    private final AccumulatorBound bound;
    private final @Nullable StateHandOver handOver;
    private final LongSupplier nanoClock;
    private final Executor blocking;
    private final long flushIntervalNanos;

    private final CountsOutlet outlet = new CountsOutlet(0);
    private final Changes changes = new Changes();

    private HazelcastInstance hazelcast;
    private Buckets buckets;
    private @Nullable Groups[] share;
    private RowWrites writes;
    private int mostChangesWaiting = MOST_CHANGES_WAITING;

    private long watermark = NO_WATERMARK;
    private long forwardedWatermark = NO_WATERMARK;
    private long droppedUpTo = NO_WATERMARK;

    private boolean flushing;
    private long flushStartNanos;
    private int groupsToFlush;
    private long flushedWatermark;

    private boolean orphansRemoved;
    private @Nullable CompletableFuture<Integer> orphanRemoval;

    /** Whether the state is there that this execution begins with. */
    private boolean begun;

    /** Whether a job snapshot holds the state. */
    private boolean inSnapshot;

    private @Nullable CompletableFuture<Map<Integer, byte[]>> taken;
    private @Nullable CompletableFuture<Void> given;

    private int nextBucketToSave;
    private byte @Nullable [] packed;

    /**
     * @param blocking runs what must not block the processor's thread
     * @param nanoClock nanoseconds from an arbitrary origin, as {@link System#nanoTime}
     */
    @SuppressWarnings("NullAway.Init") // the rest comes with init
    RollupP(
            RollupSpec rollup,
            PipelineSpec pipeline,
            String mapName,
            StartNumber start,
            AccumulatorBound bound,
            @Nullable StateHandOver handOver,
            Executor blocking,
            LongSupplier nanoClock) {
        this.name = rollup.name();
        this.mapName = mapName;
        this.rollup = new Rollup(rollup, pipeline);
        this.rows = RollupMap.rows(mapName, rollup, pipeline);
        this.start = start;
        this.bound = bound;
        this.handOver = handOver;
        this.blocking = blocking;
        this.nanoClock = nanoClock;
        this.orphansRemoved = start.number() == start.firstOfJob();
        this.flushIntervalNanos = flushInterval(rollup.window()).toNanos();
    }

    /**
     * How long after a flush began the next one begins: 200 ms for windows of seconds, a second for those of a minute or longer,
     * whose rows would else be written as often again, for a figure of which nobody sees the difference.
     */
    static Duration flushInterval(Duration window) {
        Duration interval = window.dividedBy(FLUSHES_OF_A_WINDOW);
        if (interval.compareTo(SHORTEST_FLUSH_INTERVAL) < 0) {
            return SHORTEST_FLUSH_INTERVAL;
        }
        return interval.compareTo(LONGEST_FLUSH_INTERVAL) > 0 ? LONGEST_FLUSH_INTERVAL : interval;
    }

    /**
     * The vertex of a rollup.
     *
     * @param mapName the map of its rows, configured by {@link RollupMap#config}
     * @param accumulatorLimit {@link AccumulatorBound}, for each member
     * @param taken what another job has rebuilt; null if this one begins with nothing
     */
    public static ProcessorMetaSupplier metaSupplier(
            RollupSpec rollup,
            PipelineSpec pipeline,
            String mapName,
            long accumulatorLimit,
            @Nullable StateHandOver taken) {
        return new RollupSupplier(rollup, pipeline, mapName, accumulatorLimit, taken, true);
    }

    /**
     * The same of a batch job that fills the map, and perhaps hands its state over: any other job's rows replace its own.
     *
     * @param given to whom; null for nobody
     */
    public static ProcessorMetaSupplier rebuilding(
            RollupSpec rollup,
            PipelineSpec pipeline,
            String mapName,
            long accumulatorLimit,
            @Nullable StateHandOver given) {
        return new RollupSupplier(rollup, pipeline, mapName, accumulatorLimit, given, false);
    }

    /** The key of the edge to this processor. */
    public static FunctionEx<Event, Long> groupHash(RollupSpec rollup, PipelineSpec pipeline) {
        GroupBy groupBy = new GroupBy(rollup, pipeline);
        return groupBy::hash;
    }

    @Override
    protected void init(Context context) {
        hazelcast = context.hazelcastInstance();
        buckets = Buckets.of(hazelcast);
        share = new Groups[buckets.count()];
        for (int bucket : context.processorPartitions()) {
            share[bucket] = new Groups(rollup, bound, changes);
        }
        IMap<RollupKey, GenericRecord> map = hazelcast.getMap(mapName);
        writes = new RowWrites(map, name, start.number());
        flushStartNanos = nanoClock.getAsLong();
    }

    /**
     * Waits for what another job has handed over, unless a job snapshot holds something newer. To be asked by whatever needs
     * the state: events, and even a barrier, may come before Jet's first {@link #tryProcess()}.
     */
    private boolean begin() {
        if (begun) {
            return true;
        }
        if (handOver != null && !handOver.gives() && !inSnapshot) {
            if (taken == null) {
                taken = handOver.take(hazelcast, bucketKeys(), blocking);
            }
            if (!taken.isDone()) {
                return false;
            }
            RowWrites.result(taken, name).forEach(this::restore);
        }
        begun = true;
        return true;
    }

    private Set<Integer> bucketKeys() {
        return IntStream.range(0, share.length)
                .filter(bucket -> share[bucket] != null)
                .mapToObj(buckets::key)
                .collect(Collectors.toSet());
    }

    @Override
    public boolean tryProcess() {
        if (!begin()) {
            return false;
        }
        long now = nanoClock.getAsLong();
        boolean tooManyWait = changes.accumulators() > mostChangesWaiting;
        if (!flushing && (tooManyWait || now - flushStartNanos >= flushIntervalNanos)) {
            beginFlush(now);
        }
        long forwardedBefore = forwardedWatermark;
        flush();
        boolean sent = forwardedWatermark > forwardedBefore
                ? outlet.flush(getOutbox())
                : outlet.flushNowAndThen(getOutbox(), now);
        return sent && !tooManyWait;
    }

    @Override
    protected boolean tryProcess(int ordinal, Object item) {
        if (!begin()) {
            return false;
        }
        if (item instanceof Partial partial) {
            count(groups(partial.hash()).merge(partial));
        } else {
            Event event = (Event) item;
            long hash = rollup.groupBy().hash(event);
            count(groups(hash).add(event, hash, micros(watermark)));
        }
        return true;
    }

    private Groups groups(long hash) {
        int bucket = buckets.bucketOf(hash);
        Groups groups = share[bucket];
        if (groups == null) {
            throw new IllegalStateException("rollup " + name + ": an item of bucket " + bucket
                    + " came to a processor without it; the edge must use groupHash and BucketPartitioner");
        }
        return groups;
    }

    private void count(Groups.Outcome outcome) {
        switch (outcome) {
            case TAKEN -> {}
            case CORRECTED -> outlet.counts().add(Counter.CORRECTIONS, name, 1);
            case TOO_LATE -> outlet.counts().add(Counter.LATE_UNCORRECTED, name, 1);
            case NO_ROOM -> outlet.counts().add(Counter.ROLLUP_OVERFLOW, name, 1);
        }
    }

    /** Goes on when all that came before it is in the map. */
    @Override
    public boolean tryProcessWatermark(Watermark received) {
        watermark = received.timestamp();
        return true;
    }

    @Override
    public boolean complete() {
        if (!flushing && (!orphansRemoved || changes.groups() > 0 || watermark != forwardedWatermark)) {
            beginFlush(nanoClock.getAsLong());
        }
        flush();
        return !flushing
                && orphansRemoved
                && changes.groups() == 0
                && watermark == forwardedWatermark
                && outlet.flush(getOutbox())
                && handedOver();
    }

    private boolean handedOver() {
        if (handOver == null || !handOver.gives()) {
            return true;
        }
        if (given == null) {
            Map<Integer, byte[]> packedByKey = new HashMap<>();
            for (int bucket = 0; bucket < share.length; bucket++) {
                Groups groups = share[bucket];
                if (groups != null) {
                    groups.drop(handOver.closedUpToMicros());
                    packedByKey.put(buckets.key(bucket), groups.pack());
                }
            }
            given = handOver.give(hazelcast, packedByKey);
        }
        if (given.isDone()) {
            RowWrites.result(given, name);
            return true;
        }
        return false;
    }

    private void beginFlush(long nanoTime) {
        flushing = true;
        flushStartNanos = nanoTime;
        groupsToFlush = changes.groups();
        flushedWatermark = watermark;
    }

    private void flush() {
        writes.acknowledge();
        if (flushing) {
            writeChanges();
            if (groupsToFlush == 0 && writes.inFlight() == 0) {
                flushing = false;
                flushed();
            }
        }
        pollOrphanRemoval();
    }

    private void writeChanges() {
        int room = Math.min(writes.room(), MOST_WRITES_AT_A_TIME);
        Map<Integer, Map<RollupKey, GenericRecord>> rowsByBucket = new HashMap<>();
        while (groupsToFlush > 0 && room > 0) {
            Group group = requireNonNull(changes.first());
            int index = group.nextChanged();
            if (index < 0) {
                groupsToFlush--;
                continue;
            }
            Integer bucketKey = buckets.key(buckets.bucketOf(group.hash()));
            RollupKey key = new RollupKey(bucketKey, group.windowStart(index), group.values());
            rowsByBucket
                    .computeIfAbsent(bucketKey, none -> new HashMap<>())
                    .put(key, rows.row(group.takeRow(index, start.number(), writes.nextSequence())));
            room--;
        }
        rowsByBucket.values().forEach(writes::submit);
    }

    private void flushed() {
        if (flushedWatermark > forwardedWatermark) {
            forwardedWatermark = flushedWatermark;
            outlet.report(new Watermark(flushedWatermark));
        }
        if (!orphansRemoved) {
            removeOrphans();
        } else if (dropsAnything(flushedWatermark)) {
            droppedUpTo = flushedWatermark;
            for (Groups groups : share) {
                if (groups != null) {
                    groups.drop(micros(droppedUpTo));
                }
            }
        }
    }

    /** Windows close one length apart: looking more often would find nothing. */
    private boolean dropsAnything(long watermarkMillis) {
        return watermarkMillis != NO_WATERMARK
                && (droppedUpTo == NO_WATERMARK
                        || rollup.windows().startOf(micros(watermarkMillis))
                                > rollup.windows().startOf(micros(droppedUpTo)));
    }

    private void removeOrphans() {
        if (orphanRemoval == null) {
            Map<Integer, Long> restoredUpTo = new HashMap<>();
            for (int bucket = 0; bucket < share.length; bucket++) {
                Groups groups = share[bucket];
                if (groups != null) {
                    restoredUpTo.put(buckets.key(bucket), groups.droppedUpTo());
                }
            }
            IMap<RollupKey, GenericRecord> map = hazelcast.getMap(mapName);
            orphanRemoval = new OrphanedRows(map, rollup.windows(), start).remove(restoredUpTo, blocking);
        }
    }

    private void pollOrphanRemoval() {
        if (orphanRemoval != null && orphanRemoval.isDone()) {
            int found = RowWrites.result(orphanRemoval, name);
            orphanRemoval = null;
            orphansRemoved = true;
            if (found > 0) {
                LOG.atInfo()
                        .addKeyValue("rollup", name)
                        .addKeyValue("rows", found)
                        .log("removed rows that a failed execution left behind");
            }
        }
    }

    @Override
    public boolean saveToSnapshot() {
        if (!begin()) {
            return false;
        }
        writes.acknowledge();
        if (writes.inFlight() > 0 || !outlet.flush(getOutbox())) {
            return false;
        }
        for (int bytes = 0; nextBucketToSave < share.length; nextBucketToSave++) {
            Groups groups = share[nextBucketToSave];
            if (groups == null) {
                continue;
            }
            if (bytes > MOST_BYTES_SAVED_AT_A_TIME) {
                return false;
            }
            if (packed == null) {
                packed = groups.pack();
            }
            bytes += packed.length;
            if (!tryEmitToSnapshot(buckets.key(nextBucketToSave), packed)) {
                return false;
            }
            packed = null;
        }
        nextBucketToSave = 0;
        return true;
    }

    @Override
    protected void restoreFromSnapshot(Object key, Object value) {
        inSnapshot = true;
        restore((Integer) key, (byte[]) value);
    }

    private void restore(Integer key, byte[] state) {
        int bucket = hazelcast.getPartitionService().getPartition(key).getPartitionId();
        Groups groups = share[bucket];
        if (groups == null) {
            throw new JetException(
                    "rollup " + name + ": the state of bucket " + bucket + " came back to a processor without it");
        }
        groups.restore(state);
        // What was restored must not keep new events waiting while it is written again.
        mostChangesWaiting = MOST_CHANGES_WAITING + changes.accumulators();
    }

    @Override
    public boolean snapshotCommitFinish(boolean success) {
        if (success && handOver != null && !inSnapshot) {
            handOver.forget(hazelcast, bucketKeys());
            inSnapshot = true;
        }
        return true;
    }

    @Override
    public boolean finishSnapshotRestore() {
        beginFlush(nanoClock.getAsLong());
        return true;
    }

    /** Waits for the writes in flight, so that none is left when the next execution begins. */
    @Override
    public void close() throws InterruptedException {
        if (writes != null) {
            writes.awaitAll();
        }
    }

    private static long micros(long millis) {
        return millis == NO_WATERMARK ? Long.MIN_VALUE : TimeUnit.MILLISECONDS.toMicros(millis);
    }
}
