package io.sightline.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sightline.demo.FeedOptions.Faults;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SeededFeedTest {
    private static final Instant START = Instant.parse("2026-01-31T11:59:30Z");
    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    @Test
    void theSameOptionsGiveTheSameBytesAndAnotherSeedOthers() {
        // Given
        FeedOptions options = FeedOptions.of(1, 500, 5_000, START, Faults.all());
        FeedOptions other = FeedOptions.of(2, 500, 5_000, START, Faults.all());

        // Then
        assertThat(print(options)).isEqualTo(print(options)).isNotEqualTo(print(other));
    }

    @Test
    void aCleanFeedIsOneDetectionARecordAndFivePercentCopies() {
        // Given
        SeededFeed feed = new SeededFeed(FeedOptions.of(1, 1_000, 20_000, START, Faults.onlyResent()));

        // When
        Recount recount = recount(feed);

        // Then
        FeedTruth truth = feed.truth();
        assertThat(truth.unique()).isEqualTo(20_000);
        assertThat(truth.records()).isEqualTo(truth.events());
        assertThat(truth.duplicates()).isBetween(900L, 1_100L);
        assertThat(truth.deadLetters()).isZero();
        assertThat(truth.unmatched()).isZero();
        assertThat(recount.bytes / truth.records()).isBetween(200L, 240L);
        assertThat(recount).satisfies(counted -> assertAgrees(counted, truth));
    }

    @Test
    void whatTheTruthSaysIsWhatAStrictReaderCounts() {
        // Given
        SeededFeed feed = new SeededFeed(FeedOptions.of(7, 500, 40_000, START, Faults.allOften()));

        // When
        Recount recount = recount(feed);

        // Then
        FeedTruth truth = feed.truth();
        assertAgrees(recount, truth);
        assertThat(truth.deadLettersByReason())
                .containsOnlyKeys(
                        "empty",
                        "not_json",
                        "truncated",
                        "too_deep",
                        "duplicate_key",
                        "not_an_object",
                        "empty_array",
                        "missing_field",
                        "wrong_type",
                        "out_of_range",
                        "not_a_number",
                        "bad_time",
                        "event_time_implausible");
        assertThat(truth.deadLetters()).isEqualTo(recount.refused);
        assertThat(truth.withoutId()).isPositive();
        assertThat(recount.arrays).isPositive();
        assertThat(recount.withSpeed).isPositive().isLessThan(truth.events());
    }

    @Test
    void recordsComeInTheOrderOfTheirTimestampsAndCopiesKeepKeyAndWindow() {
        // Given
        SeededFeed feed = new SeededFeed(FeedOptions.of(3, 500, 5_000, START, Faults.onlyResent()));
        Map<String, FeedRecord> first = new HashMap<>();
        long last = Long.MIN_VALUE;
        int copies = 0;

        // When
        for (FeedRecord record = feed.next(); record != null; record = feed.next()) {

            // Then
            assertThat(record.timestampMillis()).isGreaterThanOrEqualTo(last);
            last = record.timestampMillis();
            FeedRecord original = first.putIfAbsent(text(record.value()), record);
            if (original != null) {
                copies++;
                assertThat(record.key()).isEqualTo(original.key());
                assertThat(record.timestampMillis() - original.timestampMillis())
                        .isBetween(1L, Duration.ofSeconds(30).toMillis());
            }
        }
        assertThat(copies).isEqualTo((int) feed.truth().duplicates());
    }

    @Test
    void sumsOfTheTruthAgree() {
        // Given
        SeededFeed feed = new SeededFeed(FeedOptions.of(5, 200, 20_000, START, Faults.all()));
        recount(feed);

        // Then
        FeedTruth truth = feed.truth();
        assertThat(sum(truth.uniquePerLocation())).isEqualTo(truth.unique());
        assertThat(sum(truth.uniquePerLocationAndMinute())).isEqualTo(truth.unique());
        assertThat(sum(truth.uniquePerSecond())).isEqualTo(truth.unique());
        assertThat(truth.uniquePerLocation().get("loc-000")).isEqualTo(truth.unmatched());
    }

    @Test
    void everyPlaceOfTheFeedIsInTheReferenceDataSaveTheUnknownOne() throws IOException {
        // Given
        SeededFeed feed = new SeededFeed(FeedOptions.of(5, 1_000, 20_000, START, Faults.all()));
        recount(feed);
        String csv = Places.csv(FeedOptions.DEFAULT_PLACES);

        // Then
        assertThat(csv.lines()).hasSize(1 + FeedOptions.DEFAULT_PLACES);
        for (String place : feed.truth().uniquePerLocation().keySet()) {
            assertThat(csv.contains("\n" + place + ",")).as(place).isEqualTo(!place.equals("loc-000"));
        }
    }

    private static void assertAgrees(Recount recount, FeedTruth truth) {
        assertThat(recount.records).isEqualTo(truth.records());
        assertThat(recount.events).isEqualTo(truth.events());
        assertThat(recount.unique.size()).isEqualTo((int) truth.unique());
        assertThat(recount.idHash).isEqualTo(truth.idHash());
        assertThat(recount.perLocationAndMinute).isEqualTo(truth.uniquePerLocationAndMinute());
    }

    /** What a reader finds that knows JSON and the pipeline file, but not the feed. */
    private static final class Recount {
        private long records;
        private long events;
        private long refused;
        private long arrays;
        private long withSpeed;
        private long bytes;
        private long idHash;
        private final Set<String> unique = new HashSet<>();
        private final Map<String, Long> perLocationAndMinute = new TreeMap<>();

        void read(FeedRecord record) {
            records++;
            bytes += record.value().length;
            JsonNode json;
            try {
                json = STRICT.readTree(record.value());
            } catch (IOException e) {
                if (!(e instanceof JsonProcessingException) || record.value()[0] != '[') {
                    refused++;
                    return;
                }
                arrays++;
                elements(record.value()).forEach(element -> {
                    try {
                        element(STRICT.readTree(element), record);
                    } catch (JsonProcessingException bad) {
                        refused++;
                    }
                });
                return;
            }
            if (json.isArray() && !json.isEmpty()) {
                arrays++;
                json.forEach(element -> element(element, record));
            } else {
                element(json, record);
            }
        }

        private void element(JsonNode json, FeedRecord record) {
            Instant time = time(json.path("event_time"));
            boolean good = json.path("camera_id").isTextual()
                    && json.path("confidence").isNumber()
                    && Double.isFinite(json.path("confidence").doubleValue())
                    && !json.has("debug");
            long limit = record.timestampMillis() + Duration.ofDays(1).toMillis();
            if (!good || time == null || time.toEpochMilli() >= limit) {
                refused++;
                return;
            }
            events++;
            withSpeed += json.has("speed_mps") ? 1 : 0;
            String key = json.has("event_id")
                    ? json.get("event_id").asText()
                    : json.get("camera_id") + "|" + time + "|" + json.get("item") + "|" + json.at("/bbox/x") + "|"
                            + json.at("/bbox/y");
            if (unique.add(key)) {
                if (json.has("event_id")) {
                    idHash += FeedTruth.hash(key);
                }
                String minute = time.truncatedTo(ChronoUnit.MINUTES).toString().replace("Z", ".000Z");
                perLocationAndMinute.merge(json.get("location_id").asText() + "|" + minute, 1L, Long::sum);
            }
        }

        private static @Nullable Instant time(JsonNode json) {
            try {
                return json.isNumber() ? Instant.ofEpochMilli(json.longValue()) : Instant.parse(json.asText());
            } catch (DateTimeException e) {
                return null;
            }
        }

        /** The elements of an array one of which is not strict JSON. */
        private static List<String> elements(byte[] array) {
            String text = text(array);
            List<String> elements = new ArrayList<>();
            for (String element :
                    text.substring(1, text.length() - 1).split(",(?=\\{\"[ecl])|,(?=\"heartbeat\")", -1)) {
                elements.add(element);
            }
            return elements;
        }
    }

    private static Recount recount(SeededFeed feed) {
        Recount recount = new Recount();
        for (FeedRecord record = feed.next(); record != null; record = feed.next()) {
            recount.read(record);
        }
        return recount;
    }

    private static String print(FeedOptions options) {
        SeededFeed feed = new SeededFeed(options);
        StringBuilder printed = new StringBuilder();
        for (FeedRecord record = feed.next(); record != null; record = feed.next()) {
            printed.append(record.timestampMillis()).append(text(record.key())).append(Arrays.hashCode(record.value()));
        }
        return printed.toString();
    }

    private static long sum(Map<?, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
