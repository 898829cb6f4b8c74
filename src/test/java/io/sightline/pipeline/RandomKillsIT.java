package io.sightline.pipeline;

import static io.sightline.pipeline.PacedFeed.assertCounters;
import static io.sightline.pipeline.PacedFeed.assertExactHistory;
import static io.sightline.pipeline.PacedFeed.assertMinutes;
import static io.sightline.pipeline.PacedFeed.await;
import static io.sightline.pipeline.PacedFeed.rowsOfHistory;
import static io.sightline.pipeline.PacedFeed.spec;
import static io.sightline.pipeline.PacedFeed.withHistory;
import static io.sightline.pipeline.PacedFeed.withTable;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.jet.Job;
import com.hazelcast.jet.core.JobStatus;
import io.sightline.demo.FeedLoader;
import io.sightline.demo.FeedOptions;
import io.sightline.demo.FeedOptions.Faults;
import io.sightline.demo.MemberProcess;
import io.sightline.demo.Places;
import io.sightline.demo.SeededFeed;
import io.sightline.fixture.Background;
import io.sightline.fixture.Eventually;
import io.sightline.fixture.KafkaBroker;
import io.sightline.history.delta.HaltingStorage;
import io.sightline.history.delta.HaltingStorage.Moment;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Grids that are lost while a feed comes in and the history is written: most with both members killed at random moments, and in
 * between each of {@link Moment} once, with both halting at the same moment of their work on the table. {@code -Dlong}, with
 * {@code -Dkills=N} for another number of members killed at random than 50 and {@code -Dseed=S} for other moments.
 */
@Tag("long")
final class RandomKillsIT {
    private static final int KILLS = Integer.getInteger("kills", 50);
    private static final long SEED = Long.getLong("seed", 1);
    private static final Moment[] MOMENTS = Moment.values();
    private static final int TOPIC_PARTITIONS = 8;
    private static final long RECORDS_A_GRID = 20_000;
    private static final int GRIDS = KILLS / 2 + MOMENTS.length;
    private static final long FRESH_EVENTS = RECORDS_A_GRID * (GRIDS + 1);
    private static final long LONGEST_LIFE_MILLIS = 12_000;
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
        AtomicLong allowed = new AtomicLong();
        CompletableFuture<Void> sent =
                Background.run(() -> FeedLoader.load(BROKER.broker().bootstrapServers(), topic, feed, paced(allowed)));

        // When
        Map<Moment, Integer> halted = new EnumMap<>(Moment.class);
        for (int grid = 0; grid < GRIDS; grid++) {
            allowed.addAndGet(RECORDS_A_GRID);
            Path logs = directory.resolve("grid-" + grid);
            Moment moment = momentOf(grid);
            if (moment == null) {
                killAtRandom(logs, spec, random);
            } else if (moment == Moment.COMPACTING) {
                haltCompaction(logs);
            } else {
                haltAll(logs, spec, moment);
            }
            if (moment != null) {
                halted.merge(moment, halts(logs, moment), Integer::sum);
            }
            System.out.printf(
                    "%s: the table has %,d rows%n",
                    moment == null ? "killed at random" : "halted at " + moment,
                    rowsOfHistory(directory).size());
        }
        allowed.set(Long.MAX_VALUE);
        sent.join();

        // Then
        Expected expected = Expected.of(feed.truth());
        try (GridUnderTest grid = new GridUnderTest(directory.resolve("last"))) {
            PipelineJob.submit(grid.client(), spec);
            await(grid, expected.records(), true);
            assertCounters(grid, expected);
            assertMinutes(grid, expected.uniquePerLocationAndMinute());
            assertExactHistory(directory, expected);
        }
        assertThat(halted).allSatisfy((moment, times) -> assertThat(times).isPositive());
        int chosen = halted.values().stream().mapToInt(Integer::intValue).sum();
        System.out.printf(
                "seed %d: %d processes halted at chosen moments %s, %d killed at random: %,d records, %,d unique events, each"
                        + " once%n",
                SEED, chosen, halted, KILLS / 2 * 2, expected.records(), expected.unique());
    }

    /** The moments, evenly between the others; null for those. */
    private static @Nullable Moment momentOf(int grid) {
        int before = grid * MOMENTS.length / GRIDS;
        return (grid + 1) * MOMENTS.length / GRIDS > before ? MOMENTS[before] : null;
    }

    private void killAtRandom(Path logs, PipelineSpec spec, Random random) throws Exception {
        try (GridUnderTest grid = new GridUnderTest(logs)) {
            Job job = PipelineJob.submit(grid.client(), spec);
            // One of three may die on the way there, however slow the machine.
            if (random.nextInt(3) > 0) {
                Eventually.eventually("the job runs", () -> job.getStatus() == JobStatus.RUNNING);
            }
            TimeUnit.MILLISECONDS.sleep(random.nextLong(LONGEST_LIFE_MILLIS));
            grid.killOne();
            TimeUnit.MILLISECONDS.sleep(random.nextLong(LONGEST_LIFE_MILLIS));
        }
    }

    /** Whichever member comes to the moment first is lost to the other, which goes on and comes to it too. */
    private void haltAll(Path logs, PipelineSpec spec, Moment moment) throws Exception {
        PipelineSpec halting =
                withTable(spec, HaltingStorage.location(directory.resolve("history")), Duration.ofSeconds(1));
        try (GridUnderTest grid = new GridUnderTest(logs, moment.environment())) {
            // Never returns if the grid ends before the job runs.
            CompletableFuture<Void> unused = Background.run(() -> PipelineJob.submit(grid.client(), halting));
            Eventually.eventually("all members have halted at " + moment, grid::isDead);
        }
    }

    private void haltCompaction(Path logs) throws InterruptedException {
        try (MemberProcess compaction = MemberProcess.start(
                "256m",
                List.of("-XX:+UseSerialGC"),
                Moment.COMPACTING.environment(),
                logs.resolve("compaction.log"),
                List.of("history", "compact", "--table", HaltingStorage.location(directory.resolve("history"))))) {
            compaction.awaitEnd();
        }
    }

    private static int halts(Path logs, Moment moment) throws IOException {
        int halts = 0;
        try (Stream<Path> files = Files.list(logs)) {
            for (Path log : files.toList()) {
                halts += Files.readString(log).contains(moment.lastWords()) ? 1 : 0;
            }
        }
        return halts;
    }

    /** Three thousand a second as long as so many are allowed, then a hundred, so that every commit of every grid has rows. */
    private static FeedLoader.Pace paced(AtomicLong allowed) {
        long[] sent = {0};
        return timestampMillis -> {
            if (++sent[0] > allowed.get()) {
                LockSupport.parkNanos(STEP_NANOS / 2);
            } else if (sent[0] % RECORDS_A_STEP == 0 && allowed.get() < Long.MAX_VALUE) {
                LockSupport.parkNanos(STEP_NANOS);
            }
        };
    }
}
