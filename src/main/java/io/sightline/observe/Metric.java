package io.sightline.observe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every metric there is: the contract with whoever scrapes, written to {@code docs/metrics.md} by {@code MetricTest}. Nothing
 * writes a sample that is not of one of these. Names end in their unit; of a counter, in {@code _total}. No label bears a
 * user, a place or a camera.
 */
public enum Metric {
    RECORDS(Of.PIPELINE, "records_total", Type.COUNTER, "Records read."),
    EVENTS(
            Of.PIPELINE,
            "events_total",
            Type.COUNTER,
            "Events decoded out of them, duplicates included.",
            "Input Events"),
    ORIGINALS(Of.PIPELINE, "originals_total", Type.COUNTER, "Events seen for the first time.", "Output Events"),
    DUPLICATES(Of.PIPELINE, "duplicates_total", Type.COUNTER, "Further sightings of an event, dropped."),
    DEAD_LETTERS(Of.PIPELINE, "dead_letters_total", Type.COUNTER, "Refused inputs."),
    DEAD_LETTERS_BY_REASON(
            Of.PIPELINE, "dead_letters_by_reason_total", Type.COUNTER, "Refused inputs, by why.", null, "reason"),
    INPUT_DESERIALIZATION_ERRORS(
            Of.PIPELINE,
            "input_deserialization_errors_total",
            Type.COUNTER,
            "Dead letters that could not be read at all: no JSON, cut off, too large.",
            "Input Deserialization Errors"),
    DATA_CONVERSION_ERRORS(
            Of.PIPELINE,
            "data_conversion_errors_total",
            Type.COUNTER,
            "Dead letters that could be read, and had a field missing or of a wrong type.",
            "Data Conversion Errors"),
    UNMATCHED(Of.PIPELINE, "unmatched_total", Type.COUNTER, "Originals for which reference data has no row."),
    LATE_INPUT_EVENTS(
            Of.PIPELINE,
            "late_input_events_total",
            Type.COUNTER,
            "Originals that came more than the allowed lag after their event time. They count like all others.",
            "Late Input Events"),
    OUT_OF_ORDER_EVENTS(
            Of.PIPELINE,
            "out_of_order_events_total",
            Type.COUNTER,
            "Records with a time before that of an earlier one in their topic partition; they get that one's.",
            "Out-of-Order Events"),
    LATE_UNCORRECTED(
            Of.PIPELINE, "late_uncorrected_total", Type.COUNTER, "Originals too late to correct a rollup's window."),
    ROLLUP_CORRECTIONS(
            Of.PIPELINE, "rollup_corrections_total", Type.COUNTER, "Windows corrected after they were complete."),
    ROLLUP_OVERFLOW(
            Of.PIPELINE,
            "rollup_overflow_total",
            Type.COUNTER,
            "Originals left out of a rollup, because it had reached its bound in memory."),
    HOT_EXPIRED(
            Of.PIPELINE,
            "hot_expired_total",
            Type.COUNTER,
            "Originals older than the hot window keeps, and so never in it."),
    HOT_EVICTED(
            Of.PIPELINE,
            "hot_evicted_total",
            Type.COUNTER,
            "Rows that left the hot window early, because it had reached its bound in memory."),
    BACKLOGGED_INPUT_EVENTS(
            Of.PIPELINE,
            "backlogged_input_events",
            Type.GAUGE,
            "Records that the broker holds and the pipeline has not read.",
            "Backlogged Input Events"),
    TOPIC_PARTITION_LAG(
            Of.PIPELINE,
            "topic_partition_lag_events",
            Type.GAUGE,
            "The same of one topic partition. Jet commits no offsets, so the broker's own tools show none.",
            null,
            "topic_partition"),
    RETENTION_EDGE(
            Of.PIPELINE,
            "retention_edge_minutes",
            Type.GAUGE,
            "Minutes until the broker drops a record that was not read yet, by the topic's `retention.ms`; 0 once it has."
                    + " Not there where the broker does not tell or keeps for ever.",
            null,
            "topic_partition"),
    SOURCE_REACHABLE(Of.PIPELINE, "source_reachable", Type.GAUGE, "1 while the broker answers, else 0."),
    WATERMARK_DELAY(
            Of.PIPELINE,
            "watermark_delay_seconds",
            Type.GAUGE,
            "The clock less the watermark: how far behind now answers are complete.",
            "Watermark Delay"),
    COMPLETE_UP_TO(
            Of.PIPELINE, "complete_up_to_timestamp_seconds", Type.GAUGE, "The watermark, in seconds since 1970."),
    UPDATED_AT(
            Of.PIPELINE,
            "updated_at_timestamp_seconds",
            Type.GAUGE,
            "When the pipeline wrote these figures; a job that runs does so twice a second."),
    STATUS_AGE(Of.PIPELINE, "status_age_seconds", Type.GAUGE, "Since then."),
    END_TO_END_LATENCY(
            Of.PIPELINE,
            "end_to_end_latency_seconds",
            Type.HISTOGRAM,
            "From source time until SQL sees the event, since the job's last start."),
    LATENCY_P50(Of.PIPELINE, "latency_p50_seconds", Type.GAUGE, "The median of it over the last ten seconds."),
    LATENCY_P99(Of.PIPELINE, "latency_p99_seconds", Type.GAUGE, "The 99th percentile of it over the last ten seconds."),
    JOB_RUNNING(Of.PIPELINE, "job_running", Type.GAUGE, "1 while the job runs, else 0."),
    LAST_COMMIT_AGE(
            Of.PIPELINE,
            "last_commit_age_seconds",
            Type.GAUGE,
            "Since the history's last commit; without a history not there."),
    HISTORY_STALLED(
            Of.PIPELINE, "history_stalled", Type.GAUGE, "1 while nothing can be committed to the history, else 0."),
    FILES_WAITING(
            Of.PIPELINE,
            "files_waiting_for_compaction",
            Type.GAUGE,
            "Small files of the history's table that the last compaction left."),

    HOT_ENTRIES(
            Of.MEMBER, "hot_entries", Type.GAUGE, "Rows of the hot window that this member owns.", null, "pipeline"),
    HOT_BYTES(
            Of.MEMBER,
            "hot_bytes",
            Type.GAUGE,
            "The heap they take, without indexes; backups of other members' rows included.",
            null,
            "pipeline"),
    MARKS(Of.MEMBER, "marks", Type.GAUGE, "Ids that deduplication remembers, in the whole grid.", null, "pipeline"),
    MARKS_BYTES(Of.MEMBER, "marks_bytes", Type.GAUGE, "The heap they take, without backups.", null, "pipeline"),
    SOURCE_THROTTLE(
            Of.MEMBER,
            "source_throttle_seconds",
            Type.GAUGE,
            "The longest that the broker made one of this member's fetches wait, in the last half minute."),
    CLUSTER_MEMBERS(Of.MEMBER, "cluster_members", Type.GAUGE, "Members of the cluster, as this one sees it."),
    CLUSTER_SAFE(Of.MEMBER, "cluster_safe", Type.GAUGE, "1 while every row and every mark has its backup, else 0."),
    MEMBERS_LEFT(
            Of.MEMBER, "members_left_total", Type.COUNTER, "Members that left the cluster since this one is in it."),

    RUNTIME_ERRORS(
            Of.PROCESS,
            "runtime_errors_total",
            Type.COUNTER,
            "Lines that this process logged as ERROR.",
            "Runtime Errors"),
    LOG_LINES_SUPPRESSED(
            Of.PROCESS,
            "log_lines_suppressed_total",
            Type.COUNTER,
            "Lines that were not logged, because many were like them."),
    HEAP_USED(Of.PROCESS, "heap_used_bytes", Type.GAUGE, "The heap in use."),
    HEAP_MAX(Of.PROCESS, "heap_max_bytes", Type.GAUGE, "The most that it may be."),
    MEMORY_UTILIZATION(
            Of.PROCESS,
            "memory_utilization_percent",
            Type.GAUGE,
            "The one as a share of the other.",
            "SU (Memory) % Utilization"),
    CPU_UTILIZATION(
            Of.PROCESS,
            "cpu_utilization_percent",
            Type.GAUGE,
            "Of all processors of the machine, what this process uses.",
            "CPU % Utilization"),

    HTTP_REQUESTS(Of.GATEWAY, "http_requests_total", Type.COUNTER, "Answers of this gateway.", null, "status"),
    HTTP_EVENT_STREAMS(Of.GATEWAY, "http_event_streams", Type.GAUGE, "Open streams of server-sent events."),
    HTTP_EVENT_FRAMES_SKIPPED(
            Of.GATEWAY,
            "http_event_frames_skipped_total",
            Type.COUNTER,
            "Frames that slow readers got as part of a later one.");

    /** What every name begins with. */
    public static final String PREFIX = "sightline_";

    /** What a metric tells of, and who tells it. */
    public enum Of {
        /** A pipeline: every member and gateway says the same of it. */
        PIPELINE("a pipeline, but for those stopped on purpose; members and gateways all say the same of it"),
        /** A member. */
        MEMBER("a member"),
        /** A process, member or gateway. */
        PROCESS("a process, member or gateway"),
        /** A gateway. */
        GATEWAY("a gateway");

        private final String text;

        Of(String text) {
            this.text = text;
        }

        /** For people. */
        public String text() {
            return text;
        }
    }

    /** As Prometheus has them. */
    public enum Type {
        COUNTER,
        GAUGE,
        HISTOGRAM
    }

    private final Of of;
    private final String metricName;
    private final Type type;
    private final String help;
    private final @Nullable String azureName;
    private final @Nullable String label;

    Metric(Of of, String name, Type type, String help) {
        this(of, name, type, help, null);
    }

    Metric(Of of, String name, Type type, String help, @Nullable String azureName) {
        this(of, name, type, help, azureName, null);
    }

    /** @param label besides the pipeline's */
    Metric(Of of, String name, Type type, String help, @Nullable String azureName, @Nullable String label) {
        this.of = of;
        this.metricName = PREFIX + name;
        this.type = type;
        this.help = help;
        this.azureName = azureName;
        this.label = label;
    }

    /** The metric of this name; of a histogram also by the names of its samples. */
    public static Optional<Metric> ofName(String name) {
        return Arrays.stream(values())
                .filter(metric -> metric.metricName.equals(name)
                        || (metric.type == Type.HISTOGRAM && name.matches(metric.metricName + "_(bucket|sum|count)")))
                .findFirst();
    }

    /** The name that Prometheus sees. */
    public String metricName() {
        return metricName;
    }

    public Of of() {
        return of;
    }

    public Type type() {
        return type;
    }

    /** What it is, a sentence or two. */
    public String help() {
        return help;
    }

    /** What Azure Stream Analytics calls it; null if it has none. */
    public @Nullable String azureName() {
        return azureName;
    }

    /** The labels of each of its samples, in order; of a histogram's buckets, {@code le} comes besides. */
    public List<String> labels() {
        List<String> labels = new ArrayList<>();
        if (of == Of.PIPELINE) {
            labels.add("pipeline");
        }
        if (label != null) {
            labels.add(label);
        }
        return labels;
    }
}
