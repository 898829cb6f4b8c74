package io.sightline.pipeline;

import static java.util.Objects.requireNonNull;

import io.sightline.event.DeadLetter;
import io.sightline.event.Origin;
import io.sightline.event.Redriven;
import io.sightline.history.EventRows;
import io.sightline.history.HistoryRows;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Dead letters as rows of their table in the history: as in the grid, by the day of their source time. That one was redriven is
 * one more row, of the reason {@value #REDRIVEN}, with the origin of the new record, and that of the letter in {@code text}.
 */
record DeadLetterHistory(String pipeline) implements HistoryRows<Object> {
    /** The reason of a row that is no dead letter, but says what became of one. */
    static final String REDRIVEN = "redriven";

    private static final int REASON = 1;
    private static final int TEXT = 8;

    @Override
    public int topicPartition(Object item) {
        return origin(item).topicPartition();
    }

    @Override
    public long offset(Object item) {
        return origin(item).offset();
    }

    private static Origin origin(Object item) {
        return item instanceof Redriven redriven ? redriven.record() : ((DeadLetter) item).origin();
    }

    @Override
    public void take(Object item, Out out) throws IOException {
        @Nullable
        Object[] row =
                item instanceof Redriven redriven ? row(redriven) : DeadLetterRows.values(pipeline, (DeadLetter) item);
        out.row(EventRows.date((Long) requireNonNull(row[DeadLetterRows.SOURCE_TIME])), row);
    }

    private @Nullable Object[] row(Redriven redriven) {
        @Nullable Object[] row = new Object[DeadLetterRows.COLUMNS.size()];
        row[0] = pipeline;
        row[REASON] = REDRIVEN;
        row[DeadLetterRows.SOURCE_TIME] = TimeUnit.MILLISECONDS.toMicros(redriven.sourceTimeMillis());
        row[DeadLetterRows.TOPIC_PARTITION] = redriven.record().topicPartition();
        row[DeadLetterRows.TOPIC_PARTITION + 1] = redriven.record().offset();
        row[DeadLetterRows.TOPIC_PARTITION + 2] = redriven.record().index();
        row[TEXT] = redriven.letter().toString();
        return row;
    }

    /** What a row of the table says: a {@link DeadLetter} or a {@link Redriven}; null if it is neither. */
    static @Nullable Object item(@Nullable Object[] row) {
        if (!REDRIVEN.equals(row[REASON])) {
            return DeadLetterRows.letter(row);
        }
        Origin letter = Origin.parse(String.valueOf(row[TEXT]));
        long sourceTimeMicros = (Long) requireNonNull(row[DeadLetterRows.SOURCE_TIME]);
        return letter == null
                ? null
                : new Redriven(letter, DeadLetterRows.origin(row), TimeUnit.MICROSECONDS.toMillis(sourceTimeMicros));
    }
}
