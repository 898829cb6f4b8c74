package io.sightline.history;

import java.io.IOException;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * How what comes to a table of the history becomes its rows. One for each writer, and used by its thread alone.
 *
 * @param <T> what comes
 */
public interface HistoryRows<T> {
    /** The topic partition of the record that it came from. */
    int topicPartition(T item);

    /** The offset of that record. */
    long offset(T item);

    /** Makes rows of it, at once or at the barrier. */
    void take(T item, Out out) throws IOException;

    /** Makes the rows that are still to come of all that was taken since the last barrier. */
    default void atBarrier(Out out) throws IOException {}

    /** Where rows go. */
    interface Out {
        /**
         * Takes a row.
         *
         * @param date its table partition
         * @param row one value a column, in the table's order
         * @throws IOException if the storage does not take it
         */
        void row(LocalDate date, @Nullable Object[] row) throws IOException;
    }
}
