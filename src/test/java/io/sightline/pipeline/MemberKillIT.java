package io.sightline.pipeline;

import static io.sightline.pipeline.PacedFeed.assertMinutes;
import static io.sightline.pipeline.PacedFeed.await;
import static io.sightline.pipeline.PacedFeed.origins;
import static io.sightline.pipeline.PacedFeed.slowAt;
import static io.sightline.pipeline.PacedFeed.spec;
import static io.sightline.pipeline.PacedFeed.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.dedupe.Rule;
import io.sightline.demo.FeedLoader;
import io.sightline.demo.FeedLoader.Pace;
import io.sightline.demo.FeedOptions;
import io.sightline.demo.FeedOptions.Faults;
import io.sightline.demo.Places;
import io.sightline.demo.SeededFeed;
import io.sightline.event.Origin;
import io.sightline.fixture.Background;
import io.sightline.fixture.KafkaBroker;
import io.sightline.source.RecordedFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The whole job through a real broker on two real member processes, one of which is killed while the feed comes in. */
@Timeout(300)
final class MemberKillIT {
    private static final int TOPIC_PARTITIONS = 8;
    private static final long FRESH_EVENTS = 100_000;

    @RegisterExtension
    static final KafkaBroker BROKER = new KafkaBroker();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    @Test
    void nothingIsLostOrCountedTwiceWhenAMemberIsKilledMidway() throws Exception {
        // Given
        SeededFeed feed = seededFeed();
        try (GridUnderTest grid = new GridUnderTest(directory)) {
            // When
            runAndKillMidway(grid, Rule.ORIGIN, FRESH_EVENTS, whole(feed));

            // Then
            assertExact(grid, Expected.of(feed.truth()));
        }
    }

    /** The proof that the test above can fail: a mark that does not know its origin drops what a restart reads again. */
    @Test
    void marksWithoutOriginLoseEventsInTheSameRun() throws Exception {
        // Given
        SeededFeed feed = seededFeed();
        try (GridUnderTest grid = new GridUnderTest(directory)) {
            // When
            runAndKillMidway(grid, Rule.NAIVE, FRESH_EVENTS, whole(feed));

            // Then
            assertThat(status(grid, "originals")).isLessThan(feed.truth().unique());
        }
    }

    /** The same with a recorded feed: {@code -Dfeed=DIR}, a folder with detections.jsonl.gz, locations.csv, truth.json. */
    @Test
    @Tag("recorded")
    void nothingOfARecordedFeedIsLostOrCountedTwice() throws Exception {
        // Given
        Path recorded = Path.of(System.getProperty("feed"));
        Files.copy(recorded.resolve("locations.csv"), directory.resolve("locations.csv"));
        Expected expected = Expected.of(recorded.resolve("truth.json"));
        try (GridUnderTest grid = new GridUnderTest(directory)) {
            // When
            runAndKillMidway(grid, Rule.ORIGIN, expected.unique(), (broker, topic, pace) -> {
                try (RecordedFile file = RecordedFile.open(
                        recorded.resolve("detections.jsonl.gz"),
                        TOPIC_PARTITIONS,
                        new DecodedEventTimes(spec(BROKER.broker().bootstrapServers(), topic, directory)
                                .event()))) {
                    FeedLoader.load(broker, topic, file, pace);
                }
                return expected;
            });

            // Then
            assertExact(grid, expected);
        }
    }

    private SeededFeed seededFeed() {
        Instant start = Instant.now().minusSeconds(120).truncatedTo(ChronoUnit.SECONDS);
        Places.writeCsv(directory.resolve("locations.csv"), FeedOptions.DEFAULT_PLACES);
        return new SeededFeed(FeedOptions.of(7, 10_000, FRESH_EVENTS, start, Faults.allOften()));
    }

    /** Sends a feed into a topic, at a pace; answers what a correct pipeline makes of it. */
    private interface Sending {
        Expected send(String bootstrapServers, String topic, Pace pace) throws IOException;
    }

    private static Sending whole(SeededFeed feed) {
        return (broker, topic, pace) -> {
            FeedLoader.load(broker, topic, feed, pace);
            return Expected.of(feed.truth());
        };
    }

    private void runAndKillMidway(GridUnderTest grid, Rule rule, long freshEvents, Sending sending) throws Exception {
        String topic = BROKER.newTopic(TOPIC_PARTITIONS);
        PipelineJob.submit(grid.client(), spec(BROKER.broker().bootstrapServers(), topic, directory), rule);
        CompletableFuture<Void> midway = new CompletableFuture<>();
        CompletableFuture<Expected> sent = Background.supply(() -> {
            try {
                return sending.send(BROKER.broker().bootstrapServers(), topic, slowAt(freshEvents / 2, midway));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        await(grid, freshEvents / 4, false);
        assertThat(sent).as("the feed is still coming in").isNotDone();
        grid.killOne();
        midway.complete(null);
        await(grid, sent.get().records(), true);
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

        Set<Origin> hot = origins(grid, "detections");
        Set<Origin> dropped = origins(grid, "duplicates");
        assertThat(hot).as("rows of the hot window").hasSize((int) expected.unique());
        assertThat(dropped).as("rows of the ledger").hasSize((int) expected.duplicates());
        assertThat(Collections.disjoint(hot, dropped)).as("no event is both").isTrue();
        assertThat(grid.longs("SELECT COUNT(DISTINCT event_id) FROM detections"))
                .as("distinct ids")
                .containsExactly(expected.unique());
        assertThat(origins(grid, "dead_letters")).as("dead letters").hasSize((int) expected.deadLetters());

        assertMinutes(grid, expected.uniquePerLocationAndMinute());
        assertThat(grid.longs("SELECT SUM(detections) FROM detections_per_second"))
                .as("seconds")
                .containsExactly(expected.unique());
    }
}
