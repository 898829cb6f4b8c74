package io.sightline.observe;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Samples in Prometheus' text format 0.0.4, one family after the other in the order of {@link Metric}, whatever order they
 * are added in. Not thread-safe.
 */
public final class MetricsText {
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final Map<Metric, StringBuilder> families = new EnumMap<>(Metric.class);

    /** Adds a sample, with a value for each of the metric's labels, in their order. */
    public void add(Metric metric, double value, String... labelValues) {
        add(metric, "", metric.labels(), List.of(labelValues), value);
    }

    /** Adds a sample that counts. */
    public void add(Metric metric, long value, String... labelValues) {
        add(metric, (double) value, labelValues);
    }

    /** Adds all samples of a histogram in seconds. */
    public void addHistogram(Metric metric, LatencyBuckets buckets, String... labelValues) {
        List<String> labels = new ArrayList<>(metric.labels());
        labels.add("le");
        buckets.upTo().forEach((upToMillis, count) -> {
            List<String> values = new ArrayList<>(List.of(labelValues));
            values.add(number(upToMillis / 1e3));
            add(metric, "_bucket", labels, values, (double) count);
        });
        List<String> all = new ArrayList<>(List.of(labelValues));
        all.add("+Inf");
        add(metric, "_bucket", labels, all, (double) buckets.count());
        add(metric, "_sum", metric.labels(), List.of(labelValues), buckets.sumMillis() / 1e3);
        add(metric, "_count", metric.labels(), List.of(labelValues), (double) buckets.count());
    }

    private void add(Metric metric, String suffix, List<String> labels, List<String> values, double value) {
        if (labels.size() != values.size()) {
            throw new IllegalArgumentException(metric.metricName() + " has the labels " + labels + ", not " + values);
        }
        StringBuilder text = families.computeIfAbsent(metric, MetricsText::header);
        text.append(metric.metricName()).append(suffix);
        for (int i = 0; i < labels.size(); i++) {
            text.append(i == 0 ? '{' : ',')
                    .append(labels.get(i))
                    .append("=\"")
                    .append(escaped(values.get(i)).replace("\"", "\\\""))
                    .append('"');
        }
        text.append(labels.isEmpty() ? " " : "} ").append(number(value)).append('\n');
    }

    private static StringBuilder header(Metric metric) {
        String name = metric.metricName();
        return new StringBuilder()
                .append("# HELP ")
                .append(name)
                .append(' ')
                .append(escaped(metric.help()))
                .append("\n# TYPE ")
                .append(name)
                .append(' ')
                .append(metric.type().name().toLowerCase(Locale.ROOT))
                .append('\n');
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n");
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.3f", value);
    }

    @Override
    public String toString() {
        return String.join("", families.values());
    }
}
