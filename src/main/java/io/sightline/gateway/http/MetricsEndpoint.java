package io.sightline.gateway.http;

import io.sightline.gateway.GridView;
import io.sightline.observe.Counter;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /metrics}: the pipelines' counts and the door's own, in Prometheus' text format 0.0.4. Names and units are in
 * {@code docs/operations.md}; a change of one is a change of a contract. No label bears a user, a place or a camera.
 */
final class MetricsEndpoint implements Endpoint {
    private static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
    private static final double MILLIS = 1e3;

    private final Statements statements;
    private final GridView grid;
    private final HttpMetrics metrics;
    private final IntSupplier streams;

    /** @param streams how many event streams are open */
    MetricsEndpoint(Statements statements, GridView grid, HttpMetrics metrics, IntSupplier streams) {
        this.statements = statements;
        this.grid = grid;
        this.metrics = metrics;
        this.streams = streams;
    }

    @Override
    public void serve(Exchange exchange) {
        Statements.Result status = statements.status(exchange.caller());
        PrometheusText text = new PrometheusText();
        for (Counter counter : Counter.values()) {
            column(text, status, counter.code(), counter.code() + "_total", "counter", 1);
        }
        column(text, status, "lag_events", "lag_events", "gauge", 1);
        column(text, status, "latency_p50_ms", "latency_p50_seconds", "gauge", 1 / MILLIS);
        column(text, status, "latency_p99_ms", "latency_p99_seconds", "gauge", 1 / MILLIS);
        column(text, status, "complete_up_to", "complete_up_to_timestamp_seconds", "gauge", 1);
        column(text, status, "updated_at", "updated_at_timestamp_seconds", "gauge", 1);
        if (statements.canRead(exchange.principal(), "dead_letter_reasons")) {
            text.family("dead_letters_by_reason_total", "counter");
            for (@Nullable
            Object[] row : statements
                    .read(exchange.caller(), "SELECT pipeline, reason, dead_letters FROM dead_letter_reasons")
                    .rows()) {
                text.sample(
                        Map.of("pipeline", String.valueOf(row[0]), "reason", String.valueOf(row[1])), number(row[2]));
            }
        }
        text.family("job_running", "gauge");
        for (String pipeline : pipelines(status)) {
            text.sample(Map.of("pipeline", pipeline), "RUNNING".equals(grid.jobStatus(pipeline)) ? 1 : 0);
        }
        text.family("http_requests_total", "counter");
        metrics.requests()
                .forEach((code, count) -> text.sample(Map.of("status", String.valueOf(code)), count.doubleValue()));
        text.family("http_event_streams", "gauge");
        text.sample(Map.of(), streams.getAsInt());
        text.family("http_event_frames_skipped_total", "counter");
        text.sample(Map.of(), (double) metrics.framesSkipped());
        exchange.sendText(CONTENT_TYPE, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> pipelines(Statements.Result status) {
        int name = status.index("pipeline");
        return name < 0
                ? List.of()
                : status.rows().stream().map(row -> String.valueOf(row[name])).toList();
    }

    private static void column(
            PrometheusText text, Statements.Result status, String column, String metric, String type, double factor) {
        int value = status.index(column);
        int pipeline = status.index("pipeline");
        if (value < 0 || pipeline < 0) {
            return;
        }
        text.family(metric, type);
        for (@Nullable Object[] row : status.rows()) {
            if (row[value] != null) {
                text.sample(Map.of("pipeline", String.valueOf(row[pipeline])), number(row[value]) * factor);
            }
        }
    }

    private static double number(@Nullable Object value) {
        if (value instanceof OffsetDateTime time) {
            return time.toInstant().toEpochMilli() / MILLIS;
        }
        return value instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    /** Families and samples, in the order they are added. */
    static final class PrometheusText {
        private final StringBuilder text = new StringBuilder();
        private String family = "";

        void family(String name, String type) {
            family = "sightline_" + name;
            text.append("# TYPE ").append(family).append(' ').append(type).append('\n');
        }

        void sample(Map<String, String> labels, double value) {
            text.append(family);
            if (!labels.isEmpty()) {
                text.append('{');
                new TreeMap<>(labels)
                        .forEach((name, label) -> text.append(name)
                                .append("=\"")
                                .append(label.replace("\\", "\\\\")
                                        .replace("\"", "\\\"")
                                        .replace("\n", "\\n"))
                                .append("\","));
                text.setCharAt(text.length() - 1, '}');
            }
            text.append(' ').append(number(value)).append('\n');
        }

        private static String number(double value) {
            return value == Math.rint(value) && Math.abs(value) < 1e15
                    ? Long.toString((long) value)
                    : String.format(Locale.ROOT, "%.3f", value);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
