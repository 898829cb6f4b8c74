package io.sightline.rollup;

import io.sightline.event.Event;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupSpec;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Adds up events for a rollup's history, until they are taken out as rows. Takes every event, however late: the history has
 * no closed windows, because what comes late is one more row. Not thread-safe.
 */
public final class Partials {
    /** So many accumulators at most; then they are to be taken out. */
    private static final long MOST = 100_000;

    private static final long NEVER =
            TimeUnit.MILLISECONDS.toMicros(Duration.ofDays(1_000_000).toMillis());

    private final Rollup rollup;
    private final PartialRows rows;
    private Changes changes = new Changes();
    private Groups groups;

    public Partials(RollupSpec spec, PipelineSpec pipeline) {
        this.rollup = new Rollup(spec, pipeline, new Windows(Windows.of(spec).lengthMicros(), NEVER));
        this.rows = new PartialRows(spec, pipeline);
        this.groups = empty();
    }

    private Groups empty() {
        changes = new Changes();
        return new Groups(rollup, new AccumulatorBound(MOST), changes);
    }

    /** Takes an event; false if there is no room before all is taken out. */
    public boolean add(Event event) {
        return groups.add(event, rollup.groupBy().hash(event), Long.MIN_VALUE) != Groups.Outcome.NO_ROOM;
    }

    /** Takes out a row of {@link PartialRows}; null if there is none left, and then all begins anew. */
    public @Nullable Object @Nullable [] poll() {
        for (Group group; (group = changes.first()) != null; ) {
            int index = group.nextChanged();
            if (index >= 0) {
                group.take(index);
                return rows.row(group, index);
            }
        }
        groups = empty();
        return null;
    }
}
