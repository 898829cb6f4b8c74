package io.sightline.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sightline.fixture.Eventually;
import io.sightline.fixture.KafkaBroker;
import io.sightline.spec.Setting;
import io.sightline.spec.SourceSpec;
import io.sightline.spec.SourceSpec.Profile;
import io.sightline.spec.SourceSpec.Start;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A part of a topic, found and read, on a real broker. */
@Timeout(120)
class RangeConsumerTest {
    private static final long AHEAD_MILLIS = RangeConsumer.AHEAD.toMillis();

    @RegisterExtension
    static final KafkaBroker BROKER = new KafkaBroker();

    @Test
    void aSpanIsFoundBySourceTimeWhereTimestampsRunBack() {
        // Given source times 10, 30, 30, 40
        String topic = BROKER.newTopic(2);
        for (long timestamp : new long[] {10, 30, 20, 40}) {
            BROKER.send(topic, 0, timestamp, "event");
        }

        // Then
        assertThat(range(topic, at(20), at(40))).isEqualTo(range(Map.of(0, 1L, 1, 0L), Map.of(0, 3L, 1, 0L)));
        assertThat(range(topic, at(11), null)).isEqualTo(range(Map.of(0, 1L, 1, 0L), Map.of(0, 4L, 1, 0L)));
        assertThat(range(topic, null, at(10))).isEqualTo(range(Map.of(0, 0L, 1, 0L), Map.of(0, 0L, 1, 0L)));
        assertThat(range(topic, at(41), null)).isEqualTo(range(Map.of(0, 4L, 1, 0L), Map.of(0, 4L, 1, 0L)));
    }

    @Test
    void aRangeEndsBehindItsLastRecordWhateverFollowsIt() {
        // Given two records, and the mark of their transaction
        String topic = BROKER.newTopic(1);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", BROKER.broker().bootstrapServers(), "transactional.id", topic),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            for (int i = 0; i < 2; i++) {
                var unused = producer.send(new ProducerRecord<>(topic, 0, 10L, null, new byte[] {1}));
            }
            producer.commitTransaction();
        }

        // Then: soon, since the broker acknowledges a commit before its mark can be read
        OffsetRange both = range(Map.of(0, 0L), Map.of(0, 2L));
        Eventually.eventually(
                "both are in the range", () -> range(topic, null, null).equals(both));
    }

    @Test
    void nothingIsReadBeforeTheRangeNorBehindIt() {
        // Given
        String topic = BROKER.newTopic(2);
        for (int i = 0; i < 10; i++) {
            BROKER.send(topic, i % 2, i, "event");
        }
        OffsetRange range = range(Map.of(0, 1L, 1, 2L), Map.of(0, 4L, 1, 2L));

        // When
        List<String> read = new ArrayList<>();
        try (RangeConsumer consumer = assigned(topic, 2, range)) {
            while (consumer.position(new TopicPartition(topic, 0)) < 4) {
                poll(consumer).forEach(record -> read.add(record.partition() + ":" + record.offset()));
            }

            // Then
            assertThat(poll(consumer)).isEmpty();
            assertThat(consumer.paused()).containsExactlyInAnyOrderElementsOf(consumer.assignment());
        }
        assertThat(read).containsExactly("0:1", "0:2", "0:3");
    }

    @Test
    void aTopicPartitionThatIsAheadInTimeWaitsForTheOther() {
        // Given one with a record a minute, and one whose last record comes after all of these
        String topic = BROKER.newTopic(2);
        TopicPartition quick = new TopicPartition(topic, 0);
        TopicPartition slow = new TopicPartition(topic, 1);
        BROKER.send(topic, 0, 0, "event");
        BROKER.send(topic, 0, 2 * AHEAD_MILLIS, "event");
        BROKER.send(topic, 1, 0, "event");
        OffsetRange range = range(Map.of(0, 0L, 1, 0L), Map.of(0, 3L, 1, 2L));

        try (RangeConsumer consumer = assigned(topic, 2, range)) {
            while (consumer.position(quick) < 2 || consumer.position(slow) < 1) {
                poll(consumer);
            }
            BROKER.send(topic, 0, 3 * AHEAD_MILLIS, "event");

            // When the other has not gone on
            poll(consumer);

            // Then
            assertThat(consumer.paused()).containsExactly(quick);

            // And when it has come to its end
            BROKER.send(topic, 1, AHEAD_MILLIS, "event");
            while (consumer.position(slow) < 2) {
                poll(consumer);
            }
            while (consumer.position(quick) < 3) {
                poll(consumer);
            }
            assertThat(poll(consumer)).isEmpty();
        }
    }

    @Test
    void recordsThatAreDroppedBeforeTheyAreReadAreAnError() throws Exception {
        // Given
        String topic = BROKER.newTopic(1);
        IntStream.range(0, 5).forEach(i -> BROKER.send(topic, 0, i, "event"));
        try (RangeConsumer consumer = assigned(topic, 1, range(Map.of(0, 1L), Map.of(0, 5L)));
                Admin admin =
                        Admin.create(Map.of("bootstrap.servers", BROKER.broker().bootstrapServers()))) {
            // When
            admin.deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(3)))
                    .all()
                    .get();

            // Then
            assertThatThrownBy(() -> {
                        while (true) {
                            assertThat(poll(consumer)).isEmpty();
                        }
                    })
                    .isInstanceOf(SourceException.class)
                    .hasMessage("the broker has dropped records of `" + topic
                            + "` before they were read, in topic partitions [0]: its retention has caught up; begin later,"
                            + " or read them from Capture files");
        }
    }

    private static Iterable<ConsumerRecord<byte[], byte[]>> poll(RangeConsumer consumer) {
        return consumer.poll(Duration.ofMillis(100));
    }

    private static RangeConsumer assigned(String topic, int partitions, OffsetRange range) {
        RangeConsumer consumer = RangeConsumer.create(spec(topic, new Start.Earliest()), Setting::raw, range);
        consumer.assign(IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList());
        return consumer;
    }

    private static OffsetRange range(String topic, @Nullable Instant from, @Nullable Instant to) {
        Start start = from == null ? new Start.Earliest() : new Start.At(from);
        return OffsetRange.ofTopic(spec(topic, start), Setting::raw, to);
    }

    private static OffsetRange range(Map<Integer, Long> from, Map<Integer, Long> to) {
        return new OffsetRange(new TreeMap<>(from), new TreeMap<>(to));
    }

    private static Instant at(long millis) {
        return Instant.ofEpochMilli(millis);
    }

    private static SourceSpec spec(String topic, Start start) {
        return new SourceSpec(
                topic,
                new Setting(BROKER.broker().bootstrapServers()),
                Profile.KAFKA,
                start,
                0,
                Duration.ofSeconds(1),
                null);
    }
}
