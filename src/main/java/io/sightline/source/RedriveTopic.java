package io.sightline.source;

import io.sightline.redrive.Letter;
import io.sightline.redrive.Redrive;
import io.sightline.redrive.Redrive.Delivery;
import io.sightline.spec.Setting;
import io.sightline.spec.SourceSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;

/**
 * The topic of a source, as dead letters are sent back to it: into the topic partition they came from, where copies of an
 * id are judged exactly (from a topic that is gone, into the one that their key leads to), under the key they had, and with the time of the sending, because a record with its old time could
 * expire at once. The header {@value #HEADER} names the origin of the letter: by it the pipeline knows that the letter was
 * redriven, also when whoever sent it died over it.
 */
public final class RedriveTopic implements Redrive.Topic, AutoCloseable {
    public static final String HEADER = "sightline-redriven";

    private final String topic;
    private final PartitionNumbers numbers;
    private final KafkaProducer<byte[], byte[]> producer;

    private RedriveTopic(String topic, PartitionNumbers numbers, KafkaProducer<byte[], byte[]> producer) {
        this.topic = topic;
        this.numbers = numbers;
        this.producer = producer;
    }

    /**
     * Connects, and sees whether the topic is there.
     *
     * @param resolve what a setting stands for in this process
     * @throws SourceException if address, credentials or topic are no good; the message is for people
     */
    public static RedriveTopic open(SourceSpec spec, Function<? super Setting, String> resolve) {
        KafkaSource.check(spec, resolve);
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(KafkaProperties.ofProducer(SourceConsumer.properties(spec, resolve)));
        try {
            // Else the first letter would wait for this with its mark already made.
            producer.partitionsFor(spec.topic());
            return new RedriveTopic(spec.topic(), PartitionNumbers.of(spec), producer);
        } catch (KafkaException e) {
            producer.close(Duration.ZERO);
            throw SourceException.failed(spec.topic(), resolve.apply(spec.bootstrapServers()), e);
        }
    }

    @Override
    public Delivery send(Letter letter) {
        int from = letter.origin().topicPartition() - numbers.first();
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, from < 0 ? null : (Integer) from, letter.key(), letter.value());
        record.headers().add(HEADER, letter.origin().toString().getBytes(StandardCharsets.UTF_8));
        try {
            RecordMetadata there = producer.send(record).get();
            return new Delivery.Acknowledged(numbers.of(there.partition()), there.offset());
        } catch (ExecutionException e) {
            return failed(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(e);
        } catch (InterruptException e) {
            // The client has set the thread's interrupt flag again.
            return failed(e);
        } catch (KafkaException e) {
            return failed(e);
        }
    }

    /** What the client or the broker turns away is not in the topic; of anything else nobody can tell. */
    private static Delivery failed(Throwable why) {
        String message = String.valueOf(why.getMessage());
        boolean turnedAway = why instanceof RecordTooLargeException
                || why instanceof InvalidTimestampException
                || why instanceof AuthorizationException
                || why instanceof AuthenticationException;
        return turnedAway ? new Delivery.Refused(message) : new Delivery.Unknown(message);
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }
}
