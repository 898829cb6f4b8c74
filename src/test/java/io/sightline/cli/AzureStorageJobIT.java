package io.sightline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.hazelcast.jet.Job;
import com.hazelcast.jet.core.JobStatus;
import io.sightline.demo.FeedLoader;
import io.sightline.demo.FeedOptions;
import io.sightline.demo.FeedOptions.Faults;
import io.sightline.demo.FeedRecord;
import io.sightline.demo.FeedTruth;
import io.sightline.demo.Places;
import io.sightline.demo.SeededFeed;
import io.sightline.event.Origin;
import io.sightline.event.SourceRecord;
import io.sightline.fixture.Azurite;
import io.sightline.fixture.Background;
import io.sightline.fixture.CaptureFiles;
import io.sightline.fixture.Eventually;
import io.sightline.fixture.KafkaBroker;
import io.sightline.history.delta.TableRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.avro.file.CodecFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A pipeline whose history and reference data are on Azure's blob storage, and whose grid dies; and one over Capture files there.
 * Runs with {@code -Pclients}.
 */
@Tag("clients")
@Timeout(400)
final class AzureStorageJobIT {
    private static final long FRESH_EVENTS = 40_000;
    private static final int RECORDS_A_STEP = 60;
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final String TABLE = "detections/history";
    private static final int CAPTURED_PARTITIONS = 3;
    private static final Duration CAPTURE_WINDOW = Duration.ofSeconds(30);

    @RegisterExtension
    static final KafkaBroker BROKER = new KafkaBroker();

    @TempDir
    private Path folder;

    @Test
    void aGridThatIsKilledGoesOnFromItsTableOnAzureAndAllIsExact() throws Exception {
        // Given
        SeededFeed feed = new SeededFeed(FeedOptions.of(
                5,
                3_000,
                FRESH_EVENTS,
                Instant.now().minusSeconds(60).truncatedTo(ChronoUnit.SECONDS),
                Faults.allOften()));
        String topic = BROKER.newTopic(4);
        try (Azurite azurite = new Azurite(Files.createDirectories(folder.resolve("azurite")))) {
            Path file = pipeline(azurite, topic);
            CompletableFuture<Void> sent;

            // When
            try (MemberUnderTest first = new MemberUnderTest(folder.resolve("first"))) {
                done(first.sightline("submit", file.toString()));
                // Only now: what is there before takes one commit, and nothing would grow after it.
                sent = Background.run(() -> feedSlowly(feed, topic));
                Eventually.eventually("the table grows", () -> version(first) > 2);
            }

            // Then
            try (MemberUnderTest second = new MemberUnderTest(folder.resolve("second"))) {
                done(second.sightline("submit", "--take-over", file.toString()));
                sent.join();
                FeedTruth truth = feed.truth();
                List<@Nullable Object> expected = List.of(
                        truth.records(),
                        truth.events(),
                        truth.unique(),
                        truth.duplicates(),
                        truth.deadLetters(),
                        truth.unmatched());
                Eventually.eventually(
                        "the counters are " + expected,
                        () -> second.rows("SELECT records, events, originals, duplicates, dead_letters, unmatched"
                                        + " FROM pipeline_status")
                                .equals(List.of(expected)));
                Job job = second.client().getJet().getJob("detections");
                assertThat(job.getStatus()).isEqualTo(JobStatus.RUNNING);
                done(second.sightline("stop", "detections"));
                List<Origin> origins = TableRows.origins(azurite.folder(TABLE, azurite.address()));
                assertThat(new HashSet<>(origins)).hasSameSizeAs(origins).hasSize((int) truth.unique());
                assertThat(Files.readString(folder.resolve("second/member.log")))
                        .doesNotContain(Files.readString(azurite.keyFile()).strip());
            }
        }
    }

    @Test
    void captureFilesOnAzureAreReplayedIntoATableThere() throws Exception {
        // Given
        Instant start = Instant.now().minusSeconds(600).truncatedTo(ChronoUnit.MINUTES);
        SeededFeed feed = new SeededFeed(FeedOptions.of(6, 250, 15_000, start, Faults.allOften()));
        Path hub = folder.resolve("hub");
        capture(feed, hub);
        FeedTruth truth = feed.truth();
        try (Azurite azurite = new Azurite(Files.createDirectories(folder.resolve("azurite")))) {
            azurite.copy(hub, "capture/namespace/hub");
            Path file = pipeline(azurite, "not-there");

            // When
            Ran ran = Ran.sightline(
                    "replay",
                    file.toString(),
                    "--from",
                    "earliest",
                    "--capture",
                    azurite.path("capture"),
                    "--table",
                    azurite.path("replayed"),
                    "--json");

            // Then
            done(ran);
            ReplayIT.assertTold(new ObjectMapper().readTree(ran.out()), truth);
            List<Origin> origins = TableRows.origins(azurite.folder("replayed", azurite.address()));
            assertThat(new HashSet<>(origins)).hasSameSizeAs(origins).hasSize((int) truth.unique());
        }
    }

    /** Files of half a minute each. */
    private static void capture(SeededFeed feed, Path hub) {
        long[] next = new long[CAPTURED_PARTITIONS];
        Map<Integer, Map<Instant, List<SourceRecord>>> files = new TreeMap<>();
        for (FeedRecord record; (record = feed.next()) != null; ) {
            int partition = Math.floorMod(Arrays.hashCode(record.key()), CAPTURED_PARTITIONS);
            long sent = record.timestampMillis();
            files.computeIfAbsent(partition, none -> new TreeMap<>())
                    .computeIfAbsent(
                            Instant.ofEpochMilli(sent - sent % CAPTURE_WINDOW.toMillis()), none -> new ArrayList<>())
                    .add(new SourceRecord(partition, next[partition]++, sent, record.value()));
        }
        files.forEach((partition, windows) -> windows.forEach(
                (begin, records) -> CaptureFiles.write(hub, partition, begin, CodecFactory.nullCodec(), records)));
    }

    private static void feedSlowly(SeededFeed feed, String topic) {
        int[] records = {0};
        FeedLoader.load(BROKER.broker().bootstrapServers(), topic, feed, timestampMillis -> {
            if (++records[0] % RECORDS_A_STEP == 0) {
                LockSupport.parkNanos(STEP_NANOS);
            }
        });
    }

    /** The project's own, all of it that can be on Azure there. */
    private Path pipeline(Azurite azurite, String topic) throws IOException {
        Path places = folder.resolve("locations.csv");
        Places.writeCsv(places, FeedOptions.DEFAULT_PLACES);
        azurite.write("reference/locations.csv", Files.readString(places));
        Path file = MemberUnderTest.detections(folder, topic, BROKER.broker().bootstrapServers());
        return Files.writeString(
                file,
                Files.readString(file)
                                .replaceFirst(
                                        "from: pipelines/reference/locations.csv", "from: " + azurite.path("reference"))
                                .replaceFirst("table: .*", "table: " + azurite.path(TABLE))
                                .replaceFirst("commit-every: .*", "commit-every: 2s")
                        + "\nstorage:\n  account-key: ${file:" + azurite.keyFile() + "}\n  emulator: "
                        + azurite.address()
                        + "\n");
    }

    private static long version(MemberUnderTest grid) {
        List<List<@Nullable Object>> rows = grid.rows("SELECT version FROM history_status WHERE rows_since_start > 0");
        return rows.isEmpty() ? 0 : ((Number) rows.get(0).get(0)).longValue();
    }

    private static void done(Ran ran) {
        assertThat(ran.exitStatus()).as(ran.err()).isEqualTo(Sightline.DONE);
    }
}
