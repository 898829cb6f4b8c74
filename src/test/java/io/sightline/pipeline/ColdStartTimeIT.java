package io.sightline.pipeline;

import static io.sightline.pipeline.PacedFeed.spec;
import static io.sightline.pipeline.PacedFeed.status;
import static io.sightline.pipeline.PacedFeed.withTable;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.jet.Job;
import com.hazelcast.jet.core.JobStatus;
import io.sightline.demo.FeedLoader;
import io.sightline.demo.FeedOptions;
import io.sightline.demo.FeedOptions.Faults;
import io.sightline.demo.Places;
import io.sightline.demo.SeededFeed;
import io.sightline.fixture.Eventually;
import io.sightline.fixture.KafkaBroker;
import io.sightline.spec.PipelineSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long a new grid takes to go on from a history of ten thousand events a second, from its submission to the first new
 * event that SQL finds: with the marks of ten minutes, five minutes of seconds and an hour of minutes to rebuild. Prints
 * the seconds. {@code -Dlong}, with {@code -Dminutes=M} for another history than 12 minutes.
 */
@Tag("long")
final class ColdStartTimeIT {
    private static final int MINUTES = Integer.getInteger("minutes", 12);
    private static final int EVENTS_A_SECOND = 10_000;
    private static final String HEAP = "3g";

    @RegisterExtension
    static final KafkaBroker BROKER = new KafkaBroker();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    @Test
    @Timeout(3600)
    void isLiveWithinAMinute() throws Exception {
        // Given
        Duration length = Duration.ofMinutes(MINUTES);
        Instant start = Instant.now().minus(length).truncatedTo(ChronoUnit.SECONDS);
        Places.writeCsv(directory.resolve("locations.csv"), FeedOptions.DEFAULT_PLACES);
        long events = EVENTS_A_SECOND * length.toSeconds();
        SeededFeed feed = new SeededFeed(FeedOptions.of(3, EVENTS_A_SECOND, events, start, Faults.all()));
        String topic = BROKER.newTopic(4);
        String broker = BROKER.broker().bootstrapServers();
        PipelineSpec spec = withTable(
                        spec(broker, topic, directory),
                        directory.resolve("history").toString(),
                        Duration.ofSeconds(10))
                .withHotWindowKept(Duration.ofMinutes(1));
        FeedLoader.load(broker, topic, feed, timestampMillis -> {});
        Expected expected = Expected.of(feed.truth());
        try (GridUnderTest grid = new GridUnderTest(directory.resolve("first"), HEAP, 1, Map.of())) {
            Job job = PipelineJob.submit(grid.client(), spec);
            while (status(grid, "records") < expected.records()) {
                TimeUnit.SECONDS.sleep(1);
            }
            job.suspend();
            Eventually.eventually("the last commit is made", () -> job.getStatus() == JobStatus.SUSPENDED);
        }

        // When
        long now = Instant.now().toEpochMilli();
        String first = Detections.json("the-first-new-one")
                .replace(String.valueOf(Detections.NINE_MILLIS), String.valueOf(now));
        BROKER.send(topic, 0, now, first);
        try (GridUnderTest grid = new GridUnderTest(directory.resolve("second"), HEAP, 1, Map.of())) {
            long submitted = System.nanoTime();
            PipelineJob.submit(grid.client(), grid.client().getJet(), spec, true);
            Eventually.eventually(
                    "the new event is visible",
                    () -> !grid.rows("SELECT 1 FROM detections WHERE event_id = 'the-first-new-one'")
                            .isEmpty());
            double seconds = (System.nanoTime() - submitted) / 1e9;

            // Then
            System.out.printf(
                    "cold start behind %,d events of %d minutes: live after %.1f s%n",
                    expected.unique(), MINUTES, seconds);
            assertThat(seconds).isLessThan(60);
        }
    }
}
