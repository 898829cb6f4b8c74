package io.sightline.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.dedupe.Rule;
import io.sightline.demo.FeedLoader;
import io.sightline.demo.FeedOptions;
import io.sightline.demo.FeedOptions.Faults;
import io.sightline.demo.Places;
import io.sightline.demo.SeededFeed;
import io.sightline.fixture.KafkaBroker;
import io.sightline.source.RecordedFile;
import io.sightline.spec.HotWindowSpec;
import io.sightline.spec.PipelineFile;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The whole job through a real broker on two real member processes, one of which is killed midway. */
@Tag("long")
final class MemberKillIT {
    private static final int TOPIC_PARTITIONS = 8;
    private static final long FRESH_EVENTS = 200_000;
    private static final Duration ENDLESS = Duration.ofDays(3_650);
    private static final Duration LIMIT = Duration.ofMinutes(4);

    @RegisterExtension
    static final KafkaBroker BROKER = new KafkaBroker();

    @TempDir
    private Path directory;

    @Test
    void nothingIsLostOrCountedTwiceWhenAMemberIsKilledMidway() throws Exception {
        // Given
        String topic = BROKER.newTopic(TOPIC_PARTITIONS);
        Expected expected = loadSeededFeed(topic);
        try (GridUnderTest grid = new GridUnderTest(directory)) {
            // When
            runAndKillMidway(grid, topic, expected, Rule.ORIGIN);

            // Then
            assertExact(grid, expected);
        }
    }

    /** The proof that the test above can fail: a mark that does not know its origin drops what a restart reads again. */
    @Test
    void marksWithoutOriginLoseEventsInTheSameRun() throws Exception {
        // Given
        String topic = BROKER.newTopic(TOPIC_PARTITIONS);
        Expected expected = loadSeededFeed(topic);
        try (GridUnderTest grid = new GridUnderTest(directory)) {
            // When
            runAndKillMidway(grid, topic, expected, Rule.NAIVE);

            // Then
            assertThat(status(grid, "originals")).isLessThan(expected.unique());
        }
    }

    /** The same with a recorded feed: {@code -Dfeed=DIR}, a folder with detections.jsonl.gz, locations.csv, truth.json. */
    @Test
    @Tag("recorded")
    void nothingOfARecordedFeedIsLostOrCountedTwice() throws Exception {
        // Given
        Path feed = Path.of(System.getProperty("feed"));
        Files.copy(feed.resolve("locations.csv"), directory.resolve("locations.csv"));
        String topic = BROKER.newTopic(TOPIC_PARTITIONS);
        PipelineSpec spec = spec(topic);
        try (RecordedFile file = RecordedFile.open(
                feed.resolve("detections.jsonl.gz"), TOPIC_PARTITIONS, new DecodedEventTimes(spec.event()))) {
            FeedLoader.load(BROKER.broker().bootstrapServers(), topic, file);
        }
        Expected expected = Expected.of(feed.resolve("truth.json"));
        try (GridUnderTest grid = new GridUnderTest(directory)) {
            // When
            runAndKillMidway(grid, topic, expected, Rule.ORIGIN);

            // Then
            assertExact(grid, expected);
        }
    }

    private Expected loadSeededFeed(String topic) {
        Instant start = Instant.now().minusSeconds(120).truncatedTo(ChronoUnit.SECONDS);
        SeededFeed feed = new SeededFeed(FeedOptions.of(7, 10_000, FRESH_EVENTS, start, Faults.all()));
        Places.writeCsv(directory.resolve("locations.csv"), FeedOptions.DEFAULT_PLACES);
        FeedLoader.load(BROKER.broker().bootstrapServers(), topic, feed);
        return Expected.of(feed.truth());
    }

    /** The project's own pipeline, reading from the test's topic, with a window that holds feeds of any age. */
    private PipelineSpec spec(String topic) throws IOException {
        String yaml = Files.readString(Path.of("pipelines", "detections.yaml"));
        String changed = yaml.replace("  topic: detections", "  topic: " + topic)
                .replaceFirst(
                        "bootstrap-servers: .*",
                        "bootstrap-servers: " + BROKER.broker().bootstrapServers())
                .replaceFirst("from: pipelines/reference/locations.csv", "from: " + directory.resolve("locations.csv"));
        PipelineSpec spec = PipelineFile.parse("detections.yaml", changed);
        HotWindowSpec endless = new HotWindowSpec(ENDLESS, spec.hotWindow().index());
        return new PipelineSpec(
                spec.name(), spec.source(), spec.event(), spec.deduplicate(), spec.enrich(), endless, spec.rollups());
    }

    private void runAndKillMidway(GridUnderTest grid, String topic, Expected expected, Rule rule)
            throws IOException, InterruptedException {
        PipelineJob.submit(grid.client(), spec(topic), rule);
        long read = await(grid, expected.records() / 10, false);
        assertThat(read).as("records read when the member is killed").isLessThan(expected.records());
        grid.killOne();
        await(grid, expected.records(), true);
    }

    /** Waits until so many records are read, and at the end every event of them judged. */
    private static long await(GridUnderTest grid, long records, boolean toTheEnd) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            long read = status(grid, "records");
            if (read >= records && (!toTheEnd || isJudged(grid))) {
                return read;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("only " + read + " of " + records + " records within " + LIMIT);
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static boolean isJudged(GridUnderTest grid) {
        return status(grid, "originals") + status(grid, "duplicates") == status(grid, "events");
    }

    private static long status(GridUnderTest grid, String column) {
        try {
            List<Long> values = grid.longs("SELECT " + column + " FROM pipeline_status WHERE pipeline = 'detections'");
            return values.isEmpty() ? 0 : values.get(0);
        } catch (RuntimeException e) {
            // A query that a dying member takes part in fails; the next one does not.
            return -1;
        }
    }

    private static void assertExact(GridUnderTest grid, Expected expected) {
        assertThat(grid.longs(
                        "SELECT records, events, originals, duplicates, dead_letters, unmatched, late_uncorrected,"
                                + " rollup_overflow, hot_expired, hot_evicted FROM pipeline_status"))
                .as("counters")
                .containsExactly(
                        expected.records(),
                        expected.events(),
                        expected.unique(),
                        expected.duplicates(),
                        expected.deadLetters(),
                        expected.unmatched(),
                        0L,
                        0L,
                        0L,
                        0L);

        Set<List<Object>> hot = origins(grid, "detections");
        Set<List<Object>> dropped = origins(grid, "duplicates");
        assertThat(hot).as("rows of the hot window").hasSize((int) expected.unique());
        assertThat(dropped).as("rows of the ledger").hasSize((int) expected.duplicates());
        assertThat(hot).as("no event is both").doesNotContainAnyElementsOf(dropped);
        assertThat(grid.longs("SELECT COUNT(DISTINCT event_id) FROM detections"))
                .as("distinct ids")
                .containsExactly(expected.unique());
        assertThat(origins(grid, "dead_letters")).as("dead letters").hasSize((int) expected.deadLetters());

        assertThat(perLocationAndMinute(grid)).as("minutes").isEqualTo(expected.uniquePerLocationAndMinute());
        assertThat(grid.longs("SELECT SUM(detections) FROM detections_per_second"))
                .as("seconds")
                .containsExactly(expected.unique());
    }

    private static Set<List<Object>> origins(GridUnderTest grid, String relation) {
        return new HashSet<>(grid.rows("SELECT topic_partition, record_offset, record_index FROM " + relation));
    }

    private static Map<String, Long> perLocationAndMinute(GridUnderTest grid) {
        return grid.rows("SELECT location_id, window_start, detections FROM detections_per_minute").stream()
                .collect(Collectors.groupingBy(
                        row -> row.get(0) + "|"
                                + ((OffsetDateTime) row.get(1))
                                        .toInstant()
                                        .toString()
                                        .replace("Z", ".000Z"),
                        TreeMap::new,
                        Collectors.summingLong(row -> (Long) row.get(2))));
    }
}
