package io.sightline.source;

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
     * @param readAtMillis when the broker last answered, milliseconds since 1970; 0 before the first answer
     * @param awaySinceMillis when the broker first failed to answer after that; 0 while it answers
     * @param problem why it does not answer, one line without a secret; null while it answers
     */
    record Reading(
            Map<Integer, Long> nextOffsets,
            long readAtMillis,
            long awaySinceMillis,
            @Nullable String problem) {
        public Reading {
            nextOffsets = Map.copyOf(nextOffsets);
        }

        static Reading nothingYet() {
            return new Reading(Map.of(), 0, 0, null);
        }

        Reading answered(Map<Integer, Long> ends, long nowMillis) {
            return new Reading(ends, nowMillis, 0, null);
        }

        Reading failed(String why, long nowMillis) {
            return new Reading(nextOffsets, readAtMillis, problem == null ? nowMillis : awaySinceMillis, why);
        }
    }
}
