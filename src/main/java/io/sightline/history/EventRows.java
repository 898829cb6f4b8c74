package io.sightline.history;

import static java.util.Objects.requireNonNull;

import io.sightline.event.Column;
import io.sightline.event.Event;
import io.sightline.event.FieldType;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
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
public final class EventRows implements HistoryRows<Event> {
    private static final Column EXTRA = new Column("extra", FieldType.STRING);
    private static final List<Column> ORIGIN = List.of(
            new Column("source_time", FieldType.TIMESTAMP),
            new Column("topic_partition", FieldType.INT),
            new Column("record_offset", FieldType.LONG),
            new Column("record_index", FieldType.INT));
    private static final long MICROS_PER_DAY = TimeUnit.DAYS.toMicros(1);

    private final List<Column> columns;
    private final int eventColumns;
    private final int addedColumns;
    private final int timeColumn;

    public EventRows(PipelineSpec spec) {
        this.eventColumns = spec.event().schema().size();
        this.timeColumn = spec.event().schema().indexOf(spec.event().schema().timeField());
        this.addedColumns = spec.addedColumns().size();
        List<Column> all = new ArrayList<>(spec.enrichedColumns());
        all.add(EXTRA);
        all.addAll(ORIGIN);
        this.columns = List.copyOf(all);
    }

    /** Whether a column says when and where an event was read. */
    public static boolean isOfOrigin(Column column) {
        return ORIGIN.contains(column);
    }

    public List<Column> columns() {
        return columns;
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
        out.row(date(event.eventTimeMicros()), row(event));
    }

    /** The day, in UTC, of a time in microseconds since 1970: the table partition of a row. */
    public static LocalDate date(long micros) {
        return LocalDate.ofEpochDay(Math.floorDiv(micros, MICROS_PER_DAY));
    }

    /** The event that {@link #row} made this row of, given what identifies it. */
    public Event event(@Nullable Object[] row, long idHigh, long idLow) {
        int next = eventColumns + addedColumns;
        return new Event(
                (Integer) requireNonNull(row[next + 2]),
                (Long) requireNonNull(row[next + 3]),
                (Integer) requireNonNull(row[next + 4]),
                TimeUnit.MICROSECONDS.toMillis((Long) requireNonNull(row[next + 1])),
                (Long) requireNonNull(row[timeColumn]),
                idHigh,
                idLow,
                Arrays.copyOf(row, eventColumns),
                (String) row[next],
                Arrays.copyOfRange(row, eventColumns, next));
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
