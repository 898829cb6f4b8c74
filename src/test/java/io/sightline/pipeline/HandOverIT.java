package io.sightline.pipeline;

import static io.sightline.pipeline.PacedFeed.assertCounters;
import static io.sightline.pipeline.PacedFeed.assertExactHistory;
import static io.sightline.pipeline.PacedFeed.assertMinutes;

import com.hazelcast.jet.Job;
import com.hazelcast.jet.core.JobStatus;
import io.sightline.demo.FeedOptions;
import io.sightline.demo.FeedOptions.Faults;
import io.sightline.demo.Fleet;
import io.sightline.demo.Places;
import io.sightline.demo.SeededFeed;
import io.sightline.fixture.Eventually;
import io.sightline.fixture.KafkaBroker;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A second grid beside the first takes the table over while events come in at full rate, as to another minor version of
 * Hazelcast ({@code docs/operations.md}). Whoever reads may ask both; what is measured is how old the newest row of
 * either became.
 *
 * <p>{@code ./mvnw -Dquick -Dlong -Dtest=HandOverIT -Drate=10000 test}. Prints that age; it is a figure of the machine, and so
 * no test. ({@code TakeOverIT} has who is refused, and what each of the two says.)
 */
@Tag("long")
@Timeout(600)
final class HandOverIT {
    private static final double EVENTS_A_SECOND = Integer.getInteger("rate", 1_000);
    private static final Duration COMMIT_EVERY = Duration.ofSeconds(5);
    private static final long FRESH_MILLIS = 1_000;
    private static final int COMMITS = 3;

    @RegisterExtension
    static final KafkaBroker BROKER = new KafkaBroker();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    @Test
    void theSecondGridGoesOnWhereTheTableEndsAndNothingIsLostOrDoubled() throws Exception {
        // Given
        try (GridUnderTest old = GridUnderTest.serving(directory.resolve("old"))) {
            String topic = BROKER.newTopic(8);
            PipelineSpec spec = spec(topic);
            Fleet fleet = Fleet.start(BROKER.broker().bootstrapServers(), topic, feed(), Clock.systemUTC());
            Job before = PipelineJob.submit(old.client(), spec);
            awaitCommits(old);
            try (GridUnderTest next = GridUnderTest.serving(directory.resolve("new"));
                    Age ofBoth = Age.watch(List.of(old, next));
                    Age ofNew = Age.watch(List.of(next))) {
                Eventually.eventually("rows are fresh", () -> ofBoth.millis() < FRESH_MILLIS);
                ofBoth.forget();

                // When
                long began = System.nanoTime();
                PipelineJob.submit(next.client(), next.client().getJet(), spec, true);
                Eventually.eventually("the new grid's rows are fresh", () -> ofNew.millis() < FRESH_MILLIS);
                double took = (System.nanoTime() - began) / 1e9;
                Eventually.eventually("the old job has ended", () -> before.getStatus() == JobStatus.SUSPENDED);
                awaitCommits(next);
                long oldest = ofBoth.greatestMillis();
                fleet.stop();
                Expected expected = Expected.of(fleet.await());

                // Then
                PacedFeed.await(next, expected.records(), true);
                assertCounters(next, expected);
                assertMinutes(next, expected.uniquePerLocationAndMinute());
                assertExactHistory(directory, expected);
                System.out.printf(
                        "hand-over, %,.0f events/s: the new grid was up to date %.1f s after it was asked; meanwhile the newest"
                                + " row of either was %.1f s old at most%n",
                        EVENTS_A_SECOND, took, oldest / 1e3);
            } finally {
                fleet.stop();
            }
        }
    }

    private static void awaitCommits(GridUnderTest grid) {
        long before = version(grid);
        Eventually.eventually("it commits", () -> version(grid) >= before + COMMITS);
    }

    private static long version(GridUnderTest grid) {
        return grid.longs("SELECT version FROM history_status WHERE rows_since_start > 0").stream()
                .findFirst()
                .orElse(0L);
    }

    private PipelineSpec spec(String topic) throws IOException {
        Places.writeCsv(directory.resolve("locations.csv"), FeedOptions.DEFAULT_PLACES);
        return PacedFeed.withTable(
                PacedFeed.spec(BROKER.broker().bootstrapServers(), topic, directory),
                directory.resolve("history").toString(),
                COMMIT_EVERY);
    }

    private static SeededFeed feed() {
        long count = FeedOptions.count(EVENTS_A_SECOND, Duration.ZERO, Duration.ofMinutes(10));
        return new SeededFeed(FeedOptions.live(
                7, EVENTS_A_SECOND, count, Instant.now().plusMillis(500), Duration.ZERO, Faults.all()));
    }

    /** How old the newest row is that some grids show: by when it was due, looked at over and over. */
    private static final class Age implements AutoCloseable {
        private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
        private static final String NEWEST = "SELECT produced_at FROM detections ORDER BY event_time DESC LIMIT 100";

        private final List<GridUnderTest> grids;
        private final Thread thread = new Thread(this::look, "age-of-rows");
        private volatile long newestMillis;
        private volatile long greatestMillis;
        private volatile boolean closed;

        private Age(List<GridUnderTest> grids) {
            this.grids = grids;
        }

        static Age watch(List<GridUnderTest> grids) {
            Age age = new Age(grids);
            age.thread.setDaemon(true);
            age.thread.start();
            return age;
        }

        private void look() {
            while (!closed) {
                for (GridUnderTest grid : grids) {
                    newestMillis = Math.max(newestMillis, newest(grid));
                    greatestMillis = Math.max(greatestMillis, millis());
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }

        /** When it was due, in milliseconds since 1970; 0 while the grid has none. */
        private static long newest(GridUnderTest grid) {
            try {
                return grid.longs(NEWEST).stream()
                        .mapToLong(micros -> micros / 1_000)
                        .max()
                        .orElse(0);
            } catch (RuntimeException e) {
                return 0;
            }
        }

        long millis() {
            return System.currentTimeMillis() - newestMillis;
        }

        long greatestMillis() {
            return greatestMillis;
        }

        void forget() {
            greatestMillis = 0;
        }

        @Override
        public void close() {
            closed = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
