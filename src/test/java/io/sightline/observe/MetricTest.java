package io.sightline.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.observe.Metric.Of;
import io.sightline.spec.KeptFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MetricTest {
    @Test
    void theDocumentIsTheCatalogue() throws IOException {
        KeptFile.assertInStep(Path.of("docs", "metrics.md"), document());
    }

    @ParameterizedTest
    @EnumSource(Metric.class)
    void aNameSaysWhatItIs(Metric metric) {
        assertThat(metric.metricName()).matches("sightline_[a-z0-9_]+");
        assertThat(metric.metricName().endsWith("_total")).isEqualTo(metric.type() == Metric.Type.COUNTER);
        assertThat(metric.help()).endsWith(".");
        assertThat(Metric.ofName(metric.metricName())).contains(metric);
    }

    @Test
    void aHistogramIsAlsoKnownByItsSamples() {
        assertThat(Metric.ofName("sightline_end_to_end_latency_seconds_bucket")).contains(Metric.END_TO_END_LATENCY);
        assertThat(Metric.ofName("sightline_records_total_bucket")).isEmpty();
    }

    private static String document() {
        StringBuilder text = new StringBuilder("""
                # Metrics

                Written by `MetricTest` from the catalogue in `io.sightline.observe.Metric`: names, labels and units are a contract.

                Prometheus scrapes `GET /metrics` of every process: of a member at its own port and 4000 (`--metrics-port`), of a gateway at its HTTP
                port, where with users it needs one. [sightline-alerts.yaml](../dashboards/prometheus/sightline-alerts.yaml) has alert rules,
                [runbook.md](runbook.md) a section for each. The main figures are metrics of the Jet job as well, on its vertex `status`, for Management
                Center.
                """);
        for (Of of : Of.values()) {
            text.append("\n## Of ")
                    .append(of.text())
                    .append("\n\n| metric | type | labels | is |\n|---|---|---|---|\n");
            Arrays.stream(Metric.values())
                    .filter(metric -> metric.of() == of)
                    .forEach(metric -> text.append("| `%s` | %s | %s | %s |\n"
                            .formatted(
                                    metric.metricName(),
                                    metric.type().name().toLowerCase(Locale.ROOT),
                                    String.join(", ", metric.labels()),
                                    metric.help())));
        }
        text.append("""

                ## For those who come from Azure Stream Analytics

                | Azure Stream Analytics | here |
                |---|---|
                """);
        Arrays.stream(Metric.values())
                .filter(metric -> metric.azureName() != null)
                .forEach(metric -> text.append("| %s | `%s` |\n".formatted(metric.azureName(), metric.metricName())));
        return text.toString();
    }
}
