package io.sightline.pipeline;

import static io.sightline.pipeline.PacedFeed.assertCounters;
import static io.sightline.pipeline.PacedFeed.await;
import static io.sightline.pipeline.PacedFeed.perLocationAndMinute;
import static io.sightline.pipeline.PacedFeed.rowsOfHistory;
import static io.sightline.pipeline.PacedFeed.spec;
import static io.sightline.pipeline.PacedFeed.withHistory;
import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.demo.FeedLoader;
import io.sightline.demo.FeedOptions;
import io.sightline.demo.FeedOptions.Faults;
import io.sightline.demo.Places;
import io.sightline.demo.SeededFeed;
import io.sightline.event.Origin;
import io.sightline.fixture.Eventually;
import io.sightline.fixture.KafkaBroker;
import io.sightline.spec.PipelineSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Members and grids killed at random moments while a feed comes in and the history is written; {@code -Dlong}, with
 * {@code -Dkills=N} for another number than 50 and {@code -Dseed=S} for other moments.
 */
@Tag("long")
final class RandomKillsIT {
    private static final int KILLS = Integer.getInteger("kills", 50);
    private static final long SEED = Long.getLong("seed", 1);
    private static final int TOPIC_PARTITIONS = 8;
    private static final long FRESH_EVENTS = 20_000L * KILLS;
    private static final long LONGEST_LIFE_MILLIS = 8_000;
    private static final int RECORDS_A_STEP = 60;
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    @RegisterExtension
    static final KafkaBroker BROKER = new KafkaBroker();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    @Test
    void theTableHoldsEachEventOnceWhateverDiedWhenever() throws Exception {
        // Given
        Random random = new Random(SEED);
        Instant start = Instant.now().minusSeconds(60).truncatedTo(ChronoUnit.SECONDS);
        Places.writeCsv(directory.resolve("locations.csv"), FeedOptions.DEFAULT_PLACES);
        SeededFeed feed = new SeededFeed(FeedOptions.of(SEED, 3_000, FRESH_EVENTS, start, Faults.allOften()));
        String topic = BROKER.newTopic(TOPIC_PARTITIONS);
        PipelineSpec spec = withHistory(spec(BROKER.broker().bootstrapServers(), topic, directory), directory)
                .withHotWindowKept(Duration.ofSeconds(10));
        AtomicBoolean hurry = new AtomicBoolean();
        CompletableFuture<Void> sent = CompletableFuture.runAsync(
                () -> FeedLoader.load(BROKER.broker().bootstrapServers(), topic, feed, paced(hurry)));

        // When
        for (int kills = 0; kills < KILLS; kills += 2) {
            try (GridUnderTest grid = new GridUnderTest(directory.resolve("grid-" + kills))) {
                PipelineJob.submit(grid.client(), spec);
                TimeUnit.MILLISECONDS.sleep(random.nextLong(LONGEST_LIFE_MILLIS));
                grid.killOne();
                TimeUnit.MILLISECONDS.sleep(random.nextLong(LONGEST_LIFE_MILLIS));
            }
            System.out.printf(
                    "kill %d: the table has %,d rows%n",
                    kills + 2, rowsOfHistory(directory).size());
        }
        hurry.set(true);
        sent.join();

        // Then
        Expected expected = Expected.of(feed.truth());
        try (GridUnderTest grid = new GridUnderTest(directory.resolve("last"))) {
            PipelineJob.submit(grid.client(), spec);
            await(grid, expected.records(), true);
            assertCounters(grid, expected);
            assertThat(perLocationAndMinute(grid)).isEqualTo(expected.uniquePerLocationAndMinute());
            Eventually.eventually(
                    "all rows are in the history",
                    () -> rowsOfHistory(directory).size() >= expected.unique());
        }
        List<Origin> rows = rowsOfHistory(directory);
        assertThat(new HashSet<>(rows)).hasSameSizeAs(rows).hasSize((int) expected.unique());
        System.out.printf(
                "%d kills, seed %d: %,d records, %,d unique events, each once%n",
                KILLS, SEED, expected.records(), expected.unique());
    }

    private static FeedLoader.Pace paced(AtomicBoolean hurry) {
        int[] sent = {0};
        return timestampMillis -> {
            if (++sent[0] % RECORDS_A_STEP == 0 && !hurry.get()) {
                LockSupport.parkNanos(STEP_NANOS);
            }
        };
    }
}
