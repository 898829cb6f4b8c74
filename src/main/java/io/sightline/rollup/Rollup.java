package io.sightline.rollup;

import io.sightline.event.Event;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupSpec;
import io.sightline.spec.RollupSpec.Measure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rollup bound to the events of a pipeline: which window and group an event belongs to, how an accumulator is laid out
 * and what row it makes. Immutable and thread-safe.
 *
 * <p>An accumulator is {@link #stride} longs:
 *
 * <pre>
 *   0 start of the window    1 flags (Group)
 *   2 event time, 3 topic partition and index, 4 offset of the latest event   (only with carried columns)
 *   then the cells of each aggregate, in the order of the measures
 * </pre>
 */
public final class Rollup {
    static final int START = 0;
    static final int FLAGS = 1;
    static final int LATEST_TIME = 2;
    static final int LATEST_PARTITION_AND_INDEX = 3;
    static final int LATEST_OFFSET = 4;

    private final Windows windows;
    private final GroupBy groupBy;
    private final EventColumn[] carried;
    private final Aggregate[] aggregates;
    private final @Nullable EventColumn[] aggregated;
    private final int[] offsets;
    private final int stride;

    public Rollup(RollupSpec rollup, PipelineSpec pipeline) {
        this(rollup, pipeline, Windows.of(rollup));
    }

    Rollup(RollupSpec rollup, PipelineSpec pipeline, Windows windows) {
        this.windows = windows;
        this.groupBy = new GroupBy(rollup, pipeline);
        this.carried = EventColumn.of(pipeline, rollup.carry());
        List<Measure> measures = rollup.measures();
        this.aggregates = new Aggregate[measures.size()];
        this.aggregated = new EventColumn[measures.size()];
        this.offsets = new int[measures.size()];
        int next = carried.length == 0 ? LATEST_TIME : LATEST_OFFSET + 1;
        for (int i = 0; i < aggregates.length; i++) {
            String field = measures.get(i).field();
            EventColumn column = field == null ? null : EventColumn.of(pipeline, field);
            aggregated[i] = column;
            aggregates[i] = Aggregate.of(measures.get(i), column == null ? null : column.type());
            offsets[i] = next;
            next += aggregates[i].cells();
        }
        this.stride = next;
    }

    public Windows windows() {
        return windows;
    }

    public GroupBy groupBy() {
        return groupBy;
    }

    /** About how much heap an accumulator takes, in bytes, with the slack of growing arrays. */
    public int bytesPerAccumulator() {
        return stride * Long.BYTES * 5 / 4 + Long.BYTES;
    }

    int stride() {
        return stride;
    }

    boolean carries() {
        return carried.length > 0;
    }

    /** Takes the event into the accumulator that begins at {@code row}. */
    void aggregate(long[] cells, int row, Event event) {
        for (int i = 0; i < aggregates.length; i++) {
            EventColumn column = aggregated[i];
            aggregates[i].add(cells, row + offsets[i], column == null ? null : column.value(event));
        }
    }

    /** Takes what another accumulator has taken into the one that begins at {@code row}. */
    void merge(long[] cells, int row, long[] other) {
        for (int i = 0; i < aggregates.length; i++) {
            aggregates[i].merge(cells, row + offsets[i], other, offsets[i]);
        }
    }

    /** What is in the columns of {@link Aggregate#parts}, measure by measure. */
    List<@Nullable Object> parts(long[] cells, int row) {
        List<@Nullable Object> parts = new ArrayList<>();
        for (int i = 0; i < aggregates.length; i++) {
            Collections.addAll(parts, aggregates[i].part(cells, row + offsets[i]));
        }
        return parts;
    }

    /** Whether the event would carry exactly these values. */
    boolean carriesSame(Event event, @Nullable Object[] values) {
        for (int i = 0; i < carried.length; i++) {
            Object value = carried[i].value(event);
            if (value != values[i] && (value == null || !value.equals(values[i]))) {
                return false;
            }
        }
        return true;
    }

    @Nullable
    Object[] carry(Event event) {
        return GroupBy.values(carried, event);
    }

    /** Whether the cell at this position of an accumulator holds the bits of a double. */
    boolean bits(int position) {
        for (int i = aggregates.length - 1; i >= 0; i--) {
            if (position >= offsets[i]) {
                return aggregates[i].bits(position - offsets[i]);
            }
        }
        return false;
    }

    /** The row an accumulator makes, in the order of {@link RollupColumns#stored}. */
    @Nullable
    Object[] row(
            @Nullable Object[] group,
            long[] cells,
            int row,
            @Nullable Object @Nullable [] carry,
            long startNumber,
            long sequence) {
        @Nullable Object[] values = new Object[2 + group.length + carried.length + aggregates.length + 2];
        int next = 0;
        values[next++] = cells[row + START];
        values[next++] = windows.endOf(cells[row + START]);
        System.arraycopy(group, 0, values, next, group.length);
        next += group.length;
        if (carry != null) {
            System.arraycopy(carry, 0, values, next, carry.length);
        }
        next += carried.length;
        for (int i = 0; i < aggregates.length; i++) {
            values[next++] = aggregates[i].result(cells, row + offsets[i]);
        }
        values[next++] = startNumber;
        values[next] = sequence;
        return values;
    }
}
