package io.sightline.source;

import io.sightline.spec.Setting;
import io.sightline.spec.SourceSpec;
import io.sightline.spec.SourceSpec.Start;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
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
 * What a job reads that comes to an end: in each topic partition the records from one offset up to, but without, another.
 *
 * @param from the offset of the first record, by topic partition
 * @param to one more than the offset of the last record, for the same topic partitions; as {@code from} where there is none
 */
public record OffsetRange(SortedMap<Integer, Long> from, SortedMap<Integer, Long> to) implements Serializable {
    private static final Logger LOG = LoggerFactory.getLogger(OffsetRange.class);
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(15);

    public OffsetRange {
        from = Collections.unmodifiableSortedMap(new TreeMap<>(from));
        to = Collections.unmodifiableSortedMap(new TreeMap<>(to));
    }

    /**
     * Asks the broker. A record belongs to a span of time by its source time: so what is in it are neighbours, even where
     * producers' clocks run back. What the broker may have dropped of the span is logged.
     *
     * @param spec with the beginning as its start
     * @param end the first moment after the span; null for all that the broker holds now
     * @throws SourceException if the broker is away or refuses, or has no such topic
     */
    public static OffsetRange ofTopic(
            SourceSpec spec, Function<? super Setting, String> resolve, @Nullable Instant end) {
        try (SourceConsumer consumer = SourceConsumer.create(spec, resolve)) {
            Map<Integer, Long> first = StartOffsets.find(consumer, spec.topic(), spec.start());
            Map<Integer, Long> ends =
                    StartOffsets.find(consumer, spec.topic(), end == null ? new Start.Latest() : new Start.At(end));
            if (spec.start() instanceof Start.At at) {
                warnOfDropped(first, StartOffsets.find(consumer, spec.topic(), new Start.Earliest()), at.time());
            }
            SortedMap<Integer, Long> behindLast = new TreeMap<>();
            first.forEach((partition, offset) -> behindLast.put(
                    partition,
                    behindLast(
                            consumer,
                            new TopicPartition(spec.topic(), partition),
                            offset,
                            ends.getOrDefault(partition, offset))));
            return new OffsetRange(new TreeMap<>(first), behindLast);
        }
    }

    private static void warnOfDropped(Map<Integer, Long> first, Map<Integer, Long> oldest, Instant from) {
        List<Integer> partitions = first.entrySet().stream()
                .filter(begin -> begin.getValue() > 0 && begin.getValue().equals(oldest.get(begin.getKey())))
                .map(Map.Entry::getKey)
                .toList();
        if (!partitions.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("topic_partitions", partitions)
                    .addKeyValue("from", from)
                    .log("the broker may have dropped records: the oldest it holds is newer");
        }
    }

    /** An end may lie behind what is no record: the mark of a transaction, or what compaction took. */
    private static long behindLast(SourceConsumer consumer, TopicPartition partition, long first, long end) {
        long unsearched = end;
        for (long back = 1; first < unsearched; back *= 2) {
            long from = Math.max(first, end - back);
            long last = last(consumer, partition, from, end);
            if (last >= from) {
                return last + 1;
            }
            unsearched = from;
        }
        return first;
    }

    /** The offset of the last record in a stretch; less than its beginning if there is none. */
    private static long last(SourceConsumer consumer, TopicPartition partition, long from, long end) {
        consumer.assign(List.of(partition));
        consumer.seek(partition, from);
        long last = from - 1;
        long deadline = System.nanoTime() + ANSWERS_WITHIN.toNanos();
        while (consumer.position(partition, ANSWERS_WITHIN) < end) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                last = record.offset() < end ? record.offset() : last;
            }
            if (System.nanoTime() > deadline) {
                throw SourceException.noAnswer(consumer.bootstrapServers(), ANSWERS_WITHIN, consumer.needs());
            }
        }
        return last;
    }

    /** How many offsets there are in it, which is how many records where no offset is without one. */
    public long size() {
        return from.keySet().stream()
                .mapToLong(partition -> to(partition) - from(partition))
                .sum();
    }

    /** The offset of the first record of a topic partition; 0 for one that is not in the range. */
    long from(int topicPartition) {
        return from.getOrDefault(topicPartition, 0L);
    }

    /** One more than the offset of the last record of a topic partition; 0 for one that is not in the range. */
    long to(int topicPartition) {
        return to.getOrDefault(topicPartition, 0L);
    }
}
