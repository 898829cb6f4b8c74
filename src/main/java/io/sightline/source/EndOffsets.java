package io.sightline.source;

import io.sightline.observe.Progress;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the broker holds beyond what the job has read: the end of every topic partition, known without waiting. */
public interface EndOffsets extends AutoCloseable {

    /** The last known ends; never blocks. */
    Reading latest();

    @Override
    void close();

    /**
     * One look at the broker.
     *
     * @param nextOffsets by topic partition, the offset that the next record to arrive will get; empty before the first
     *     answer
     * @param oldestOffsets by topic partition, the offset of the oldest record that it still holds
     * @param retention how long the topic keeps a record; null if that is not known, or for ever
     * @param readAtMillis when the broker last answered, milliseconds since 1970; 0 before the first answer
     * @param awaySinceMillis when the broker first failed to answer after that; 0 while it answers
     * @param problem why it does not answer, one line without a secret; null while it answers
     */
    record Reading(
            Map<Integer, Long> nextOffsets,
            Map<Integer, Long> oldestOffsets,
            @Nullable Duration retention,
            long readAtMillis,
            long awaySinceMillis,
            @Nullable String problem) {
        public Reading {
            nextOffsets = Map.copyOf(nextOffsets);
            oldestOffsets = Map.copyOf(oldestOffsets);
        }

        /** Before the first answer, and where there is no broker. */
        public static Reading nothingYet() {
            return new Reading(Map.of(), Map.of(), null, 0, 0, null);
        }

        /**
         * When the broker begins to drop what was not read yet, milliseconds since 1970; the past if it has. What is unread came
         * after the last record that was read, and the broker keeps whole segments, so it is never earlier than this.
         *
         * @return null if it cannot be known
         */
        public @Nullable Long retentionEdgeMillis(Progress read) {
            Long oldest = oldestOffsets.get(read.topicPartition());
            Long next = nextOffsets.get(read.topicPartition());
            if (oldest == null || next == null) {
                return null;
            }
            if (oldest > read.nextOffset()) {
                return 0L;
            }
            if (retention == null || read.sourceTimeMillis() == Progress.NONE_READ) {
                return null;
            }
            // What arrives from now on is kept for the whole of it.
            long since = next > read.nextOffset() ? read.sourceTimeMillis() : readAtMillis;
            return since + retention.toMillis();
        }

        Reading failed(String why, long nowMillis) {
            return new Reading(
                    nextOffsets,
                    oldestOffsets,
                    retention,
                    readAtMillis,
                    problem == null ? nowMillis : awaySinceMillis,
                    why);
        }
    }
}
