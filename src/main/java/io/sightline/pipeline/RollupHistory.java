package io.sightline.pipeline;

import io.sightline.event.Event;
import io.sightline.history.EventRows;
import io.sightline.history.HistoryRows;
import io.sightline.rollup.Partials;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupSpec;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Events as rows of a rollup's table in the history: what they add up to between two barriers, by the day of the window. */
final class RollupHistory implements HistoryRows<Event> {
    private final Partials partials;

    RollupHistory(RollupSpec rollup, PipelineSpec pipeline) {
        this.partials = new Partials(rollup, pipeline);
    }

    @Override
    public int topicPartition(Event event) {
        return event.topicPartition();
    }

    @Override
    public long offset(Event event) {
        return event.offset();
    }

    @Override
    public void take(Event event, Out out) throws IOException {
        if (!partials.add(event)) {
            atBarrier(out);
            partials.add(event);
        }
    }

    @Override
    public void atBarrier(Out out) throws IOException {
        for (@Nullable Object[] row; (row = partials.poll()) != null; ) {
            out.row(EventRows.date((Long) Objects.requireNonNull(row[0])), row);
        }
    }
}
