package io.sightline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.jet.Job;
import com.hazelcast.jet.core.JobStatus;
import io.sightline.demo.FeedLoader;
import io.sightline.demo.FeedLoader.Pace;
import io.sightline.demo.FeedOptions;
import io.sightline.demo.FeedOptions.Faults;
import io.sightline.demo.FeedTruth;
import io.sightline.demo.Places;
import io.sightline.demo.SeededFeed;
import io.sightline.event.Origin;
import io.sightline.fixture.Background;
import io.sightline.fixture.Eventually;
import io.sightline.fixture.KafkaBroker;
import io.sightline.history.delta.TableRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Two grids, one topic, one table, while a known feed comes in: who writes, and what the other one hears. */
@Timeout(400)
final class TakeOverIT {
    private static final int TOPIC_PARTITIONS = 4;
    private static final long FRESH_EVENTS = 30_000;
    private static final int RECORDS_A_STEP = 60;
    private static final long STEP_NANOS = 20_000_000;

    @RegisterExtension
    static final KafkaBroker BROKER = new KafkaBroker();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private final CompletableFuture<Void> tookOver = new CompletableFuture<>();
    private final SeededFeed feed = new SeededFeed(FeedOptions.of(
            11,
            3_000,
            FRESH_EVENTS,
            Instant.now().minusSeconds(60).truncatedTo(ChronoUnit.SECONDS),
            Faults.allOften()));

    private MemberUnderTest first;
    private Path file;
    private Path table;
    private CompletableFuture<Void> sent;

    @BeforeEach
    void letTheFirstGridCommit() throws IOException {
        String topic = BROKER.newTopic(TOPIC_PARTITIONS);
        String broker = BROKER.broker().bootstrapServers();
        table = directory.resolve(topic).resolve("history");
        Path places = directory.resolve("locations.csv");
        Places.writeCsv(places, FeedOptions.DEFAULT_PLACES);
        file = MemberUnderTest.detections(directory, topic, broker);
        Files.writeString(
                file,
                Files.readString(file)
                        .replaceFirst("from: pipelines/reference/locations.csv", "from: " + places)
                        .replaceFirst("commit-every: .*", "commit-every: 2s"));
        first = new MemberUnderTest(directory.resolve("first"));
        done(first.sightline("submit", file.toString()));
        sent = Background.run(() -> FeedLoader.load(broker, topic, feed, haltsHalfway()));
        awaitTwoMoreCommits(first);
    }

    @AfterEach
    void stop() {
        tookOver.complete(null);
        sent.join();
        first.close();
    }

    /** Three thousand records a second; a hundred from the middle on, so that some always come, until the table is another's. */
    private Pace haltsHalfway() {
        int[] records = {0};
        return timestampMillis -> {
            boolean slow = ++records[0] > FRESH_EVENTS / 2 && !tookOver.isDone();
            if (slow || records[0] % RECORDS_A_STEP == 0) {
                LockSupport.parkNanos(slow ? STEP_NANOS / 2 : STEP_NANOS);
            }
        };
    }

    @Test
    void anotherGridIsRefusedUntilItTakesTheTableOverAndTheFirstSaysWhoHasIt() throws Exception {
        // Given
        Job running = first.client().getJet().getJob("detections");
        try (MemberUnderTest second = new MemberUnderTest(directory.resolve("second"))) {
            // When it asks without more
            Ran refused = second.sightline("submit", file.toString());

            // Then
            assertThat(refused.exitStatus()).isEqualTo(Sightline.FAILED);
            assertThat(refused.errLines())
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .startsWith("sightline: the table is being written by " + first.cluster()
                                    + "/detections, last at ")
                            .endsWith(
                                    "; give this pipeline a table of its own, wait until the other has been silent for 6 s, or replace"
                                            + " it with --take-over"));
            assertThat(second.client().getJet().getJobs()).isEmpty();
            awaitTwoMoreCommits(first);
            assertThat(running.getStatus()).isEqualTo(JobStatus.RUNNING);

            // When it insists
            done(second.sightline("submit", "--take-over", file.toString()));

            // Then
            Job lost = second.client().getJet().getJob("detections");
            awaitSuspended(running);
            String said = "this writer is no longer the table's: " + second.cluster()
                    + "/detections has taken the table over";
            assertThat(done(first.sightline("jobs")).out()).contains("SUSPENDED", said);
            assertThat(Files.readString(directory.resolve("first/member.log"))).contains(said);

            // When the first takes it back, and the other is resumed
            done(first.sightline("stop", "detections"));
            done(first.sightline("submit", "--take-over", file.toString()));
            awaitSuspended(lost);
            awaitTwoMoreCommits(first);
            lost.resume();

            // Then what had taken over once does not do so again
            Eventually.eventually(
                    "it hears who has the table",
                    () -> second.sightline("jobs").out().contains("the table is being written by " + first.cluster()));
            awaitSuspended(lost);
            assertExactAtTheEnd(first);
        }
    }

    @Test
    void theSameNameTakesOverWithoutAWord() throws Exception {
        // Given
        Job running = first.client().getJet().getJob("detections");
        try (MemberUnderTest second = new MemberUnderTest(directory.resolve("second"), first.cluster())) {
            // When
            Ran submitted = second.sightline("submit", file.toString());

            // Then
            assertThat(done(submitted).errLines())
                    .singleElement()
                    .satisfies(line -> assertThat(line).startsWith("sightline: pipeline detections runs"));
            awaitSuspended(running);
            assertThat(done(first.sightline("jobs")).out())
                    .contains(first.cluster() + "/detections has taken the table over");
            assertExactAtTheEnd(second);
        }
    }

    private static void awaitSuspended(Job job) {
        Eventually.eventually("the job has ended", () -> job.getStatus() == JobStatus.SUSPENDED);
    }

    private static void awaitTwoMoreCommits(MemberUnderTest grid) {
        long before = version(grid);
        Eventually.eventually("the table grows", () -> version(grid) > before + 1);
    }

    private static long version(MemberUnderTest grid) {
        List<List<@Nullable Object>> rows = grid.rows("SELECT version FROM history_status WHERE rows_since_start > 0");
        return rows.isEmpty() ? 0 : ((Number) rows.get(0).get(0)).longValue();
    }

    /** Lets the rest of the feed come, and compares what the grid counted and what the table holds with what was sent. */
    private void assertExactAtTheEnd(MemberUnderTest grid) throws IOException {
        tookOver.complete(null);
        sent.join();
        FeedTruth truth = feed.truth();
        List<@Nullable Object> expected = List.of(
                truth.records(),
                truth.events(),
                truth.unique(),
                truth.duplicates(),
                truth.deadLetters(),
                truth.unmatched());
        String counters = "SELECT records, events, originals, duplicates, dead_letters, unmatched FROM pipeline_status";
        Eventually.eventually(
                "the counters are " + expected, () -> grid.rows(counters).equals(List.of(expected)));
        Eventually.eventually(
                "the minutes add up",
                () -> grid.number("SELECT SUM(detections) FROM detections_per_minute") == truth.unique());
        done(grid.sightline("stop", "detections"));
        List<Origin> origins = TableRows.origins(table);
        assertThat(new HashSet<>(origins)).hasSameSizeAs(origins).hasSize((int) truth.unique());
    }

    private static Ran done(Ran ran) {
        assertThat(ran.exitStatus()).as(ran.err()).isEqualTo(Sightline.DONE);
        return ran;
    }
}
