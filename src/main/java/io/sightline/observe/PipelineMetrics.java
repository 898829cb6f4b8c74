package io.sightline.observe;

import static java.util.Map.entry;

import io.sightline.event.DeadLetter.Reason;
import io.sightline.observe.ObservedRows.Row;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What every member and gateway says of the pipelines, out of the relations in which these report. */
public final class PipelineMetrics {
    private static final double MILLIS = 1e3;

    /** Column of {@code pipeline_status} to metric, where one is the other. */
    private static final Map<String, Metric> COLUMNS = Map.ofEntries(
            entry("records", Metric.RECORDS),
            entry("events", Metric.EVENTS),
            entry("originals", Metric.ORIGINALS),
            entry("duplicates", Metric.DUPLICATES),
            entry("dead_letters", Metric.DEAD_LETTERS),
            entry("unmatched", Metric.UNMATCHED),
            entry("late", Metric.LATE_INPUT_EVENTS),
            entry("out_of_order", Metric.OUT_OF_ORDER_EVENTS),
            entry("late_uncorrected", Metric.LATE_UNCORRECTED),
            entry("corrections", Metric.ROLLUP_CORRECTIONS),
            entry("rollup_overflow", Metric.ROLLUP_OVERFLOW),
            entry("hot_expired", Metric.HOT_EXPIRED),
            entry("hot_evicted", Metric.HOT_EVICTED),
            entry("lag_events", Metric.BACKLOGGED_INPUT_EVENTS));

    /** Reasons for which Azure Stream Analytics speaks of a conversion; all others it has not read, but for the time. */
    private static final Set<Reason> CONVERSION = EnumSet.of(
            Reason.MISSING_FIELD,
            Reason.WRONG_TYPE,
            Reason.OUT_OF_RANGE,
            Reason.NOT_A_NUMBER,
            Reason.BAD_TIME,
            Reason.MISSING_KEY);

    private static final Set<String> CONVERSION_CODES = codes(CONVERSION);
    private static final Set<String> READABLE_CODES = codes(EnumSet.of(Reason.EVENT_TIME_IMPLAUSIBLE));

    private final MetricsText text;
    private final Function<String, ObservedRows> read;
    private final Predicate<String> isLeftOut;
    private final Instant now;

    private PipelineMetrics(
            MetricsText text, Function<String, ObservedRows> read, Predicate<String> isLeftOut, Instant now) {
        this.isLeftOut = isLeftOut;
        this.text = text;
        this.read = read;
        this.now = now;
    }

    /**
     * Adds them.
     *
     * @param read gives the rows of a relation; {@link ObservedRows#NONE} where that cannot be read
     * @param isLeftOut of which pipelines, by name, nothing is to be said
     */
    public static void add(
            MetricsText text, Function<String, ObservedRows> read, Predicate<String> isLeftOut, Instant now) {
        PipelineMetrics metrics = new PipelineMetrics(text, read, isLeftOut, now);
        metrics.forEach("pipeline_status", metrics::addStatus);
        metrics.forEach("topic_partitions", metrics::addTopicPartition);
        metrics.forEach("history_status", metrics::addHistory);
        metrics.addDeadLetters();
        metrics.addLatencies();
    }

    private void forEach(String relation, Consumer<Row> action) {
        read.apply(relation).forEach(row -> {
            if (!isLeftOut.test(row.text("pipeline"))) {
                action.accept(row);
            }
        });
    }

    private void addStatus(Row row) {
        String pipeline = row.text("pipeline");
        COLUMNS.forEach((column, metric) -> addNumber(metric, row.get(column), 1, pipeline));
        addNumber(Metric.LATENCY_P50, row.get("latency_p50_ms"), MILLIS, pipeline);
        addNumber(Metric.LATENCY_P99, row.get("latency_p99_ms"), MILLIS, pipeline);
        addTime(Metric.COMPLETE_UP_TO, row.get("complete_up_to"), pipeline);
        addTime(Metric.UPDATED_AT, row.get("updated_at"), pipeline);
        addAge(Metric.STATUS_AGE, row.get("updated_at"), pipeline);
        addAge(Metric.WATERMARK_DELAY, row.get("complete_up_to"), pipeline);
        // Null before the broker has been asked.
        if (row.get("source_away_since") != null) {
            text.add(Metric.SOURCE_REACHABLE, 0, pipeline);
        } else if (row.get("lag_events") != null) {
            text.add(Metric.SOURCE_REACHABLE, 1, pipeline);
        }
    }

    private void addTopicPartition(Row row) {
        String pipeline = row.text("pipeline");
        String topicPartition = row.text("topic_partition");
        addNumber(Metric.TOPIC_PARTITION_LAG, row.get("lag_events"), 1, pipeline, topicPartition);
        if (row.get("retention_edge_at") instanceof OffsetDateTime edge) {
            double minutes = Duration.between(now, edge.toInstant()).toMillis() / MILLIS / 60;
            text.add(Metric.RETENTION_EDGE, Math.max(0, minutes), pipeline, topicPartition);
        }
    }

    private void addHistory(Row row) {
        String pipeline = row.text("pipeline");
        addAge(Metric.LAST_COMMIT_AGE, row.get("committed_at"), pipeline);
        text.add(Metric.HISTORY_STALLED, row.get("history_stalled_since") == null ? 0 : 1, pipeline);
        addNumber(Metric.FILES_WAITING, row.get("files_waiting"), 1, pipeline);
    }

    private void addDeadLetters() {
        Map<String, Long> unread = new HashMap<>();
        Map<String, Long> unconverted = new HashMap<>();
        forEach("dead_letter_reasons", row -> {
            String pipeline = row.text("pipeline");
            String reason = row.text("reason");
            long letters = row.get("dead_letters") instanceof Number number ? number.longValue() : 0;
            text.add(Metric.DEAD_LETTERS_BY_REASON, letters, pipeline, reason);
            boolean converts = CONVERSION_CODES.contains(reason);
            unconverted.merge(pipeline, converts ? letters : 0, Long::sum);
            unread.merge(pipeline, converts || READABLE_CODES.contains(reason) ? 0 : letters, Long::sum);
        });
        unread.forEach((pipeline, n) -> text.add(Metric.INPUT_DESERIALIZATION_ERRORS, n, pipeline));
        unconverted.forEach((pipeline, n) -> text.add(Metric.DATA_CONVERSION_ERRORS, n, pipeline));
    }

    private void addLatencies() {
        Map<String, SortedMap<Long, Long>> upTo = new TreeMap<>();
        Map<String, Row> all = new HashMap<>();
        forEach("latency_histogram", row -> {
            SortedMap<Long, Long> buckets = upTo.computeIfAbsent(row.text("pipeline"), pipeline -> new TreeMap<>());
            if (row.get("up_to_ms") instanceof Long bound) {
                buckets.put(bound, longOf(row.get("events")));
            } else {
                all.put(row.text("pipeline"), row);
            }
        });
        all.forEach((pipeline, row) -> text.addHistogram(
                Metric.END_TO_END_LATENCY,
                new LatencyBuckets(
                        upTo.getOrDefault(pipeline, new TreeMap<>()),
                        longOf(row.get("events")),
                        longOf(row.get("sum_ms"))),
                pipeline));
    }

    private void addNumber(Metric metric, @Nullable Object value, double divisor, String... labels) {
        if (value instanceof Number number) {
            text.add(metric, number.doubleValue() / divisor, labels);
        }
    }

    private void addTime(Metric metric, @Nullable Object value, String pipeline) {
        if (value instanceof OffsetDateTime time) {
            text.add(metric, time.toInstant().toEpochMilli() / MILLIS, pipeline);
        }
    }

    private void addAge(Metric metric, @Nullable Object value, String pipeline) {
        if (value instanceof OffsetDateTime time) {
            double seconds = Duration.between(time.toInstant(), now).toMillis() / MILLIS;
            text.add(metric, Math.max(0, seconds), pipeline);
        }
    }

    private static long longOf(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    private static Set<String> codes(Set<Reason> reasons) {
        return reasons.stream().map(Reason::code).collect(Collectors.toUnmodifiableSet());
    }
}
