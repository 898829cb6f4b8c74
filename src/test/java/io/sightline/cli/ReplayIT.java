package io.sightline.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sightline.demo.FeedLoader;
import io.sightline.demo.FeedLoader.Pace;
import io.sightline.demo.FeedOptions;
import io.sightline.demo.FeedOptions.Faults;
import io.sightline.demo.FeedTruth;
import io.sightline.demo.MemberProcess;
import io.sightline.demo.Places;
import io.sightline.demo.SeededFeed;
import io.sightline.event.SourceRecord;
import io.sightline.fixture.CaptureFiles;
import io.sightline.fixture.Eventually;
import io.sightline.fixture.KafkaBroker;
import io.sightline.history.delta.TableChecker;
import io.sightline.history.delta.TableRows;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.file.CodecFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code replay} over a real broker, and over Capture files of the same records; what it wrote is read by delta-kernel. */
@Timeout(400)
final class ReplayIT {
    private static final int TOPIC_PARTITIONS = 4;
    private static final long FRESH_EVENTS = 50_000;
    private static final int SECONDS = 50;
    private static final long CAPTURE_SECONDS = 10;
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    static final KafkaBroker BROKER = new KafkaBroker();

    @TempDir
    private static Path directory;

    private static Instant start;
    private static FeedTruth truth;
    private static List<SourceRecord> sent;
    private static String file;
    private static Path whole;
    private static Ran ofWhole;

    @BeforeAll
    static void replayAll() throws IOException {
        Places.writeCsv(directory.resolve("locations.csv"), FeedOptions.DEFAULT_PLACES);
        start = Instant.now().minusSeconds(120).truncatedTo(ChronoUnit.SECONDS);
        SeededFeed feed =
                new SeededFeed(FeedOptions.of(7, FRESH_EVENTS / SECONDS, FRESH_EVENTS, start, Faults.allOften()));
        String topic = BROKER.newTopic(TOPIC_PARTITIONS);
        FeedLoader.load(BROKER.broker().bootstrapServers(), topic, feed, Pace.AT_ONCE);
        truth = feed.truth();
        sent = records(topic);
        Path written =
                MemberUnderTest.detections(directory, topic, BROKER.broker().bootstrapServers());
        Files.writeString(
                written,
                Files.readString(written)
                        .replaceFirst(
                                "from: pipelines/reference/locations.csv",
                                "from: " + directory.resolve("locations.csv")));
        file = written.toString();
        whole = directory.resolve("whole");
        ofWhole = Ran.sightline("replay", file, "--from", "earliest", "--table", whole.toString(), "--json");
    }

    @Test
    void fromTheBeginningTheTableHoldsEachEventOnceAndAllIsCounted() throws IOException {
        // Then
        assertThat(ofWhole.exitStatus()).as(ofWhole.err()).isEqualTo(Sightline.DONE);
        JsonNode told = JSON.readTree(ofWhole.out());
        assertTold(told, truth);
        assertThat(JSON.convertValue(told.get("dead_letters_by_reason"), Map.class)
                        .toString())
                .isEqualTo(truth.deadLettersByReason().toString());

        // And the table
        List<Map<String, @Nullable Object>> rows = TableRows.all(whole);
        assertThat(new HashSet<>(TableRows.origins(whole))).hasSize(rows.size()).hasSize((int) truth.unique());
        assertThat(rows.stream()
                        .filter(row -> !EventIdentity.isDerived(row))
                        .mapToLong(row -> FeedTruth.hash(String.valueOf(row.get("event_id"))))
                        .sum())
                .isEqualTo(truth.idHash());
        TableChecker.check(whole);
        assertThat(whole.resolve("_unfinished_replay")).doesNotExist();
    }

    @Test
    void ofASpanTheTableHoldsWhatItsRecordsBringEachOnce() throws IOException {
        // Given
        Instant from = start.plusSeconds(15);
        Instant to = start.plusSeconds(35);
        Path table = directory.resolve("span");

        // When
        Ran ran = Ran.sightline(
                "replay",
                file,
                "--from",
                from.toString(),
                "--to",
                to.toString(),
                "--table",
                table.toString(),
                "--json");

        // Then
        assertThat(ran.exitStatus()).as(ran.err()).isEqualTo(Sightline.DONE);
        assertSpan(ran, table, from, to);
    }

    @Test
    void aTableThatIsThereIsNotReplayedInto() throws IOException {
        // Given
        List<Path> before = files(whole);

        // When
        Ran ran = Ran.sightline("replay", file, "--from", "earliest", "--table", whole.toString());

        // Then
        assertThat(ran.exitStatus()).isEqualTo(Sightline.FAILED);
        assertThat(ran.errLines())
                .containsExactly(
                        "sightline: the table at " + whole
                                + " cannot be used: a replay fills a new table, and the folder is not empty; name another with --table");
        assertThat(files(whole)).isEqualTo(before);
    }

    @Test
    void whatAKilledReplayLeftIsNamedAsUnfinished() throws IOException {
        // Given
        Path table = directory.resolve("killed");
        try (MemberProcess process = MemberProcess.start(
                "512m",
                List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                Map.of(),
                directory.resolve("killed.log"),
                List.of("replay", file, "--from", "earliest", "--table", table.toString()))) {
            Eventually.eventually(
                    "the table is there", () -> Files.exists(table.resolve("_delta_log/00000000000000000000.json")));

            // When
            process.kill();
        }
        Ran ran = Ran.sightline("replay", file, "--from", "earliest", "--table", table.toString());

        // Then
        assertThat(ran.exitStatus()).isEqualTo(Sightline.FAILED);
        assertThat(ran.errLines())
                .containsExactly(
                        "sightline: the table at " + table + " cannot be used: a replay into it has not ended, or"
                                + " is still under way; delete the folder, or name another with --table");
    }

    @Test
    void captureFilesGiveTheSameRowsAsTheTopic() throws IOException {
        // Given
        Path hub = directory.resolve("capture/namespace/hub");
        capture(hub);
        Path table = directory.resolve("of-capture");

        // When
        Ran ran = Ran.sightline(
                "replay",
                file,
                "--from",
                "earliest",
                "--capture",
                directory.resolve("capture").toString(),
                "--table",
                table.toString(),
                "--json");

        // Then
        assertThat(ran.exitStatus()).as(ran.err()).isEqualTo(Sightline.DONE);
        String[] counters = {"records", "events", "unique", "duplicates", "dead_letters", "unmatched", "rows"};
        assertThat(figures(JSON.readTree(ran.out()), counters))
                .isEqualTo(figures(JSON.readTree(ofWhole.out()), counters));
        assertThat(withoutSourceTime(table)).isEqualTo(withoutSourceTime(whole));

        // And of a span
        Instant from = start.plusSeconds(15);
        Instant to = start.plusSeconds(35);
        Path span = directory.resolve("span-of-capture");
        Ran ofSpan = Ran.sightline(
                "replay",
                file,
                "--from",
                from.toString(),
                "--to",
                to.toString(),
                "--capture",
                hub.toString(),
                "--table",
                span.toString(),
                "--json");
        assertThat(ofSpan.exitStatus()).as(ofSpan.err()).isEqualTo(Sightline.DONE);
        assertSpan(ofSpan, span, from, to);
    }

    @Test
    void aCaptureFileThatIsCutOffIsNamed() throws IOException {
        // Given
        Path hub = directory.resolve("cut/hub");
        Path cut = capture(hub);
        try (RandomAccessFile content = new RandomAccessFile(cut.toFile(), "rw")) {
            content.setLength(content.length() - 100);
        }

        // When
        Ran ran = Ran.sightline(
                "replay",
                file,
                "--from",
                "earliest",
                "--capture",
                hub.toString(),
                "--table",
                directory.resolve("of-cut").toString());

        // Then
        assertThat(ran.exitStatus()).isEqualTo(Sightline.FAILED);
        assertThat(ran.errLines().get(ran.errLines().size() - 1))
                .startsWith("sightline: Capture file ")
                .contains(cut + " cannot be read");
    }

    /**
     * Writes what was sent as Capture files of ten seconds each, the first two of each topic partition without a record.
     *
     * @return one from the middle
     */
    private static Path capture(Path hub) {
        Path middle = hub;
        for (int partition = 0; partition < TOPIC_PARTITIONS; partition++) {
            for (long second = -2 * CAPTURE_SECONDS; second < 2 * SECONDS; second += CAPTURE_SECONDS) {
                Instant begin = start.plusSeconds(second);
                Instant end = begin.plusSeconds(CAPTURE_SECONDS);
                int wanted = partition;
                Path written = CaptureFiles.write(
                        hub,
                        partition,
                        begin,
                        second % (2 * CAPTURE_SECONDS) == 0 ? CodecFactory.deflateCodec(6) : CodecFactory.nullCodec(),
                        sent.stream()
                                .filter(record -> record.topicPartition() == wanted)
                                .filter(isIn(begin, end))
                                .toList());
                middle = partition == 2 && second == 2 * CAPTURE_SECONDS ? written : middle;
            }
        }
        return middle;
    }

    private static void assertSpan(Ran ran, Path table, Instant from, Instant to) throws IOException {
        List<SourceRecord> records = sent.stream().filter(isIn(from, to)).toList();
        // What a record brings that no row of the whole feed has was refused.
        Set<String> events =
                TableRows.all(whole).stream().map(EventIdentity::of).collect(Collectors.toSet());
        List<String> sightings = records.stream()
                .flatMap(record -> EventIdentity.in(record).stream())
                .filter(events::contains)
                .toList();
        Set<String> expected = new HashSet<>(sightings);
        assertThat(figures(JSON.readTree(ran.out()), "records", "events", "unique", "duplicates", "rows"))
                .containsExactly(
                        (long) records.size(),
                        (long) sightings.size(),
                        (long) expected.size(),
                        (long) sightings.size() - expected.size(),
                        (long) expected.size());
        assertThat(TableRows.all(table).stream().map(EventIdentity::of)).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static Predicate<SourceRecord> isIn(Instant from, Instant to) {
        return record ->
                record.timestampMillis() >= from.toEpochMilli() && record.timestampMillis() < to.toEpochMilli();
    }

    /** That a replay of a whole feed has counted what is in it, and that the table has its unique events. */
    static void assertTold(JsonNode told, FeedTruth truth) {
        assertThat(figures(told, "records", "events", "unique", "duplicates", "dead_letters", "unmatched", "rows"))
                .containsExactly(
                        truth.records(),
                        truth.events(),
                        truth.unique(),
                        truth.duplicates(),
                        truth.deadLetters(),
                        truth.unmatched(),
                        truth.unique());
    }

    private static List<Long> figures(JsonNode told, String... names) {
        return List.of(names).stream().map(name -> told.get(name).asLong()).toList();
    }

    /** The rows in order of origin; Capture knows whole seconds only. */
    private static List<String> withoutSourceTime(Path table) throws IOException {
        return TableRows.all(table).stream()
                .map(row -> {
                    Map<String, @Nullable Object> kept = new TreeMap<>(row);
                    requireNonNull(kept.remove("source_time"));
                    return kept.toString();
                })
                .sorted()
                .toList();
    }

    private static List<Path> files(Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            return all.sorted().toList();
        }
    }

    private static List<SourceRecord> records(String topic) {
        List<TopicPartition> partitions = IntStream.range(0, TOPIC_PARTITIONS)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        List<SourceRecord> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", BROKER.broker().bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (records.size() < truth.records()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    records.add(
                            new SourceRecord(record.partition(), record.offset(), record.timestamp(), record.value()));
                }
            }
        }
        return records;
    }
}
