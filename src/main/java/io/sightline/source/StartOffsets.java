package io.sightline.source;

import io.sightline.spec.SourceSpec.Start;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;

/** Where a job with no progress yet begins to read: an offset for every topic partition there is. */
final class StartOffsets {
    /** For each question; three questions at most, and an absent broker already fails the first. */
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(15);

    private StartOffsets() {}

    /**
     * Asks the broker.
     *
     * @return the offset of the first record to read, by topic partition; not empty
     * @throws SourceException if the broker is away or refuses, or has no such topic
     */
    static Map<Integer, Long> find(SourceConsumer consumer, String topic, Start start) {
        String address = consumer.bootstrapServers();
        try {
            List<TopicPartition> partitions = consumer.existingPartitions(topic, ANSWERS_WITHIN).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            if (partitions.isEmpty()) {
                throw SourceException.noTopic(topic, address);
            }
            // The client warns of every end it is asked for that it is not assigned.
            consumer.assign(partitions);
            Map<Integer, Long> offsets = new TreeMap<>();
            find(consumer, partitions, start)
                    .forEach((partition, offset) -> offsets.put(partition.partition(), offset));
            return offsets;
        } catch (TimeoutException e) {
            throw SourceException.noAnswer(address, ANSWERS_WITHIN, consumer.needs());
        } catch (AuthenticationException | AuthorizationException e) {
            throw SourceException.refused(topic, address, e, consumer.needs());
        } catch (KafkaException e) {
            throw SourceException.failed(topic, address, e);
        }
    }

    private static Map<TopicPartition, Long> find(
            SourceConsumer consumer, List<TopicPartition> partitions, Start start) {
        if (start instanceof Start.Earliest) {
            return consumer.beginningOffsets(partitions, ANSWERS_WITHIN);
        }
        // Before the question for a time: a record that comes in between is then still ahead of the end.
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, ANSWERS_WITHIN);
        if (!(start instanceof Start.At at)) {
            return ends;
        }
        Map<TopicPartition, Long> times = partitions.stream()
                .collect(Collectors.toMap(
                        partition -> partition, partition -> at.time().toEpochMilli()));
        Map<TopicPartition, Long> offsets = new HashMap<>(ends);
        consumer.offsetsForTimes(times, ANSWERS_WITHIN).forEach((partition, found) -> {
            if (found != null) {
                offsets.put(partition, found.offset());
            }
        });
        return offsets;
    }
}
