package io.sightline.source;

import io.sightline.spec.Setting;
import io.sightline.spec.SourceSpec;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a job goes on that has read a topic before, and what of it the broker still has.
 *
 * @param next the offset of the first record to read, for every topic partition there is; and, of those of topics before, up to
 *     where they were read
 * @param oldestUnreadMillis no record yet to be read has a source time before this, milliseconds since 1970; now, if all
 *     is read
 */
public record ResumedOffsets(SortedMap<Integer, Long> next, long oldestUnreadMillis) {
    private static final Logger LOG = LoggerFactory.getLogger(ResumedOffsets.class);
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(15);

    /**
     * Asks the broker where to go on, and no more.
     *
     * @param progress how far each topic partition has been read, those of topics before included; one that is not named is
     *     read from its beginning. Empty for a topic that has not been read at all, which begins where the spec says
     * @return the offset of the first record to read, for every topic partition there is or was
     * @throws SourceException if the broker is away or refuses, or the topic is not the one that was read
     */
    public static SortedMap<Integer, Long> next(
            SourceSpec spec, Function<? super Setting, String> resolve, SortedMap<Integer, Long> progress) {
        try (SourceConsumer consumer = SourceConsumer.create(spec, resolve)) {
            return next(consumer, spec, progress, null);
        }
    }

    private static SortedMap<Integer, Long> next(
            SourceConsumer consumer, SourceSpec spec, SortedMap<Integer, Long> progress, @Nullable Held held) {
        PartitionNumbers numbers = PartitionNumbers.of(spec);
        SortedMap<Integer, Long> next = numbers.ofTopicsBefore(progress);
        Map<Integer, Long> read = numbers.ofThisTopic(progress);
        if (read.isEmpty()) {
            next.putAll(numbers.of(StartOffsets.find(consumer, spec.topic(), spec.start())));
        } else {
            Held known = held == null ? Held.ask(consumer, spec.topic()) : held;
            next.putAll(numbers.of(known.next(spec.topic(), read, numbers)));
        }
        return next;
    }

    /**
     * The same, and how old what is unread may be. Records that the broker has dropped before they were read are logged, and
     * cannot be helped.
     *
     * @param progress not empty
     */
    public static ResumedOffsets find(
            SourceSpec spec,
            Function<? super Setting, String> resolve,
            SortedMap<Integer, Long> progress,
            long nowMillis) {
        try (SourceConsumer consumer = SourceConsumer.create(spec, resolve)) {
            PartitionNumbers numbers = PartitionNumbers.of(spec);
            Held held = Held.ask(consumer, spec.topic());
            SortedMap<Integer, Long> next = next(consumer, spec, progress, held);
            held.beginnings.forEach((partition, beginning) -> {
                long read = progress.getOrDefault(numbers.of(partition), beginning);
                if (read < beginning) {
                    LOG.atWarn()
                            .addKeyValue("topic", spec.topic())
                            .addKeyValue("topic_partition", numbers.of(partition))
                            .addKeyValue("records", beginning - read)
                            .log("the broker has dropped records that were never read: its retention is too short");
                }
            });
            return new ResumedOffsets(
                    next, oldestUnread(consumer, spec.topic(), numbers.ofThisTopic(next), held.ends, nowMillis));
        }
    }

    /** What the broker has of each topic partition: from the first offset up to, but without, the second. */
    private record Held(Map<Integer, Long> beginnings, Map<Integer, Long> ends) {
        static Held ask(SourceConsumer consumer, String topic) {
            return new Held(
                    StartOffsets.find(consumer, topic, new SourceSpec.Start.Earliest()),
                    StartOffsets.find(consumer, topic, new SourceSpec.Start.Latest()));
        }

        SortedMap<Integer, Long> next(String topic, Map<Integer, Long> progress, PartitionNumbers numbers) {
            SortedMap<Integer, Long> next = new TreeMap<>();
            beginnings.forEach((partition, beginning) -> {
                long read = progress.getOrDefault(partition, beginning);
                long end = ends.getOrDefault(partition, beginning);
                if (read > end) {
                    throw SourceException.topicMadeAnew(
                            topic, numbers.of(partition), end, read, numbers.of(progress.size()));
                }
                next.put(partition, Math.max(read, beginning));
            });
            return next;
        }
    }

    private static long oldestUnread(
            SourceConsumer consumer, String topic, Map<Integer, Long> next, Map<Integer, Long> ends, long nowMillis) {
        Map<TopicPartition, Long> unread = new HashMap<>();
        next.forEach((partition, offset) -> {
            if (offset < ends.getOrDefault(partition, offset)) {
                unread.put(new TopicPartition(topic, partition), offset);
            }
        });
        long oldest = nowMillis;
        for (Map.Entry<TopicPartition, Long> first : unread.entrySet()) {
            ConsumerRecord<byte[], byte[]> record = first(
                    consumer,
                    first.getKey(),
                    first.getValue(),
                    ends.getOrDefault(first.getKey().partition(), 0L));
            if (record != null) {
                oldest = Math.min(oldest, KafkaSource.timestampMillis(record, nowMillis));
            }
        }
        return oldest;
    }

    /** The first record at or behind an offset; null if there is none before the end, where transactions leave gaps. */
    private static @Nullable ConsumerRecord<byte[], byte[]> first(
            SourceConsumer consumer, TopicPartition partition, long offset, long end) {
        consumer.assign(List.of(partition));
        consumer.seek(partition, offset);
        long deadline = System.nanoTime() + ANSWERS_WITHIN.toNanos();
        while (consumer.position(partition, ANSWERS_WITHIN) < end) {
            Iterator<ConsumerRecord<byte[], byte[]>> records =
                    consumer.poll(Duration.ofSeconds(1)).iterator();
            if (records.hasNext()) {
                return records.next();
            }
            if (System.nanoTime() > deadline) {
                throw SourceException.noAnswer(consumer.bootstrapServers(), ANSWERS_WITHIN, consumer.needs());
            }
        }
        return null;
    }
}
