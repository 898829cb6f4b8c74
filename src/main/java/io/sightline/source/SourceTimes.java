package io.sightline.source;

import java.util.HashMap;
import java.util.Map;

/**
 * Source time by topic partition: a record's timestamp, made non-decreasing. Plain state of one processor, which saves
 * {@link #greatest()} in the job snapshot and gives it back through {@link #restore}. Not thread-safe.
 */
public final class SourceTimes {
    private final Map<Integer, Greatest> greatest = new HashMap<>();

    /**
     * The source time of a topic partition's next record.
     *
     * @param timestampMillis the record's own timestamp
     * @return that, or the greatest one before it in the same topic partition
     */
    public long next(int topicPartition, long timestampMillis) {
        Greatest time = greatest.get(topicPartition);
        if (time == null) {
            greatest.put(topicPartition, new Greatest(timestampMillis));
            return timestampMillis;
        }
        time.millis = Math.max(time.millis, timestampMillis);
        return time.millis;
    }

    /** The source time reached, in milliseconds since 1970, by topic partition: a copy. */
    public Map<Integer, Long> greatest() {
        Map<Integer, Long> copy = new HashMap<>();
        greatest.forEach((partition, time) -> copy.put(partition, time.millis));
        return copy;
    }

    /** Takes over what was saved; of two values for a topic partition the greater one holds. */
    public void restore(int topicPartition, long sourceTimeMillis) {
        next(topicPartition, sourceTimeMillis);
    }

    /** Mutable, so that a record costs no boxing. */
    private static final class Greatest {
        private long millis;

        Greatest(long millis) {
            this.millis = millis;
        }
    }
}
