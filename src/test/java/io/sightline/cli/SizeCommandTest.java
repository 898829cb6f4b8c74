package io.sightline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sightline.spec.PipelineFile;
import io.sightline.spec.PipelineSpec;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizeCommandTest {
    private static final PipelineSpec PIPELINE = PipelineFile.load(Path.of("pipelines", "detections.yaml"));
    private static final GridSize.Traffic TEN_THOUSAND = new GridSize.Traffic(10_000, 300, 1, 500);

    @Test
    void memoryIsThatOfIdsAndRowsWithABackup() {
        // Given 6 million ids of 84 bytes, and 9 million rows of 650
        GridSize size = GridSize.of(PIPELINE, TEN_THOUSAND);

        // Then
        assertThat(size.marksMegabytes()).isEqualTo(961);
        assertThat(size.hotWindowMegabytes()).isEqualTo(11_158);
    }

    @Test
    void twoOfThreeMembersHoldWhatAllThreeHeld() {
        // When
        GridSize size = GridSize.of(PIPELINE, TEN_THOUSAND);

        // Then
        assertThat(size.members()).isEqualTo(3);
        long twice = size.marksMegabytes() + 2 * (size.hotWindowMegabytes() + size.rollupsMegabytes());
        assertThat(size.heapMegabytes()).isBetween(1_024 + twice / 2, 1_024 + twice / 2 + 257);
        assertThat(size.memoryMegabytes()).isGreaterThan(size.heapMegabytes() * 3 / 2);
    }

    @Test
    void aRateThatNeedsTooLargeHeapsGetsMoreMembers() {
        // When
        GridSize size = GridSize.of(PIPELINE, new GridSize.Traffic(50_000, 300, 1, 500));

        // Then
        assertThat(size.members()).isGreaterThan(3);
        assertThat(size.heapMegabytes()).isLessThanOrEqualTo(24 * 1_024);
    }

    @ParameterizedTest
    @CsvSource({
        // by count, 10,000 a second; by bytes; arrays of ten
        "300,   1, 10, 12, 19",
        "1500,  1, 15, 15, 60",
        "1500, 10,  2,  6, 36",
    })
    void throughputUnitsAreThoseOfTheTighterLimit(
            int recordBytes, double eventsInRecord, int units, int topicPartitions, int backlogMinutes) {
        // When
        GridSize size = GridSize.of(PIPELINE, new GridSize.Traffic(10_000, recordBytes, eventsInRecord, 500));

        // Then
        assertThat(size.throughputUnits()).isEqualTo(units);
        assertThat(size.topicPartitions()).isEqualTo(topicPartitions);
        assertThat(size.hourOfBacklogMinutes()).isEqualTo(backlogMinutes);
    }

    @Test
    void theMembersInK8sAreOfTheSizeForFifteenHundredEventsASecond() {
        // When
        GridSize size = GridSize.of(PIPELINE, new GridSize.Traffic(1_500, 300, 1, 500));

        // Then
        assertThat(size.members()).isEqualTo(3);
        assertThat(size.heapMegabytes()).isBetween(4 * 1_024L, 5 * 1_024L);
        assertThat(size.memoryMegabytes()).isLessThanOrEqualTo(8 * 1_024);
        assertThat(size.cores()).isEqualTo(2);
    }

    @Test
    void optionsGoBeforeTheFile() throws Exception {
        // When
        Ran ran = Ran.sightline("size", "--rate", "10000", "--horizon", "20m", "--keep", "5m", "--json");

        // Then
        assertThat(ran.exitStatus()).isZero();
        JsonNode json = new ObjectMapper().readTree(ran.out());
        GridSize size = GridSize.of(
                PIPELINE.withHorizon(Duration.ofMinutes(20)).withHotWindowKept(Duration.ofMinutes(5)), TEN_THOUSAND);
        assertThat(json.path("horizon_seconds").asLong()).isEqualTo(1_200);
        assertThat(json.path("keep_seconds").asLong()).isEqualTo(300);
        assertThat(json.path("marks_mb").asLong()).isEqualTo(size.marksMegabytes());
        assertThat(json.path("heap_mb").asLong()).isEqualTo(size.heapMegabytes());
        assertThat(json.path("throughput_units").asInt()).isEqualTo(10);
    }

    @Test
    void theTableSaysHowEachFigureIsKnown() {
        // When
        Ran ran = Ran.sightline("size", "--rate", "50000");

        // Then
        assertThat(ran.out())
                .startsWith("detections at 50,000 events/s, ids for 10m, rows for 15m")
                .contains("measured", "a bound", "estimated", "more than Standard's 40: Premium or Dedicated");
    }

    @ParameterizedTest
    @CsvSource({
        "--rate=0,                --rate takes a number above 0",
        "--rate=1 --horizon=ten,  accepted: a whole number above 0",
        "--rate=1 --groups=-1,    --groups takes a number above 0",
        "--keep=5m,               --rate",
    })
    void whatIsNoSizeIsRefused(String options, String message) {
        // When
        Ran ran = Ran.sightline(("size " + options).split(" "));

        // Then
        assertThat(ran.exitStatus()).isEqualTo(Sightline.BAD_USAGE);
        assertThat(ran.err()).contains(message);
    }
}
