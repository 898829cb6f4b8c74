package io.sightline.source;

import static io.sightline.fixture.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.demo.Broker;
import io.sightline.fixture.KafkaBroker;
import io.sightline.spec.Setting;
import io.sightline.spec.SourceSpec;
import io.sightline.spec.SourceSpec.Profile;
import io.sightline.spec.SourceSpec.Start;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class KafkaEndOffsetsTest {
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(42), ZoneOffset.UTC);

    @RegisterExtension
    static final KafkaBroker BROKER = new KafkaBroker();

    @TempDir
    Path folder;

    @Test
    void knowsTheEndOfEveryTopicPartitionAndKeepsUp() {
        // Given
        String topic = BROKER.newTopic(2);
        BROKER.send(topic, 1, 1, "a");

        try (EndOffsets ends = start(topic, BROKER.broker())) {
            eventually("first answer", () -> ends.latest().nextOffsets().equals(Map.of(0, 0L, 1, 1L)));

            // When
            BROKER.send(topic, 0, 1, "b");

            // Then
            eventually("newer answer", () -> ends.latest().nextOffsets().equals(Map.of(0, 1L, 1, 1L)));
            assertThat(ends.latest())
                    .isEqualTo(new EndOffsets.Reading(Map.of(0, 1L, 1, 1L), Map.of(0, 0L, 1, 0L), null, 42, 0, null));
        }
    }

    @Test
    void knowsHowLongTheTopicKeepsARecord() throws Exception {
        // Given
        String topic = BROKER.newTopic(1);
        try (Admin admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, BROKER.broker().bootstrapServers()))) {
            AlterConfigOp anHour = new AlterConfigOp(
                    new ConfigEntry(TopicConfig.RETENTION_MS_CONFIG, "3600000"), AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), List.of(anHour)))
                    .all()
                    .get();
        }

        // When / Then
        try (EndOffsets ends = start(topic, BROKER.broker())) {
            eventually("first answer", () -> ends.latest().readAtMillis() > 0);
            assertThat(ends.latest().retention()).isEqualTo(Duration.ofHours(1));
        }
    }

    @Test
    void keepsWhatItKnewWhileTheBrokerIsAwayAndSaysSince() {
        try (Broker broker = Broker.start(folder, 0)) {
            // Given
            broker.createTopic("t", 1, TimestampType.CREATE_TIME);
            try (EndOffsets ends = start("t", broker)) {
                eventually("first answer", () -> ends.latest().readAtMillis() > 0);

                // When
                broker.kill();

                // Then
                eventually("says so", () -> ends.latest().problem() != null);
                assertThat(ends.latest().nextOffsets()).isEqualTo(Map.of(0, 0L));
                assertThat(ends.latest().awaySinceMillis()).isEqualTo(42);
            }
        }
    }

    private static EndOffsets start(String topic, Broker broker) {
        SourceSpec spec = new SourceSpec(
                topic,
                new Setting(broker.bootstrapServers()),
                Profile.KAFKA,
                new Start.Earliest(),
                0,
                Duration.ofSeconds(1),
                null);
        return KafkaEndOffsets.start(spec, Setting::raw, CLOCK);
    }
}
