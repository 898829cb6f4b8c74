package io.sightline.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sightline.demo.FeedOptions.Faults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a feed has that is sent in real time. */
class LiveFeedTest {
    private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
    private static final Duration RAMP_UP = Duration.ofSeconds(10);
    private static final Duration LENGTH = Duration.ofSeconds(90);
    private static final int RATE = 400;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void everyFirstSightingIsSentWhenItSaysItIsDue() throws IOException {
        // Given
        Faults cleanButLate = new Faults(0, Duration.ofSeconds(30), 0.05, 0, 0, true);
        SeededFeed feed = feed(cleanButLate);

        // When / Then
        for (FeedRecord record = feed.next(); record != null; record = feed.next()) {
            for (JsonNode detection : detections(record)) {
                assertThat(detection.get("produced_at").asLong()).isEqualTo(record.timestampMillis() * 1_000);
            }
        }
    }

    @Test
    void nothingIsSentAfterTheEndAndTheTruthKnowsOnlyWhatWasSent() throws IOException {
        // Given
        SeededFeed feed = feed(new Faults(0.05, Duration.ofSeconds(30), 0.05, 0, 0, true));
        long records = 0;
        long events = 0;

        // When
        for (FeedRecord record = feed.next(); record != null; record = feed.next()) {
            records++;
            events += detections(record).size();

            // Then
            assertThat(record.timestampMillis())
                    .isLessThanOrEqualTo(START.plus(LENGTH).toEpochMilli());
        }
        assertThat(feed.truth().records()).isEqualTo(records);
        assertThat(feed.truth().events()).isEqualTo(events);
        assertThat(feed.truth().unique()).isLessThan(FeedOptions.count(RATE, RAMP_UP, LENGTH));
    }

    @Test
    void theRateClimbsToWhatWasAskedFor() {
        // Given
        FeedOptions options = FeedOptions.live(
                1, RATE, FeedOptions.count(RATE, RAMP_UP, LENGTH), START, RAMP_UP, Faults.onlyResent());
        Map<Long, Integer> bySecond = new TreeMap<>();

        // When
        for (long number = 0; number < options.count(); number++) {
            bySecond.merge(options.millisOf(number) / 1_000, 1, Integer::sum);
        }

        // Then
        assertThat(bySecond.get(0L)).isBetween(1, 3);
        assertThat(bySecond.get(5L)).isBetween(RATE * 30 / 100 - 2, RATE * 30 / 100 + 2);
        assertThat(bySecond.get(10L)).isBetween(RATE - 1, RATE + 1);
        assertThat(bySecond.get(89L)).isBetween(RATE - 1, RATE + 1);
        assertThat(bySecond).doesNotContainKey(90L);
    }

    @Test
    void aStoppedFeedEndsWhereItIs() {
        // Given
        SeededFeed feed = feed(Faults.all());
        feed.next();

        // When
        feed.stop();

        // Then
        assertThat(feed.next()).isNull();
        assertThat(feed.truth().records()).isEqualTo(1);
    }

    @Test
    void oneCameraFallsSilentClocksDriftAndPlacesDiffer() throws IOException {
        // Given
        SeededFeed feed = feed(new Faults(0, Duration.ofSeconds(30), 0, 0, 0, true));
        Map<String, Long> lastOfCamera = new HashMap<>();
        Map<String, Integer> ofPlace = new HashMap<>();
        long furthestAhead = 0;

        // When
        for (FeedRecord record = feed.next(); record != null; record = feed.next()) {
            for (JsonNode detection : detections(record)) {
                lastOfCamera.put(detection.get("camera_id").asText(), record.timestampMillis());
                ofPlace.merge(detection.get("location_id").asText(), 1, Integer::sum);
                if (detection.get("event_time").isTextual()) {
                    long eventTime =
                            Instant.parse(detection.get("event_time").asText()).toEpochMilli();
                    furthestAhead = Math.max(furthestAhead, eventTime - record.timestampMillis());
                }
            }
        }

        // Then
        assertThat(lastOfCamera.getOrDefault("cam-405", 0L))
                .isLessThan(START.plusSeconds(45).toEpochMilli());
        assertThat(furthestAhead).as("a clock that gains").isBetween(200L, 500L);
        List<Integer> counts = new ArrayList<>(ofPlace.values());
        counts.sort(null);
        assertThat(counts.get(counts.size() - 1))
                .as("busiest place against the quietest")
                .isGreaterThan(5 * counts.get(0));
    }

    @Test
    void theProjectsReferenceDataNamesEveryPlaceOfTheFleet() throws IOException {
        // Given
        List<String> ids = Files.readAllLines(Path.of("pipelines", "reference", "locations.csv")).stream()
                .skip(1)
                .map(line -> line.substring(0, line.indexOf(',')))
                .toList();

        // Then
        assertThat(ids)
                .isEqualTo(IntStream.rangeClosed(1, FeedOptions.DEFAULT_PLACES)
                        .mapToObj(Places::id)
                        .collect(Collectors.toList()));
    }

    private static SeededFeed feed(Faults faults) {
        return new SeededFeed(
                FeedOptions.live(9, RATE, FeedOptions.count(RATE, RAMP_UP, LENGTH), START, RAMP_UP, faults));
    }

    private static List<JsonNode> detections(FeedRecord record) throws IOException {
        JsonNode json = JSON.readTree(record.value());
        List<JsonNode> detections = new ArrayList<>();
        if (json.isArray()) {
            json.forEach(detections::add);
        } else {
            detections.add(json);
        }
        return detections;
    }
}
