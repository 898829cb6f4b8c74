package io.sightline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sightline.fixture.KafkaBroker;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SimulateIT {
    @RegisterExtension
    static final KafkaBroker BROKER = new KafkaBroker();

    @TempDir
    Path folder;

    @Test
    void theTruthCountsEveryRecordInTheTopic() throws Exception {
        // Given
        String topic = BROKER.newTopic(4);
        String servers = BROKER.broker().bootstrapServers();
        Path truth = folder.resolve("truth.json");

        // When
        Ran ran = Ran.sightline(
                "simulate",
                "--bootstrap-servers",
                servers,
                "--topic",
                topic,
                "--rate",
                "2000",
                "--seconds",
                "3",
                "--truth",
                truth.toString(),
                "--json");

        // Then
        assertThat(ran.exitStatus()).as(ran.err()).isEqualTo(Sightline.DONE);
        JsonNode told = new ObjectMapper().readTree(ran.out());
        JsonNode written = new ObjectMapper().readTree(truth.toFile());
        assertThat(told.get("records").asLong())
                .isEqualTo(inTopic(servers, topic))
                .isGreaterThan(4_000);
        assertThat(written.get("unique").asLong()).isEqualTo(told.get("unique").asLong());
        long sum = 0;
        for (JsonNode count : written.get("unique_per_location_and_minute")) {
            sum += count.asLong();
        }
        assertThat(sum).isEqualTo(told.get("unique").asLong());
    }

    @Test
    void aTopicThatDoesNotExistIsOneClearLine() {
        // When
        Ran ran = Ran.sightline(
                "simulate",
                "--bootstrap-servers",
                BROKER.broker().bootstrapServers(),
                "--topic",
                "no-such-topic",
                "--seconds",
                "1");

        // Then
        assertThat(ran.exitStatus()).isEqualTo(Sightline.FAILED);
        assertThat(ran.errLines())
                .last()
                .asString()
                .contains("topic `no-such-topic` does not exist")
                .doesNotContain("Exception");
    }

    private static long inTopic(String servers, String topic) throws Exception {
        try (Admin admin = Admin.create(java.util.Map.of("bootstrap.servers", servers))) {
            return admin
                    .listOffsets(IntStream.range(0, 4)
                            .boxed()
                            .collect(java.util.stream.Collectors.toMap(
                                    partition -> new TopicPartition(topic, partition),
                                    partition -> OffsetSpec.latest())))
                    .all()
                    .get()
                    .values()
                    .stream()
                    .mapToLong(end -> end.offset())
                    .sum();
        }
    }
}
