package io.sightline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sightline.fixture.Background;
import io.sightline.fixture.KafkaBroker;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code check --online} against a real broker. */
@Timeout(120)
class CheckOnlineTest {
    @RegisterExtension
    static final KafkaBroker BROKER = new KafkaBroker();

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    @Test
    void aTopicThatCanBeReadIsDescribed() throws Exception {
        // Given
        String topic = BROKER.newTopic(2);
        BROKER.send(topic, 1, 1_700_000_000_000L, "a");
        BROKER.send(topic, 1, 1_700_000_001_500L, "b");
        BROKER.dropRecords(topic, 1, 1);

        // When
        int code = run("--online", file(topic).toString());

        // Then
        assertThat(code).isZero();
        assertThat(out.toString()).isEmpty();
        String file = file(topic).toString();
        assertThat(err.toString().lines().skip(1))
                .containsExactly(
                        file + ": online: topic " + topic + " at " + address()
                                + ": 2 topic partitions, backlog of 1 records"
                                + " from the oldest on, kept whatever their age, timestamps: CreateTime",
                        file + ": online: topic partition 0: offsets 0 up to 0",
                        file + ": online: topic partition 1: offsets 1 up to 2, newest at 2023-11-14T22:13:21.500Z",
                        file + ": online: the broker's clock: not known, since timestamps are not the broker's",
                        file + ": online: throttling: none while this looked",
                        file
                                + ": warning: timestamps are the producers' own (CreateTime): ids expire, and events leave the"
                                + " hot window, by clocks that may be wrong; set message.timestamp.type=LogAppendTime on"
                                + " the topic");
    }

    @Test
    void theClocksAreComparedByRecordsThatComeMeanwhile() throws Exception {
        // Given
        BROKER.broker().createTopic("live", 1, TimestampType.LOG_APPEND_TIME);
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Void> feed = Background.run(() -> {
            while (!enough.get()) {
                BROKER.send("live", 0, 0, "x");
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
        });

        // When
        int code = run("--json", "--online", file("live").toString());
        enough.set(true);
        feed.get(1, TimeUnit.MINUTES);

        // Then
        assertThat(code).isZero();
        JsonNode online = new ObjectMapper().readTree(out.toString()).at("/files/0/online");
        assertThat(online.get("timestamp_type").textValue()).isEqualTo("LogAppendTime");
        assertThat(online.get("clock_ahead_ms").longValue()).isBetween(-1_000L, 0L);
        assertThat(online.get("longest_throttle_ms").longValue()).isZero();
        assertThat(online.get("retention_ms").isNull()).isTrue();
        assertThat(online.at("/topic_partitions/0/newest_at").textValue()).startsWith("20");
        assertThat(online.get("warnings")).isEmpty();
    }

    @Test
    void aTopicThatIsNotThereIsAFailureInOneLine() throws Exception {
        // When
        int code = run("--online", file("no-such-topic").toString());

        // Then
        assertThat(code).isEqualTo(1);
        assertThat(err.toString().lines().skip(1))
                .containsExactly(
                        file("no-such-topic") + ": online: topic `no-such-topic` does not exist on the broker at "
                                + address() + "; create it or correct source.topic, then submit again");
    }

    @Test
    void aFailureIsAProblemOfTheFileInJson() throws Exception {
        // When
        int code = run("--json", "--online", file("no-such-topic").toString());

        // Then
        assertThat(code).isEqualTo(1);
        JsonNode verdict = new ObjectMapper().readTree(out.toString()).at("/files/0");
        assertThat(verdict.get("ok").booleanValue()).isFalse();
        assertThat(verdict.at("/problems/0/message").textValue()).startsWith("topic `no-such-topic` does not exist");
    }

    @Test
    void aFileThatIsWrongOutweighsABrokerThatIsAway() throws Exception {
        // Given
        Path wrong = Files.writeString(folder.resolve("wrong.yaml"), "pipeline: x\n");

        // Then
        assertThat(run("--online", wrong.toString(), file("no-such-topic").toString()))
                .isEqualTo(2);
    }

    private static String address() {
        return BROKER.broker().bootstrapServers();
    }

    private Path file(String topic) throws IOException {
        String yaml = Files.readString(Path.of("pipelines/detections.yaml"))
                .replaceFirst("topic: \\S+", "topic: " + topic)
                .replaceFirst("bootstrap-servers: \\S+", "bootstrap-servers: " + address());
        return Files.writeString(folder.resolve(topic + ".yaml"), yaml);
    }

    private int run(String... arguments) {
        return new CommandLine(new CheckCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
