package io.sightline.cli;

import static io.sightline.fixture.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sightline.event.Origin;
import io.sightline.fixture.KafkaBroker;
import io.sightline.history.delta.TableRows;
import io.sightline.pipeline.DeadLetters;
import io.sightline.redrive.Mark;
import io.sightline.source.RedriveTopic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code dead-letters} against a real member and a real broker: a camera names a field otherwise than the file does. */
@Timeout(300)
final class DeadLettersIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    static final KafkaBroker BROKER = new KafkaBroker();

    @TempDir
    private static Path directory;

    private static MemberUnderTest member;

    private String topic;
    private Path file;

    @BeforeAll
    static void startMember() throws IOException {
        member = new MemberUnderTest(directory);
    }

    @AfterAll
    static void stopMember() {
        member.close();
    }

    @BeforeEach
    void writePipelineFile() throws IOException {
        topic = BROKER.newTopic(2);
        file = MemberUnderTest.detections(directory, topic, BROKER.broker().bootstrapServers());
        // With a history a mended job goes on behind the letters; without one it may read them again by itself.
        Files.writeString(file, Files.readString(file).replaceAll("(?m)^history:\n(  .*\n|\n)*", ""));
    }

    @AfterEach
    void endJobsAndForget() {
        member.endAllJobs();
        member.client().getMap("hot_dead_letters").clear();
        member.client().getMap("hot_redrives").clear();
    }

    @Test
    void whatWasRefusedIsListedByReasonAndShownWithItsBytes() throws IOException {
        // Given
        submit(file);
        BROKER.send(topic, 1, 1_000, "{\"event_id\": \"cut");
        sendOther(0, "a");

        // When
        awaitLetters(2);
        JsonNode cut = rows(member.sightline("dead-letters", "list", "--reason", "truncated", "--json"));
        Ran shown = member.sightline("dead-letters", "show", "1:0");

        // Then
        assertThat(cut).hasSize(1);
        assertThat(cut.get(0).get("id").textValue()).isEqualTo("1:0");
        assertThat(cut.get(0).get("redrive").isNull()).isTrue();
        assertThat(shown.out())
                .contains("reason         truncated\n")
                .contains("bytes          17\n")
                .endsWith("\n\n{\"event_id\": \"cut\n");
    }

    @Test
    void lettersAreRedrivenOnceTheFileIsMendedAndCountOnce() throws IOException {
        // Given: refused by a job that is gone, and not read again by the next
        submit(startingLatest(file));
        awaitStart();
        sendOther(0, "a");
        sendOther(1, "b");
        BROKER.send(topic, 1, now(), "[" + good("c") + "," + other("d") + "]");
        awaitLetters(3);
        member.sightline("stop", "detections");
        submit(mended(startingLatest(file)));
        awaitStart();

        // When
        Ran redriven = member.sightline("dead-letters", "redrive", "--reason", "missing_field", "--json");
        Ran again = member.sightline("dead-letters", "redrive", "--json");

        // Then
        assertThat(redriven.exitStatus()).as(redriven.err()).isZero();
        assertThat(JSON.readTree(redriven.out()).get("redriven").intValue()).isEqualTo(3);
        assertThat(JSON.readTree(again.out()).get("redriven").intValue()).isZero();
        assertThat(JSON.readTree(again.out()).get("redriven_before").intValue()).isEqualTo(3);
        eventually("three originals", () -> status("originals") == 3);
        assertThat(status("records")).isEqualTo(3);
        assertThat(member.rows("SELECT event_id FROM detections ORDER BY event_id"))
                .containsExactly(List.of("a"), List.of("b"), List.of("d"));

        // When: named, once more
        Ran named = member.sightline("dead-letters", "redrive", "0:0");

        // Then
        assertThat(named.exitStatus()).isZero();
        eventually("the copy is a duplicate", () -> status("duplicates") == 1);
        assertThat(status("originals")).isEqualTo(3);
    }

    @Test
    void aLetterThatIsRefusedAgainIsANewOneThatKnowsWhereItCameFrom() throws IOException {
        // Given
        submit(file);
        sendOther(1, "a");
        awaitLetters(1);

        // When
        Ran redriven = member.sightline("dead-letters", "redrive");
        awaitLetters(2);

        // Then
        assertThat(redriven.errLines().get(0))
                .isEqualTo("sightline: 1 dead letter redriven to topic " + topic + ", as 1:1");
        JsonNode rows = rows(member.sightline("dead-letters", "list", "--json"));
        assertThat(rows.get(0).get("id").textValue()).isEqualTo("1:1");
        assertThat(rows.get(0).get("redriven_from").textValue()).isEqualTo("1:0");
        assertThat(rows.get(0).get("redrive").isNull()).isTrue();
        assertThat(rows.get(1).get("redrive").textValue()).isEqualTo("sent");
        assertThat(rows.get(1).get("redriven_as").textValue()).isEqualTo("1:1");
    }

    @Test
    void theRecordKeepsTopicPartitionKeyAndBytesAndNamesItsOrigin() throws IOException {
        // Given
        submit(file);
        BROKER.send(topic, 1, now(), "camera 7", other("a"));
        awaitLetters(1);

        // When
        member.sightline("dead-letters", "redrive");

        // Then
        ConsumerRecord<byte[], byte[]> record = record(1, 1);
        assertThat(record.key()).asString(StandardCharsets.UTF_8).isEqualTo("camera 7");
        assertThat(record.value()).isEqualTo(record(1, 0).value());
        assertThat(record.headers().lastHeader(RedriveTopic.HEADER).value())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("1:0:0");
    }

    @Test
    void lettersThatTheGridHasLostAreRedrivenFromTheHistoryAndOnceOnly() throws IOException {
        // Given letters in the history, one of which was redriven
        String history = "history:\n  table: " + directory.resolve("history") + "\n  commit-every: 1s\n";
        Path kept = Files.writeString(directory.resolve("kept.yaml"), Files.readString(file) + history);
        submit(kept);
        sendOther(0, "a");
        sendOther(1, "b");
        awaitLetters(2);
        Ran first = member.sightline("dead-letters", "redrive", "1:0");
        assertThat(first.exitStatus()).as(first.err()).isZero();
        awaitLetters(3);
        eventually(
                "all is in the history",
                () -> TableRows.all(directory.resolve("detections_dead_letters"))
                                .size()
                        == 4);
        String mended = Files.readString(mended(file)) + history;
        Ran upgraded = member.sightline(
                "upgrade",
                Files.writeString(directory.resolve("kept-mended.yaml"), mended).toString());
        assertThat(upgraded.exitStatus()).as(upgraded.err()).isZero();

        // When the grid has let go of letters and marks
        member.client().getMap("hot_dead_letters").clear();
        member.client().getMap("hot_redrives").clear();
        Ran redriven = member.sightline("dead-letters", "redrive", "--pipeline", "detections", "--json");

        // Then: the one never redriven, and the one that is the other, refused again
        assertThat(redriven.exitStatus()).as(redriven.err()).isZero();
        assertThat(JSON.readTree(redriven.out()).get("redriven").intValue()).isEqualTo(2);
        eventually("two originals", () -> status("originals") == 2);
        eventually("the topic says what was redriven", () -> member.number("SELECT COUNT(*) FROM redrives") == 2);
        assertThat(status("duplicates")).isZero();
    }

    @Test
    void whatTheMendedJobReadsAgainByItselfIsNoDeadLetterAnyMore() throws IOException {
        // Given
        submit(file);
        sendOther(0, "a");
        awaitLetters(1);
        member.sightline("stop", "detections");

        // When
        Ran whileStopped = member.sightline("dead-letters", "redrive");
        submit(mended(file));

        // Then
        assertThat(whileStopped.exitStatus()).isEqualTo(1);
        assertThat(whileStopped.errLines())
                .containsExactly("sightline: pipeline `detections` does not run; submit its mended file first: it may"
                        + " read the refused records again by itself");
        eventually("one original", () -> status("originals") == 1);
        assertThat(member.number("SELECT COUNT(*) FROM dead_letters")).isZero();
    }

    @Test
    void aLetterInDoubtIsLeftUntilItIsNamed() throws IOException {
        // Given: a run that died between its mark and the acknowledgement
        submit(file);
        sendOther(0, "a");
        awaitLetters(1);
        new DeadLetters(member.client())
                .marks("detections")
                .claim(new Origin(0, 0, 0), new Mark.Sending(Instant.now().toEpochMilli()));

        // When
        Ran all = member.sightline("dead-letters", "redrive");
        Ran named = member.sightline("dead-letters", "redrive", "0:0");

        // Then
        assertThat(all.exitStatus()).isEqualTo(1);
        assertThat(all.err()).contains("0:0 is in doubt");
        assertThat(named.exitStatus()).as(named.err()).isZero();
        assertThat(named.err()).contains("as 0:1");
    }

    private void submit(Path pipeline) {
        Ran ran = member.sightline("submit", pipeline.toString());
        assertThat(ran.exitStatus()).as(ran.err()).isZero();
    }

    private static Path startingLatest(Path file) throws IOException {
        return Files.writeString(file, Files.readString(file).replace("start: earliest", "start: latest"));
    }

    private static Path mended(Path file) throws IOException {
        return Files.writeString(
                file,
                Files.readString(file).replaceFirst("item: +\\{type: string,", "item: {type: string, from: /thing,"));
    }

    /** What a camera sends that calls an item a thing. */
    private static String other(String id) {
        return good(id).replace("\"item\"", "\"thing\"");
    }

    private static String good(String id) {
        return "{\"event_id\": \"%s\", \"camera_id\": \"c\", \"item\": \"car\", \"event_time\": \"%s\"}"
                .formatted(id, Instant.now());
    }

    private void sendOther(int topicPartition, String id) {
        BROKER.send(topic, topicPartition, now(), other(id));
    }

    private static long now() {
        return Instant.now().toEpochMilli();
    }

    /** Until the job has found out where it begins, what is sent may lie before that. */
    private static void awaitStart() {
        eventually(
                "the job reports",
                () -> !member.rows("SELECT * FROM pipeline_status").isEmpty());
    }

    private static void awaitLetters(long letters) {
        eventually(letters + " dead letters", () -> member.number("SELECT COUNT(*) FROM dead_letters") == letters);
    }

    private static long status(String column) {
        List<List<Object>> rows = member.rows("SELECT " + column + " FROM pipeline_status");
        return rows.isEmpty() ? 0 : (Long) rows.get(0).get(0);
    }

    private static JsonNode rows(Ran ran) throws IOException {
        assertThat(ran.exitStatus()).as(ran.err()).isZero();
        return JSON.readTree(ran.out()).get("rows");
    }

    private ConsumerRecord<byte[], byte[]> record(int topicPartition, long offset) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", BROKER.broker().bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            TopicPartition there = new TopicPartition(topic, topicPartition);
            consumer.assign(List.of(there));
            consumer.seek(there, offset);
            List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
            eventually("a record at " + there + ":" + offset, () -> {
                consumer.poll(Duration.ofMillis(100)).forEach(found::add);
                return !found.isEmpty();
            });
            return found.get(0);
        }
    }
}
