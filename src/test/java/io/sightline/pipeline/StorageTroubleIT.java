package io.sightline.pipeline;

import static io.sightline.pipeline.PacedFeed.assertCounters;
import static io.sightline.pipeline.PacedFeed.assertExactHistory;
import static io.sightline.pipeline.PacedFeed.assertMinutes;
import static io.sightline.pipeline.PacedFeed.await;
import static io.sightline.pipeline.PacedFeed.origins;
import static io.sightline.pipeline.PacedFeed.slowAt;
import static io.sightline.pipeline.PacedFeed.spec;
import static io.sightline.pipeline.PacedFeed.withTable;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.jet.Job;
import com.hazelcast.jet.core.JobStatus;
import io.sightline.demo.FeedLoader;
import io.sightline.demo.FeedOptions;
import io.sightline.demo.FeedOptions.Faults;
import io.sightline.demo.Places;
import io.sightline.demo.SeededFeed;
import io.sightline.fixture.Background;
import io.sightline.fixture.Eventually;
import io.sightline.fixture.KafkaBroker;
import io.sightline.history.delta.OtherProgram;
import io.sightline.history.delta.SickStorage;
import io.sightline.history.delta.SickStorage.Sickness;
import io.sightline.spec.PipelineSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A running pipeline whose history's storage goes away, fills up, or is changed by others, while a known feed comes in. */
@Timeout(300)
final class StorageTroubleIT {
    private static final int TOPIC_PARTITIONS = 4;
    private static final long FRESH_EVENTS = 40_000;

    @RegisterExtension
    static final KafkaBroker BROKER = new KafkaBroker();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final SeededFeed feed = new SeededFeed(FeedOptions.of(
            13,
            10_000,
            FRESH_EVENTS,
            Instant.now().minusSeconds(120).truncatedTo(ChronoUnit.SECONDS),
            Faults.allOften()));

    private GridUnderTest grid;
    private Path disk;
    private Path table;
    private String topic;
    private CompletableFuture<Void> sent = CompletableFuture.completedFuture(null);

    @BeforeEach
    void startMember() {
        Places.writeCsv(directory.resolve("locations.csv"), FeedOptions.DEFAULT_PLACES);
        disk = directory.resolve("disk");
        table = disk.resolve("history");
        topic = BROKER.newTopic(TOPIC_PARTITIONS);
        grid = GridUnderTest.inThisProcess();
    }

    @AfterEach
    void stop() {
        SickStorage.recover();
        over.complete(null);
        sent.join();
        grid.close();
    }

    @Test
    void whileTheFolderOfTheTablesIsAwayNothingIsLostAndQueriesGoOn() throws Exception {
        // Given
        Job job = startAt(table.toString());

        // When
        Path aside = Files.move(disk, directory.resolve("aside"));
        Files.createFile(disk);

        // Then
        assertStalledAndServing(job);
        Files.delete(disk);
        Files.move(aside, disk);
        assertExactInTheEnd();
    }

    @ParameterizedTest
    @EnumSource(Sickness.class)
    void whileTheDiskTakesNothingNothingIsLostAndQueriesGoOn(Sickness sickness) throws Exception {
        // Given
        Job job = startAt(SickStorage.location(table));

        // When
        SickStorage.have(sickness);

        // Then
        assertStalledAndServing(job);
        SickStorage.recover();
        assertExactInTheEnd();
    }

    @Test
    void aTableThatAnotherProgramUpgradesEndsTheJobWithOneLineAndQueriesGoOn() throws Exception {
        // Given
        Job job = startAt(table.toString());
        OtherProgram other = new OtherProgram(table);

        // When
        other.upgradeProtocol();

        // Then
        Eventually.eventually("the job has ended", () -> job.getStatus() == JobStatus.SUSPENDED);
        assertThat(job.getSuspensionCause().description())
                .containsPattern("(?m)^.*the table at " + table
                        + " cannot be used: another program has upgraded it to a newer Delta protocol than reader version 1 and"
                        + " writer version 2, which every reader knows \\(.*\\); have that program take the upgrade back \\(in Spark:"
                        + " ALTER TABLE ... DROP FEATURE\\), or name an empty folder in history.table$");
        assertThat(origins(grid, "detections")).isNotEmpty();

        // And when the upgrade is taken back, nothing is lost
        other.deleteNewestVersion();
        job.resume();
        assertExactInTheEnd();
    }

    @Test
    void whatOtherProgramsCompactAndAlterIsNoObstacle() throws Exception {
        // Given
        Job job = startAt(table.toString());
        OtherProgram other = new OtherProgram(table);

        // When
        other.rewriteNewestFile();
        awaitTwoMoreCommits();
        other.addColumn("note");
        awaitTwoMoreCommits();
        other.rewriteNewestFile();

        // Then
        assertThat(job.getStatus()).isEqualTo(JobStatus.RUNNING);
        assertExactInTheEnd();
    }

    /** Returns when the first rows are in the table, and more come. */
    private Job startAt(String location) throws Exception {
        String bootstrapServers = BROKER.broker().bootstrapServers();
        PipelineSpec spec = withTable(spec(bootstrapServers, topic, directory), location, Duration.ofSeconds(1));
        sent = Background.run(() -> FeedLoader.load(bootstrapServers, topic, feed, slowAt(FRESH_EVENTS / 4, over)));
        Job job = PipelineJob.submit(grid.client(), spec);
        awaitTwoMoreCommits();
        return job;
    }

    private void awaitTwoMoreCommits() {
        long before = version();
        Eventually.eventually("the table grows", () -> version() > before + 1);
    }

    private long version() {
        Object version = historyStatus("version");
        return version == null ? 0 : ((Number) version).longValue();
    }

    private @Nullable Object historyStatus(String column) {
        List<List<@Nullable Object>> rows =
                grid.rows("SELECT " + column + " FROM history_status WHERE rows_since_start > 0");
        return rows.isEmpty() ? null : rows.get(0).get(0);
    }

    private void assertStalledAndServing(Job job) {
        Eventually.eventually("history says that it is stalled", () -> historyStatus("history_stalled_since") != null);
        Object since = historyStatus("history_stalled_since");
        long version = version();
        assertThat(Objects.toString(historyStatus("stalled_because"))).isNotBlank();
        long rows = grid.longs("SELECT COUNT(*) FROM detections").get(0);
        assertThat(rows).as("rows of the hot window").isPositive();
        assertThat(historyStatus("history_stalled_since")).isEqualTo(since);
        assertThat(version()).isEqualTo(version);
        assertThat(job.getStatus()).isNotIn(JobStatus.SUSPENDED, JobStatus.FAILED);
    }

    private void assertExactInTheEnd() throws Exception {
        over.complete(null);
        sent.join();
        Expected expected = Expected.of(feed.truth());
        await(grid, expected.records(), true);
        assertCounters(grid, expected);
        assertMinutes(grid, expected.uniquePerLocationAndMinute());
        assertThat(origins(grid, "detections")).as("rows of the hot window").hasSize((int) expected.unique());
        assertExactHistory(disk, expected);
        assertThat(historyStatus("history_stalled_since")).as("stalled since").isNull();
    }
}
