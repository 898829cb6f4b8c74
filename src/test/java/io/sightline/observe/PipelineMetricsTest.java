package io.sightline.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PipelineMetricsTest {
    private static final Instant NOW = Instant.parse("2026-03-14T09:00:00Z");

    @Test
    void agesAreThoseOfTheScrapeAndNotOfTheReport() {
        // Given a job that reported 40 s ago
        ObservedRows status = rows(
                List.of("pipeline", "records", "lag_events", "complete_up_to", "updated_at", "source_away_since"),
                "p",
                7L,
                3L,
                ago(65),
                ago(40),
                null);

        // Then
        assertThat(samples(Map.of("pipeline_status", status)))
                .contains(
                        "sightline_records_total{pipeline=\"p\"} 7",
                        "sightline_backlogged_input_events{pipeline=\"p\"} 3",
                        "sightline_watermark_delay_seconds{pipeline=\"p\"} 65",
                        "sightline_status_age_seconds{pipeline=\"p\"} 40",
                        "sightline_source_reachable{pipeline=\"p\"} 1");
    }

    @Test
    void theRetentionEdgeIsNeverNegative() {
        List<String> columns = List.of("pipeline", "topic_partition", "lag_events", "retention_edge_at");

        assertThat(samples(Map.of("topic_partitions", rows(columns, "p", 3, 9L, ago(-90)))))
                .contains("sightline_retention_edge_minutes{pipeline=\"p\",topic_partition=\"3\"} 1.500");
        assertThat(samples(Map.of("topic_partitions", rows(columns, "p", 3, 9L, ago(90)))))
                .contains("sightline_retention_edge_minutes{pipeline=\"p\",topic_partition=\"3\"} 0");
        assertThat(samples(Map.of("topic_partitions", rows(columns, "p", 3, 9L, null))))
                .containsExactly("sightline_topic_partition_lag_events{pipeline=\"p\",topic_partition=\"3\"} 9");
    }

    @Test
    void whatWasRefusedIsWhatAzureStreamAnalyticsCallsDeserializationOrConversionOrNeither() {
        ObservedRows reasons = new ObservedRows(
                List.of("pipeline", "reason", "dead_letters"),
                List.of(
                        new Object[] {"p", "not_json", 1L},
                        new Object[] {"p", "truncated", 2L},
                        new Object[] {"p", "wrong_type", 4L},
                        new Object[] {"p", "event_time_implausible", 8L}));

        assertThat(samples(Map.of("dead_letter_reasons", reasons)))
                .contains(
                        "sightline_dead_letters_by_reason_total{pipeline=\"p\",reason=\"truncated\"} 2",
                        "sightline_input_deserialization_errors_total{pipeline=\"p\"} 3",
                        "sightline_data_conversion_errors_total{pipeline=\"p\"} 4");
    }

    @Test
    void nothingIsSaidOfAPipelineThatIsLeftOut() {
        ObservedRows status = rows(List.of("pipeline", "records", "updated_at"), "stopped", 7L, ago(4_000));

        assertThat(samples(Map.of("pipeline_status", status))).isEmpty();
    }

    private static List<String> samples(Map<String, ObservedRows> relations) {
        MetricsText text = new MetricsText();
        PipelineMetrics.add(
                text, relation -> relations.getOrDefault(relation, ObservedRows.NONE), "stopped"::equals, NOW);
        return text.toString().lines().filter(line -> !line.startsWith("#")).toList();
    }

    private static ObservedRows rows(List<String> columns, @Nullable Object... row) {
        return new ObservedRows(columns, List.<@Nullable Object[]>of(row));
    }

    private static OffsetDateTime ago(long seconds) {
        return NOW.minusSeconds(seconds).atOffset(ZoneOffset.UTC);
    }
}
