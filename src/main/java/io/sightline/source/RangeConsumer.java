package io.sightline.source;

import io.sightline.spec.Setting;
import io.sightline.spec.SourceSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/**
 * A consumer of an {@link OffsetRange}: it begins where the range does, and gives no record behind its end.
 *
 * <p>Its topic partitions keep together in time. Ids are remembered until the slowest has passed the horizon, so one that
 * ran ahead would fill the memory with them; it waits instead. Records that the broker drops before they are read are an
 * error, where a job without end would go on behind them.
 */
final class RangeConsumer extends SourceConsumer {
    /** So much newer than what the slowest topic partition has read may be what another has. */
    static final Duration AHEAD = Duration.ofMinutes(1);

    private final String topic;
    private final OffsetRange range;
    /** The greatest timestamp read, milliseconds since 1970. */
    private final Map<TopicPartition, Long> reached = new HashMap<>();

    private RangeConsumer(String topic, OffsetRange range, String bootstrapServers, Map<String, Object> properties) {
        super(bootstrapServers, properties, range::from);
        this.topic = topic;
        this.range = range;
    }

    /**
     * @param resolve what a setting stands for on this member
     * @throws SourceException if the credentials cannot be used; the broker is not asked
     */
    static RangeConsumer create(SourceSpec spec, Function<? super Setting, String> resolve, OffsetRange range) {
        Map<String, Object> properties = new HashMap<>(properties(spec, resolve));
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        return new RangeConsumer(spec.topic(), range, resolve.apply(spec.bootstrapServers()), properties);
    }

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        holdBack();
        try {
            return within(super.poll(timeout));
        } catch (OffsetOutOfRangeException e) {
            throw SourceException.droppedMeanwhile(topic, e.partitions());
        }
    }

    private void holdBack() {
        List<TopicPartition> ended = new ArrayList<>();
        List<TopicPartition> others = new ArrayList<>();
        for (TopicPartition partition : assignment()) {
            (position(partition) < range.to(partition.partition()) ? others : ended).add(partition);
        }
        long slowest = others.stream().mapToLong(this::reached).min().orElse(Long.MAX_VALUE);
        pause(ended);
        for (TopicPartition partition : others) {
            // The slowest never waits, and one that has read nothing yet is the slowest.
            if (reached(partition) > slowest + AHEAD.toMillis()) {
                pause(List.of(partition));
            } else {
                resume(List.of(partition));
            }
        }
    }

    private long reached(TopicPartition partition) {
        return reached.getOrDefault(partition, Long.MIN_VALUE);
    }

    private ConsumerRecords<byte[], byte[]> within(ConsumerRecords<byte[], byte[]> polled) {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> kept = new HashMap<>();
        for (TopicPartition partition : polled.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> records = polled.records(partition);
            int size = records.size();
            while (size > 0 && records.get(size - 1).offset() >= range.to(partition.partition())) {
                size--;
            }
            if (size > 0) {
                kept.put(partition, records.subList(0, size));
                reached.merge(partition, records.get(size - 1).timestamp(), Math::max);
            }
        }
        return new ConsumerRecords<>(kept, polled.nextOffsets());
    }
}
