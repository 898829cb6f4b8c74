package io.sightline.pipeline;

import static io.sightline.pipeline.PacedFeed.assertCounters;
import static io.sightline.pipeline.PacedFeed.assertExactHistory;
import static io.sightline.pipeline.PacedFeed.assertMinutes;
import static io.sightline.pipeline.PacedFeed.await;
import static io.sightline.pipeline.PacedFeed.origins;
import static io.sightline.pipeline.PacedFeed.rowsOfHistory;
import static io.sightline.pipeline.PacedFeed.slowAt;
import static io.sightline.pipeline.PacedFeed.spec;
import static io.sightline.pipeline.PacedFeed.withHistory;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.jet.Job;
import com.hazelcast.jet.core.JobStatus;
import com.hazelcast.jet.impl.JobRepository;
import io.sightline.demo.FeedLoader;
import io.sightline.demo.FeedLoader.Pace;
import io.sightline.demo.FeedOptions;
import io.sightline.demo.FeedOptions.Faults;
import io.sightline.demo.Places;
import io.sightline.demo.SeededFeed;
import io.sightline.fixture.Background;
import io.sightline.fixture.Eventually;
import io.sightline.fixture.KafkaBroker;
import io.sightline.grid.GridNames;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A pipeline with a history through a real broker: first one member is killed, then the whole grid, all as real processes; a
 * new grid goes on from the table.
 */
@Timeout(400)
final class GridLossIT {
    private static final int TOPIC_PARTITIONS = 8;
    private static final long FRESH_EVENTS = 60_000;

    @RegisterExtension
    static final KafkaBroker BROKER = new KafkaBroker();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private final CompletableFuture<Void> afterTheLoss = new CompletableFuture<>();

    private SeededFeed feed;
    private PipelineSpec spec;
    private CompletableFuture<Void> sent;

    @Test
    void theTableHoldsEachEventOnceAndTheNewGridIsExact() throws Exception {
        // When
        try (GridUnderTest grid = new GridUnderTest(directory.resolve("first"))) {
            PipelineJob.submit(grid.client(), spec);
            await(grid, FRESH_EVENTS / 4, false);
            grid.killOne();
            await(grid, FRESH_EVENTS * 5 / 8, false);
            Eventually.eventually(
                    "history has rows", () -> !rowsOfHistory(directory).isEmpty());
        }
        int rowsAtTheLoss = rowsOfHistory(directory).size();
        assertThat(sent).as("the feed is still coming in").isNotDone();
        afterTheLoss.complete(null);
        try (GridUnderTest grid = new GridUnderTest(directory.resolve("second"))) {
            Job job = PipelineJob.submit(grid.client(), spec);
            sent.join();
            Expected expected = Expected.of(feed.truth());
            await(grid, expected.records(), true);

            // Then
            assertThat(rowsAtTheLoss).isLessThan((int) expected.unique());
            assertExact(grid, expected);

            // And the tables
            job.suspend();
            assertExactHistory(directory, expected);
        }
    }

    @Test
    void aPipelineThatLosesItsMarksAndThenItsJobStartsAgainFromItsHistoryEachTime() throws Exception {
        // Given
        try (GridUnderTest grid = new GridUnderTest(directory.resolve("grid"))) {
            long first = PipelineJob.submit(grid.client(), spec).getId();
            await(grid, FRESH_EVENTS / 4, false);

            // When
            grid.client().getMap(GridNames.marks(spec.name())).clear();
            long second = awaitJobAfter(first, grid);
            // And Jet's record of it, with the member that also has it in memory
            grid.client().getMap(JobRepository.JOB_RECORDS_MAP_NAME).clear();
            grid.killOldest();
            awaitJobAfter(second, grid);
            afterTheLoss.complete(null);
            sent.join();
            Expected expected = Expected.of(feed.truth());
            await(grid, expected.records(), true);

            // Then
            assertExact(grid, expected);
            requireNonNull(grid.client().getJet().getJob(spec.name())).suspend();
            assertExactHistory(directory, expected);
        }
    }

    /** Waits until another job of the pipeline runs, and gives its id. */
    private long awaitJobAfter(long lost, GridUnderTest grid) {
        AtomicLong id = new AtomicLong();
        Eventually.eventually("another job runs", () -> {
            Job job = grid.client().getJet().getJob(spec.name());
            if (job == null || job.getId() == lost || job.getStatus() != JobStatus.RUNNING) {
                return false;
            }
            id.set(job.getId());
            return true;
        });
        return id.get();
    }

    /** A feed begins to come in, for a pipeline with a history; its last quarter waits until {@link #afterTheLoss}. */
    @BeforeEach
    void letAFeedComeIn() throws IOException {
        Instant start = Instant.now().minusSeconds(120).truncatedTo(ChronoUnit.SECONDS);
        Places.writeCsv(directory.resolve("locations.csv"), FeedOptions.DEFAULT_PLACES);
        feed = new SeededFeed(FeedOptions.of(7, 10_000, FRESH_EVENTS, start, Faults.allOften()));
        String topic = BROKER.newTopic(TOPIC_PARTITIONS);
        String broker = BROKER.broker().bootstrapServers();
        spec = withHistory(spec(broker, topic, directory), directory);
        sent = Background.run(() -> FeedLoader.load(broker, topic, feed, haltsAt(FRESH_EVENTS * 3 / 4, afterTheLoss)));
    }

    /** Slow from the middle on, so that some records always come; the last quarter only after the loss. */
    private static Pace haltsAt(long records, CompletableFuture<Void> goOn) {
        Pace slow = slowAt(FRESH_EVENTS / 2, goOn);
        AtomicLong sent = new AtomicLong();
        return timestampMillis -> {
            if (sent.incrementAndGet() > records) {
                goOn.join();
            }
            slow.await(timestampMillis);
        };
    }

    private static void assertExact(GridUnderTest grid, Expected expected) {
        assertCounters(grid, expected);
        Eventually.eventually(
                "the hot window is full again",
                () -> origins(grid, "detections").size() >= expected.unique());
        assertThat(origins(grid, "detections")).as("rows of the hot window").hasSize((int) expected.unique());
        assertMinutes(grid, expected.uniquePerLocationAndMinute());
        assertThat(grid.longs("SELECT SUM(detections) FROM detections_per_second"))
                .as("seconds")
                .containsExactly(expected.unique());
    }
}
