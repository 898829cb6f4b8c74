package io.sightline.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.demo.FeedLoader.Pace;
import io.sightline.demo.FeedOptions.Faults;
import io.sightline.event.SourceRecord;
import io.sightline.fixture.KafkaBroker;
import io.sightline.source.EventTimes;
import io.sightline.source.RecordedFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FeedLoaderTest {

    @RegisterExtension
    static final KafkaBroker BROKER = new KafkaBroker();

    @TempDir
    Path folder;

    @Test
    void aSeededFeedIsInTheTopicWithItsTimestampsAndAKeyInOnePartition() {
        // Given
        String topic = BROKER.newTopic(4);
        FeedOptions options = FeedOptions.of(1, 100, 5_000, Instant.parse("2020-01-01T00:00:00Z"), Faults.all());
        SeededFeed feed = new SeededFeed(options);

        // When
        long loaded = FeedLoader.load(BROKER.broker().bootstrapServers(), topic, feed, Pace.AT_ONCE);

        // Then
        assertThat(loaded).isEqualTo(feed.truth().records());
        List<ConsumerRecord<byte[], byte[]>> records = read(topic, 4, loaded);
        List<String> again = new ArrayList<>();
        SeededFeed same = new SeededFeed(options);
        for (FeedRecord record = same.next(); record != null; record = same.next()) {
            again.add(record.timestampMillis() + text(record.key()) + text(record.value()));
        }
        assertThat(records.stream().map(record -> record.timestamp() + text(record.key()) + text(record.value())))
                .containsExactlyInAnyOrderElementsOf(again);
        assertThat(records.stream()
                        .map(record -> text(record.key()) + record.partition())
                        .distinct()
                        .count())
                .isEqualTo(records.stream()
                        .map(record -> text(record.key()))
                        .distinct()
                        .count());
    }

    @Test
    void aRecordedFileIsInTheTopicWithTheOffsetsItHasOffline() throws IOException {
        // Given
        String topic = BROKER.newTopic(3);
        Path path = folder.resolve("feed");
        Files.writeString(path, "5\n\n7\n6\n9");

        // When
        long loaded;
        try (RecordedFile file = open(path)) {
            loaded = FeedLoader.load(BROKER.broker().bootstrapServers(), topic, file, Pace.AT_ONCE);
        }

        // Then
        List<String> offline = new ArrayList<>();
        try (RecordedFile file = open(path)) {
            for (SourceRecord record = file.next(); record != null; record = file.next()) {
                offline.add(record.topicPartition() + ":" + record.offset() + "@" + record.timestampMillis() + "="
                        + text(record.value()));
            }
        }
        assertThat(read(topic, 3, loaded).stream()
                        .map(record -> record.partition() + ":" + record.offset() + "@" + record.timestamp() + "="
                                + text(record.value())))
                .containsExactlyInAnyOrderElementsOf(offline);
    }

    private static RecordedFile open(Path path) {
        return RecordedFile.open(
                path, 3, (value, sourceTime) -> value.length == 0 ? EventTimes.NONE : Long.parseLong(text(value)));
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(String topic, int partitions, long count) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        BROKER.broker().bootstrapServers(),
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(IntStream.range(0, partitions)
                    .mapToObj(partition -> new TopicPartition(topic, partition))
                    .toList());
            while (records.size() < count) {
                consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
            }
        }
        return records;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
