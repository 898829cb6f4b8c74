package io.sightline.pipeline;

import static java.util.Objects.requireNonNull;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.function.SupplierEx;
import com.hazelcast.jet.Traverser;
import com.hazelcast.jet.Traversers;
import com.hazelcast.jet.Util;
import com.hazelcast.jet.core.AbstractProcessor;
import com.hazelcast.jet.core.ProcessorSupplier;
import com.hazelcast.jet.core.Watermark;
import com.hazelcast.jet.core.metrics.Metrics;
import io.sightline.grid.GridNames;
import io.sightline.observe.AtBarrier;
import io.sightline.observe.Counter;
import io.sightline.observe.Counts;
import io.sightline.observe.Latencies;
import io.sightline.observe.Progress;
import io.sightline.source.EndOffsets;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Adds up what all processors of a job report, and publishes it for {@code pipeline_status} and its sisters.
 *
 * <p>One in the cluster has it all: every edge into it is {@code allToOne(KEY)}, and its state is saved under the same
 * key. The counts in its snapshot are those of exactly the records before the barrier, because every processor sends its
 * differences before it lets the barrier pass. Where the pipeline has a history, the committer is told the same at every
 * barrier ({@link AtBarrier}, on the outbound edge), so that a commit says what the job snapshot says.
 */
final class StatusP extends AbstractProcessor {
    /** Routes all reports to one processor, and the saved state back to it. */
    static final String KEY = "status";

    private static final long PUBLISH_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** Latencies are those of the last {@code RECENT} publications: ten seconds. */
    private static final int RECENT = 20;

    private static final List<Counter> JET_COUNTERS = List.of(
            Counter.RECORDS,
            Counter.EVENTS,
            Counter.ORIGINALS,
            Counter.DUPLICATES,
            Counter.DEAD_LETTERS,
            Counter.UNMATCHED,
            Counter.LATE);

    private final String pipeline;
    private final @Nullable SupplierEx<EndOffsets> openEndOffsets;
    private final boolean tellsCommitter;
    private final JetFigures figures;
    private final StatusRows rows;
    private final Counts totals = new Counts();
    private final Map<Integer, Progress> progress = new TreeMap<>();
    private final Deque<Latencies> recent = new ArrayDeque<>(List.of(new Latencies()));
    private final Latencies sinceStart = new Latencies();
    private long completeUpToMillis = StatusRows.NOT_YET;
    private boolean hasItAll;
    private long lastPublishNanos;
    private CompletableFuture<?> published = CompletableFuture.completedFuture(null);
    private boolean publishedLast;
    private @Nullable HazelcastInstance hazelcast;
    private @Nullable EndOffsets endOffsets;
    private @Nullable AtBarrier untold;
    private @Nullable Traverser<Map.Entry<String, Object>> snapshot;

    private StatusP(
            String pipeline,
            @Nullable SupplierEx<EndOffsets> openEndOffsets,
            AtBarrier start,
            boolean tellsCommitter,
            JetFigures figures) {
        this.figures = figures;
        this.pipeline = pipeline;
        this.openEndOffsets = openEndOffsets;
        this.tellsCommitter = tellsCommitter;
        this.rows = new StatusRows(pipeline);
        this.totals.addAll(start.totals());
        start.progress().forEach(read -> progress.put(read.topicPartition(), read));
    }

    /**
     * The processors.
     *
     * @param openEndOffsets opens the view of the broker's end offsets; called on the one member that reports; null without a broker
     * @param start how far earlier jobs have come, and what they counted
     * @param tellsCommitter whether there is an outbound edge, to the committer of the history
     */
    static ProcessorSupplier supplier(
            String pipeline, @Nullable SupplierEx<EndOffsets> openEndOffsets, AtBarrier start, boolean tellsCommitter) {
        return supplier(
                pipeline,
                openEndOffsets,
                start,
                tellsCommitter,
                (name, value) -> Metrics.metric(name).set(value));
    }

    /** The same where no job runs that could have metrics. */
    static ProcessorSupplier supplier(
            String pipeline,
            @Nullable SupplierEx<EndOffsets> openEndOffsets,
            AtBarrier start,
            boolean tellsCommitter,
            JetFigures figures) {
        return ProcessorSupplier.of(() -> new StatusP(pipeline, openEndOffsets, start, tellsCommitter, figures));
    }

    /** Takes the main figures as metrics of the job, so that Management Center shows them. Called on the processor's thread. */
    interface JetFigures extends Serializable {
        void set(String name, long value);
    }

    @Override
    protected void init(Context context) {
        hazelcast = context.hazelcastInstance();
        int home = hazelcast.getPartitionService().getPartition(KEY).getPartitionId();
        hasItAll = IntStream.of(context.processorPartitions()).anyMatch(partition -> partition == home);
        if (hasItAll && openEndOffsets != null) {
            endOffsets = openEndOffsets.get();
        }
    }

    @Override
    protected boolean tryProcess(int ordinal, Object item) {
        if (item instanceof Counts counts) {
            totals.addAll(counts);
        } else if (item instanceof Progress read) {
            progress.put(read.topicPartition(), read);
        } else if (item instanceof Latencies latencies) {
            recent.getLast().addAll(latencies);
        } else {
            throw new IllegalArgumentException("not a report: " + item.getClass());
        }
        return true;
    }

    @Override
    public boolean tryProcessWatermark(Watermark watermark) {
        completeUpToMillis = watermark.timestamp();
        return true;
    }

    @Override
    public boolean tryProcess() {
        if (hasItAll && System.nanoTime() - lastPublishNanos >= PUBLISH_INTERVAL_NANOS && published.isDone()) {
            lastPublishNanos = System.nanoTime();
            // A row not written is written half a second later, so what became of this one does not matter.
            published = publish();
        }
        return true;
    }

    @Override
    public boolean complete() {
        if (hasItAll && !publishedLast && published.isDone()) {
            publishedLast = true;
            published = publish();
        }
        return published.isDone();
    }

    private void publishToJet(EndOffsets.Reading broker, Latencies latencies, long nowMillis) {
        JET_COUNTERS.forEach(counter -> figures.set(counter.code(), totals.total(counter)));
        figures.set("latency_p99_ms", latencies.quantile(0.99));
        if (completeUpToMillis != StatusRows.NOT_YET) {
            figures.set("watermark_delay_ms", nowMillis - completeUpToMillis);
        }
        Long lag = StatusRows.lag(progress.values(), broker.nextOffsets());
        if (lag != null) {
            figures.set("lag_events", lag);
        }
    }

    private CompletableFuture<?> publish() {
        HazelcastInstance grid = requireNonNull(hazelcast);
        EndOffsets.Reading broker = endOffsets == null ? EndOffsets.Reading.nothingYet() : endOffsets.latest();
        Latencies latencies = new Latencies();
        recent.forEach(latencies::addAll);
        sinceStart.addAll(recent.getLast());
        recent.addLast(new Latencies());
        if (recent.size() > RECENT) {
            recent.removeFirst();
        }
        long nowMillis = System.currentTimeMillis();
        publishToJet(broker, latencies, nowMillis);
        return CompletableFuture.allOf(
                grid.<Object, Object>getMap(GridNames.STATUS)
                        .setAsync(
                                pipeline,
                                rows.status(
                                        totals, progress.values(), broker, completeUpToMillis, latencies, nowMillis))
                        .toCompletableFuture(),
                grid.<Object, Object>getMap(GridNames.TOPIC_PARTITIONS)
                        .setAllAsync(rows.topicPartitions(progress.values(), broker))
                        .toCompletableFuture(),
                grid.<Object, Object>getMap(GridNames.COUNTS)
                        .setAllAsync(rows.counts(totals))
                        .toCompletableFuture(),
                grid.<Object, Object>getMap(GridNames.LATENCIES)
                        .setAllAsync(rows.latencies(sinceStart))
                        .toCompletableFuture());
    }

    @Override
    public boolean saveToSnapshot() {
        if (!hasItAll) {
            return true;
        }
        if (snapshot == null) {
            untold = tellsCommitter ? new AtBarrier(List.copyOf(progress.values()), copyOf(totals)) : null;
            // One entry, because entries of one key would replace one another.
            List<Object> state = new ArrayList<>(List.of(totals, new ArrayList<>(progress.values())));
            snapshot = Traversers.singleton(Util.<String, Object>entry(KEY, state));
        }
        if (untold != null && !tryEmit(untold)) {
            return false;
        }
        untold = null;
        if (!emitFromTraverserToSnapshot(requireNonNull(snapshot))) {
            return false;
        }
        snapshot = null;
        return true;
    }

    private static Counts copyOf(Counts counts) {
        Counts copy = new Counts();
        copy.addAll(counts);
        return copy;
    }

    @Override
    protected void restoreFromSnapshot(Object key, Object value) {
        List<?> state = (List<?>) value;
        totals.drain();
        totals.addAll((Counts) state.get(0));
        for (Object read : (List<?>) state.get(1)) {
            progress.put(((Progress) read).topicPartition(), (Progress) read);
        }
    }

    @Override
    public void close() {
        if (endOffsets != null) {
            endOffsets.close();
        }
    }
}
