package io.sightline.demo;

import io.sightline.decode.Decoder;
import io.sightline.dedupe.EventId;
import io.sightline.dedupe.EventIds;
import io.sightline.event.DeadLetter.Reason;
import io.sightline.event.FieldType;
import io.sightline.spec.PipelineSpec;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a topic from its end beside the pipeline, and picks events at a steady rate. Only first sightings are picked: of
 * ids in a fixed small share of all ids, so that it need not remember the others to know a copy.
 */
final class TopicSampler implements AutoCloseable {
    /** The field that says when an event was due at the broker, in microseconds since 1970. */
    static final String PRODUCED_AT = "produced_at";

    private static final long EVERY_ID = 16;
    private static final Duration COPIES_COME_WITHIN = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final int SMALLEST_FETCH_BYTES = 16 << 10;
    private static final int LONGEST_FETCH_MILLIS = 10;

    private final String topic;
    private final Consumer<Sample> samples;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Decoder decoder;
    private final EventIds ids;
    private final int producedAt;
    private final long nanosBetween;
    private final Thread reading = new Thread(this::read, "topic-sampler");

    private Set<EventId> candidates = new HashSet<>();
    private Set<EventId> earlierCandidates = new HashSet<>();
    private long rotatedNanos = System.nanoTime();
    private long nextNanos = System.nanoTime();

    /**
     * One event to look for.
     *
     * @param producedAtMicros when it was due at the broker
     */
    record Sample(long producedAtMicros, long eventTimeMicros, int topicPartition, long offset, int index) {}

    TopicSampler(String bootstrapServers, PipelineSpec spec, int samplesPerSecond, Consumer<Sample> samples) {
        this.topic = spec.source().topic();
        this.samples = samples;
        this.decoder = new Decoder(spec.event());
        this.ids = new EventIds(spec.deduplicate(), spec.event().schema());
        this.producedAt = spec.event()
                .schema()
                .fields()
                .indexOf(spec.event().schema().fields().stream()
                        .filter(field -> field.name().equals(PRODUCED_AT) && field.type() == FieldType.LONG)
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("latency is measured from the field "
                                + PRODUCED_AT + " (long, microseconds since 1970), which pipeline " + spec.name()
                                + " does not declare under event.fields")));
        this.nanosBetween = TimeUnit.SECONDS.toNanos(1) / samplesPerSecond;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                        ConsumerConfig.FETCH_MIN_BYTES_CONFIG, SMALLEST_FETCH_BYTES,
                        ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, LONGEST_FETCH_MILLIS),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        // Asks for the ends now, so that what comes after this call is read.
        partitions.forEach(consumer::position);
        reading.setDaemon(true);
        reading.start();
    }

    private void read() {
        try (consumer) {
            while (true) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    decoder.decode(record.value(), record.timestamp(), new Picking(record));
                }
            }
        } catch (WakeupException e) {
            // Closed.
        }
    }

    private void consider(ConsumerRecord<byte[], byte[]> record, int index, long eventTimeMicros, Object[] values) {
        EventId id = ids.of(values);
        if (id == null
                || !(values[producedAt] instanceof Long due)
                || Long.remainderUnsigned(id.high(), EVERY_ID) != 0) {
            return;
        }
        long now = System.nanoTime();
        if (now - rotatedNanos > COPIES_COME_WITHIN.toNanos()) {
            rotatedNanos = now;
            earlierCandidates = candidates;
            candidates = new HashSet<>();
        }
        boolean first = !earlierCandidates.contains(id) && candidates.add(id);
        if (first && now - nextNanos >= 0) {
            nextNanos = Math.max(nextNanos + nanosBetween, now - nanosBetween);
            samples.accept(new Sample(due, eventTimeMicros, record.partition(), record.offset(), index));
        }
    }

    @Override
    public void close() {
        consumer.wakeup();
        try {
            reading.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Picking implements Decoder.Sink {
        private final ConsumerRecord<byte[], byte[]> record;

        Picking(ConsumerRecord<byte[], byte[]> record) {
            this.record = record;
        }

        @Override
        public void event(
                int index, long eventTimeMicros, @Nullable Object[] values, @Nullable String extra, int from, int to) {
            consider(record, index, eventTimeMicros, values);
        }

        @Override
        public void refused(int index, Reason reason, @Nullable String field, String detail, int from, int to) {
            // A dead letter is never visible as an event.
        }
    }
}
