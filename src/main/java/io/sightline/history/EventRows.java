package io.sightline.history;

import io.sightline.event.Column;
import io.sightline.event.Event;
import io.sightline.event.FieldType;
import io.sightline.spec.PipelineSpec;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Enriched events as rows, in the hot window and in the history alike: the event's columns, those of enrichment,
 * {@code extra}, source time and origin.
 */
public final class EventRows {
    private static final List<Column> BEHIND = List.of(
            new Column("extra", FieldType.STRING),
            new Column("source_time", FieldType.TIMESTAMP),
            new Column("topic_partition", FieldType.INT),
            new Column("record_offset", FieldType.LONG),
            new Column("record_index", FieldType.INT));
    private static final long MICROS_PER_DAY = TimeUnit.DAYS.toMicros(1);

    private final List<Column> columns;
    private final int eventColumns;
    private final int addedColumns;

    public EventRows(PipelineSpec spec) {
        this.eventColumns = spec.event().schema().size();
        this.addedColumns = spec.addedColumns().size();
        List<Column> all = new ArrayList<>(spec.enrichedColumns());
        all.addAll(BEHIND);
        this.columns = List.copyOf(all);
    }

    public List<Column> columns() {
        return columns;
    }

    /** The day of the event in UTC. */
    public static LocalDate date(Event event) {
        return LocalDate.ofEpochDay(Math.floorDiv(event.eventTimeMicros(), MICROS_PER_DAY));
    }

    /** One value a column, in column order. */
    public @Nullable Object[] row(Event event) {
        @Nullable Object[] values = Arrays.copyOf(event.values(), columns.size());
        System.arraycopy(event.added(), 0, values, eventColumns, addedColumns);
        int next = eventColumns + addedColumns;
        values[next++] = event.extra();
        values[next++] = TimeUnit.MILLISECONDS.toMicros(event.sourceTimeMillis());
        values[next++] = event.topicPartition();
        values[next++] = event.offset();
        values[next] = event.index();
        return values;
    }
}
