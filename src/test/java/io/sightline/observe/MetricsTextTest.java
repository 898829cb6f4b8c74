package io.sightline.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class MetricsTextTest {
    @Test
    void theSamplesOfAFamilyStandTogetherBehindItsType() {
        // Given
        MetricsText text = new MetricsText();

        // When
        text.add(Metric.JOB_RUNNING, 1, "b");
        text.add(Metric.RECORDS, 7, "a\"\\\n");
        text.add(Metric.JOB_RUNNING, 0, "a");

        // Then
        assertThat(text.toString()).isEqualTo("""
                # HELP sightline_records_total Records read.
                # TYPE sightline_records_total counter
                sightline_records_total{pipeline="a\\"\\\\\\n"} 7
                # HELP sightline_job_running 1 while the job runs, else 0.
                # TYPE sightline_job_running gauge
                sightline_job_running{pipeline="b"} 1
                sightline_job_running{pipeline="a"} 0
                """);
    }

    @Test
    void aHistogramHasItsBucketsItsSumAndItsCount() {
        // Given
        Latencies latencies = new Latencies();
        latencies.record(7);
        latencies.record(8);
        latencies.record(1_000_000);
        MetricsText text = new MetricsText();

        // When
        text.addHistogram(Metric.END_TO_END_LATENCY, latencies.buckets(), "p");

        // Then
        assertThat(text.toString())
                .contains("# TYPE sightline_end_to_end_latency_seconds histogram\n")
                .contains("sightline_end_to_end_latency_seconds_bucket{pipeline=\"p\",le=\"0.008\"} 1\n")
                .contains("sightline_end_to_end_latency_seconds_bucket{pipeline=\"p\",le=\"0.016\"} 2\n")
                .contains("sightline_end_to_end_latency_seconds_bucket{pipeline=\"p\",le=\"65.536\"} 2\n")
                .contains("sightline_end_to_end_latency_seconds_bucket{pipeline=\"p\",le=\"+Inf\"} 3\n")
                .contains("sightline_end_to_end_latency_seconds_sum{pipeline=\"p\"} 1000.015\n")
                .endsWith("sightline_end_to_end_latency_seconds_count{pipeline=\"p\"} 3\n");
    }

    @Test
    void aSampleHasTheLabelsOfTheCatalogue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MetricsText().add(Metric.DEAD_LETTERS_BY_REASON, 1, "p"))
                .withMessage("sightline_dead_letters_by_reason_total has the labels [pipeline, reason], not [p]");
    }
}
