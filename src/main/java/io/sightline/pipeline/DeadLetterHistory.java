package io.sightline.pipeline;

import io.sightline.event.DeadLetter;
import io.sightline.history.EventRows;
import io.sightline.history.HistoryRows;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Dead letters as rows of their table in the history: as in the grid, by the day of their source time. */
record DeadLetterHistory(String pipeline) implements HistoryRows<DeadLetter> {
    @Override
    public int topicPartition(DeadLetter letter) {
        return letter.origin().topicPartition();
    }

    @Override
    public long offset(DeadLetter letter) {
        return letter.origin().offset();
    }

    @Override
    public void take(DeadLetter letter, Out out) throws IOException {
        long sourceTimeMicros = TimeUnit.MILLISECONDS.toMicros(letter.sourceTimeMillis());
        out.row(EventRows.date(sourceTimeMicros), DeadLetterRows.values(pipeline, letter));
    }
}
