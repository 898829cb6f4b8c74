package io.sightline.pipeline;

import com.hazelcast.nio.serialization.genericrecord.GenericRecord;
import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.event.imap.CompactRows;
import io.sightline.observe.Counter;
import io.sightline.observe.Counts;
import io.sightline.observe.Latencies;
import io.sightline.observe.LatencyBuckets;
import io.sightline.observe.Progress;
import io.sightline.source.EndOffsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a pipeline reports about itself, as rows of the status maps. */
final class StatusRows {
    /** A watermark that has not come yet. */
    static final long NOT_YET = Long.MIN_VALUE;

    static final String STATUS_TYPE = "pipeline_status";
    static final String TOPIC_PARTITION_TYPE = "topic_partition";
    static final String COUNT_TYPE = "pipeline_count";
    static final String LATENCY_TYPE = "latency_bucket";

    /** The counters that are columns of {@code pipeline_status}, each the total over its labels. */
    private static final List<Counter> COUNTERS = List.of(
            Counter.RECORDS,
            Counter.EVENTS,
            Counter.ORIGINALS,
            Counter.DUPLICATES,
            Counter.DEAD_LETTERS,
            Counter.UNMATCHED,
            Counter.LATE,
            Counter.OUT_OF_ORDER,
            Counter.LATE_UNCORRECTED,
            Counter.CORRECTIONS,
            Counter.ROLLUP_OVERFLOW,
            Counter.HOT_EXPIRED,
            Counter.HOT_EVICTED);

    static final List<Column> STATUS_COLUMNS = statusColumns();

    static final List<Column> TOPIC_PARTITION_COLUMNS = List.of(
            new Column("pipeline", FieldType.STRING),
            new Column("topic_partition", FieldType.INT),
            new Column("next_offset", FieldType.LONG),
            new Column("end_offset", FieldType.LONG),
            new Column("lag_events", FieldType.LONG),
            new Column("source_time", FieldType.TIMESTAMP),
            new Column("retention_edge_at", FieldType.TIMESTAMP));

    static final List<Column> LATENCY_COLUMNS = List.of(
            new Column("pipeline", FieldType.STRING),
            new Column("up_to_ms", FieldType.LONG),
            new Column("events", FieldType.LONG),
            new Column("sum_ms", FieldType.LONG));

    static final List<Column> COUNT_COLUMNS = List.of(
            new Column("pipeline", FieldType.STRING),
            new Column("counter", FieldType.STRING),
            new Column("label", FieldType.STRING),
            new Column("total", FieldType.LONG));

    private final String pipeline;
    private final CompactRows status = new CompactRows(STATUS_TYPE, STATUS_COLUMNS);
    private final CompactRows topicPartitions = new CompactRows(TOPIC_PARTITION_TYPE, TOPIC_PARTITION_COLUMNS);
    private final CompactRows counts = new CompactRows(COUNT_TYPE, COUNT_COLUMNS);
    private final CompactRows latencies = new CompactRows(LATENCY_TYPE, LATENCY_COLUMNS);

    StatusRows(String pipeline) {
        this.pipeline = pipeline;
    }

    private static List<Column> statusColumns() {
        List<Column> columns = new ArrayList<>();
        columns.add(new Column("pipeline", FieldType.STRING));
        COUNTERS.forEach(counter -> columns.add(new Column(counter.code(), FieldType.LONG)));
        columns.add(new Column("complete_up_to", FieldType.TIMESTAMP));
        columns.add(new Column("lag_events", FieldType.LONG));
        columns.add(new Column("latency_p50_ms", FieldType.LONG));
        columns.add(new Column("latency_p99_ms", FieldType.LONG));
        columns.add(new Column("updated_at", FieldType.TIMESTAMP));
        columns.add(new Column("source_away_since", FieldType.TIMESTAMP));
        columns.add(new Column("source_problem", FieldType.STRING));
        return List.copyOf(columns);
    }

    /**
     * The pipeline's one row.
     *
     * @param broker the last look at it; one that has not come yet where there is no broker
     * @param recent latencies of the last seconds
     */
    GenericRecord status(
            Counts totals,
            Collection<Progress> progress,
            EndOffsets.Reading broker,
            long completeUpToMillis,
            Latencies recent,
            long nowMillis) {
        List<@Nullable Object> values = new ArrayList<>();
        values.add(pipeline);
        COUNTERS.forEach(counter -> values.add(totals.total(counter)));
        values.add(completeUpToMillis == NOT_YET ? null : TimeUnit.MILLISECONDS.toMicros(completeUpToMillis));
        values.add(lag(progress, broker.nextOffsets()));
        values.add(recent.isEmpty() ? null : recent.quantile(0.50));
        values.add(recent.isEmpty() ? null : recent.quantile(0.99));
        values.add(TimeUnit.MILLISECONDS.toMicros(nowMillis));
        values.add(broker.problem() == null ? null : TimeUnit.MILLISECONDS.toMicros(broker.awaySinceMillis()));
        values.add(broker.problem());
        return status.row(values.toArray());
    }

    /** Records the broker holds that were not read yet; null if the broker's end offsets are not known. */
    static @Nullable Long lag(Collection<Progress> progress, Map<Integer, Long> endOffsets) {
        if (endOffsets.isEmpty()) {
            return null;
        }
        Map<Integer, Long> unread = new HashMap<>(endOffsets);
        progress.forEach(read -> unread.computeIfPresent(
                read.topicPartition(), (partition, end) -> Math.max(0, end - read.nextOffset())));
        return unread.values().stream().mapToLong(Long::longValue).sum();
    }

    /** A row for each topic partition read so far, by its key. */
    Map<Object, Object> topicPartitions(Collection<Progress> progress, EndOffsets.Reading broker) {
        Map<Object, Object> rows = new HashMap<>();
        for (Progress read : progress) {
            Long end = broker.nextOffsets().get(read.topicPartition());
            Long edgeMillis = broker.retentionEdgeMillis(read);
            @Nullable
            Object[] values = {
                pipeline,
                read.topicPartition(),
                read.nextOffset(),
                end,
                end == null ? null : (Long) Math.max(0, end - read.nextOffset()),
                read.sourceTimeMillis() == Progress.NONE_READ
                        ? null
                        : (Long) TimeUnit.MILLISECONDS.toMicros(read.sourceTimeMillis()),
                edgeMillis == null ? null : (Long) TimeUnit.MILLISECONDS.toMicros(edgeMillis)
            };
            rows.put(pipeline + "/" + read.topicPartition(), topicPartitions.row(values));
        }
        return rows;
    }

    /** A row for each bucket of the latencies since the job's start, by its key; the last one, without a bound, is all. */
    Map<Object, Object> latencies(Latencies sinceStart) {
        LatencyBuckets buckets = sinceStart.buckets();
        Map<Object, Object> rows = new HashMap<>();
        buckets.upTo().forEach((upToMillis, events) -> {
            @Nullable Object[] values = {pipeline, upToMillis, events, null};
            rows.put(pipeline + "/" + upToMillis, latencies.row(values));
        });
        @Nullable Object[] all = {pipeline, null, buckets.count(), buckets.sumMillis()};
        rows.put(pipeline + "/", latencies.row(all));
        return rows;
    }

    /** A row for each counter and label, by its key. */
    Map<Object, Object> counts(Counts totals) {
        Map<Object, Object> rows = new HashMap<>();
        totals.asMap().forEach((key, total) -> {
            @Nullable Object[] values = {pipeline, key.counter().code(), key.label(), total};
            rows.put(pipeline + "/" + key.counter().code() + "/" + key.label(), counts.row(values));
        });
        return rows;
    }
}
