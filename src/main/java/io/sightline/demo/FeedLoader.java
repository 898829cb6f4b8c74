package io.sightline.demo;

import io.sightline.event.SourceRecord;
import io.sightline.source.RecordedFile;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends a feed into a topic, with the feed's own timestamps and in its order. Either every record is in the topic exactly
 * once or an exception says that it is not.
 */
public final class FeedLoader {
    private static final int BATCH_BYTES = 256 << 10;
    private static final long BUFFER_BYTES = 64L << 20;
    private static final int LARGEST_RECORD_BYTES = 8 << 20;
    private static final long ANSWERS_WITHIN_SECONDS = 15;
    private static final int LINGER_MILLIS_AT_ONCE = 20;
    /** Somebody waits to see a record that is sent when it is due. */
    private static final int LINGER_MILLIS_PACED = 10;

    /** When a record is sent. */
    @FunctionalInterface
    public interface Pace {
        /** As fast as it goes. */
        Pace AT_ONCE = timestampMillis -> {};

        /** Returns when a record with this timestamp may go; the records come in the feed's order. */
        void await(long timestampMillis);
    }

    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private long sent;

    private FeedLoader(String bootstrapServers, Pace pace) {
        this.producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                        // Tries again without copies and without changing the order.
                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true,
                        ProducerConfig.COMPRESSION_TYPE_CONFIG, "none",
                        ProducerConfig.LINGER_MS_CONFIG,
                                pace == Pace.AT_ONCE ? LINGER_MILLIS_AT_ONCE : LINGER_MILLIS_PACED,
                        ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES,
                        ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES,
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST_RECORD_BYTES),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /**
     * Sends all that is left of a feed; a record's topic partition is that of its key's hash.
     *
     * @return how many records, all acknowledged
     */
    public static long load(String bootstrapServers, String topic, SeededFeed feed, Pace pace) {
        FeedLoader loader = new FeedLoader(bootstrapServers, pace);
        try {
            for (FeedRecord record = feed.next(); record != null; record = feed.next()) {
                pace.await(record.timestampMillis());
                loader.send(new ProducerRecord<>(topic, null, record.timestampMillis(), record.key(), record.value()));
            }
            return loader.finish();
        } finally {
            loader.producer.close();
        }
    }

    /**
     * Sends all that is left of a recorded file, each record into the topic partition that the file gives it.
     *
     * @return how many records, all acknowledged
     */
    public static long load(String bootstrapServers, String topic, RecordedFile file, Pace pace) {
        FeedLoader loader = new FeedLoader(bootstrapServers, pace);
        try {
            for (SourceRecord record = file.next(); record != null; record = file.next()) {
                pace.await(record.timestampMillis());
                loader.send(new ProducerRecord<>(
                        topic, record.topicPartition(), record.timestampMillis(), null, record.value()));
            }
            return loader.finish();
        } finally {
            loader.producer.close();
        }
    }

    /**
     * Sees whether the topic can be sent to, sooner than a producer would tell.
     *
     * @throws BrokerException if the broker does not answer or has no such topic
     */
    public static void check(String bootstrapServers, String topic) {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
            admin.describeTopics(List.of(topic)).allTopicNames().get(ANSWERS_WITHIN_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw BrokerException.noTopic(topic, bootstrapServers, e.getCause());
            }
            throw BrokerException.noAnswer(bootstrapServers, e.getCause());
        } catch (TimeoutException e) {
            throw BrokerException.noAnswer(bootstrapServers, e);
        } catch (KafkaException e) {
            throw BrokerException.noAnswer(bootstrapServers, e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BrokerException.noAnswer(bootstrapServers, e);
        }
    }

    private void send(ProducerRecord<byte[], byte[]> record) {
        throwFailure();
        sent++;
        // The callback hears of every failure.
        var unused = producer.send(record, (metadata, e) -> {
            if (e != null) {
                failure.compareAndSet(null, e);
            }
        });
    }

    private long finish() {
        producer.flush();
        throwFailure();
        return sent;
    }

    private void throwFailure() {
        Exception e = failure.get();
        if (e != null) {
            throw BrokerException.refused("take the feed", e);
        }
    }
}
