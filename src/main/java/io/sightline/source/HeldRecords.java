package io.sightline.source;

import io.sightline.spec.Setting;
import io.sightline.spec.SourceSpec;
import io.sightline.spec.SourceSpec.Start;
import java.util.Map;
import java.util.function.Function;

/**
 * Which records of a topic the broker holds, at one moment.
 *
 * @param first the offset of the oldest record, by topic partition
 * @param next the offset that the next record to arrive will get, by topic partition
 */
public record HeldRecords(Map<Integer, Long> first, Map<Integer, Long> next) {
    public HeldRecords {
        first = Map.copyOf(first);
        next = Map.copyOf(next);
    }

    /**
     * Asks the broker.
     *
     * @param resolve what a setting stands for here
     * @throws SourceException if the broker is away or refuses, or has no such topic
     */
    public static HeldRecords ask(SourceSpec spec, Function<? super Setting, String> resolve) {
        try (SourceConsumer consumer = SourceConsumer.create(spec, resolve)) {
            PartitionNumbers numbers = PartitionNumbers.of(spec);
            return new HeldRecords(
                    numbers.of(StartOffsets.find(consumer, spec.topic(), new Start.Earliest())),
                    numbers.of(StartOffsets.find(consumer, spec.topic(), new Start.Latest())));
        }
    }

    /** Whether a reader can go on at this offset, and misses nothing. */
    public boolean canGoOnAt(int topicPartition, long offset) {
        Long oldest = first.get(topicPartition);
        Long end = next.get(topicPartition);
        return oldest != null && end != null && oldest <= offset && offset <= end;
    }
}
