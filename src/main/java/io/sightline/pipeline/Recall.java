package io.sightline.pipeline;

import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.history.EventRows;
import io.sightline.history.ProgressVector;
import io.sightline.history.delta.VersionFiles;
import io.sightline.history.jet.HistoryTable;
import io.sightline.rollup.RollupColumns;
import io.sightline.rollup.Windows;
import io.sightline.spec.DeduplicateSpec;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupSpec;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Rows of the history that are to become again what they were made of: those of a span of time, and of them only the columns
 * that are needed.
 *
 * @param files that may hold such rows
 * @param timeColumn the timestamp that decides
 * @param fromMicros the earliest that is wanted, microseconds since 1970
 * @param beforeMicros the earliest after it that is not
 * @param below only what came of records below it; null for all
 * @param columns what is needed of events besides event time, source time and origin
 */
record Recall(
        HistoryTable table,
        List<String> files,
        String timeColumn,
        long fromMicros,
        long beforeMicros,
        @Nullable ProgressVector below,
        Set<String> columns)
        implements Serializable {
    private static final String SOURCE_TIME = "source_time";
    private static final long ALL = Long.MAX_VALUE;

    Recall {
        files = List.copyOf(files);
        columns = Set.copyOf(columns);
    }

    /** What identifies the events whose copies may still come. */
    static Recall marks(PipelineSpec spec, VersionFiles events, long oldestUnreadMicros) {
        DeduplicateSpec deduplicate = spec.deduplicate();
        Set<String> columns = new HashSet<>(deduplicate.key());
        columns.addAll(deduplicate.otherwise());
        long from = oldestUnreadMicros - micros(deduplicate.horizon().toMillis());
        // Marks know the origin of what they stand for, so those of what is read again do no harm.
        return events(spec, events, SOURCE_TIME, from, null, columns);
    }

    /** The events of a rollup's windows that are not closed. */
    static Recall open(
            PipelineSpec spec, RollupSpec rollup, VersionFiles events, ProgressVector next, long oldestUnreadMicros) {
        String time = spec.event().schema().timeField();
        return events(spec, events, time, firstOpen(rollup, oldestUnreadMicros), next, aggregated(rollup));
    }

    /** The events of the hot window: by the clock and not by what is unread, since it is as old as its reader's now. */
    static Recall hotWindow(PipelineSpec spec, VersionFiles events, long nowMillis) {
        Set<String> everything = new HashSet<>();
        new EventRows(spec).columns().forEach(column -> everything.add(column.name()));
        long from = micros(nowMillis - spec.hotWindow().keep().toMillis());
        return events(spec, events, SOURCE_TIME, from, null, everything);
    }

    /** The events of a rollup whose records are below a vector, read where one of them may be at or above another. */
    static Recall between(
            PipelineSpec spec, RollupSpec rollup, VersionFiles events, ProgressVector from, ProgressVector to) {
        long least = to.asMap().entrySet().stream()
                .filter(next -> next.getValue() > from.next(next.getKey()))
                .mapToLong(next -> from.next(next.getKey()))
                .min()
                .orElse(Long.MAX_VALUE);
        return new Recall(
                HistoryTable.ofEvents(spec),
                events.from(new Column("record_offset", FieldType.LONG), least),
                SOURCE_TIME,
                Long.MIN_VALUE,
                ALL,
                to,
                aggregated(rollup));
    }

    /** The parts of a rollup's windows from one start up to, but without, another. */
    static Recall parts(HistoryTable table, VersionFiles files, long fromMicros, long beforeMicros) {
        List<String> reached = files.from(timestamp(RollupColumns.WINDOW_START), fromMicros);
        return new Recall(table, reached, RollupColumns.WINDOW_START, fromMicros, beforeMicros, null, Set.of());
    }

    /** The newest dead letters, about so many of them, of records that are not read again. */
    static Recall deadLetters(HistoryTable table, VersionFiles files, ProgressVector next, long rows)
            throws IOException {
        List<String> newest = files.newest(timestamp(SOURCE_TIME), rows);
        return new Recall(table, newest, SOURCE_TIME, Long.MIN_VALUE, ALL, next, Set.of());
    }

    /** All dead letters, the oldest files first. */
    static Recall deadLetters(HistoryTable table, VersionFiles files) throws IOException {
        List<String> oldestFirst = new ArrayList<>(files.newest(timestamp(SOURCE_TIME), Long.MAX_VALUE));
        Collections.reverse(oldestFirst);
        return new Recall(table, oldestFirst, SOURCE_TIME, Long.MIN_VALUE, ALL, null, Set.of());
    }

    private static Recall events(
            PipelineSpec spec,
            VersionFiles files,
            String timeColumn,
            long fromMicros,
            @Nullable ProgressVector below,
            Set<String> columns) {
        List<String> reached = files.from(timestamp(timeColumn), fromMicros);
        return new Recall(HistoryTable.ofEvents(spec), reached, timeColumn, fromMicros, ALL, below, columns);
    }

    /** The start of the rollup's first window that still takes events. */
    static long firstOpen(RollupSpec rollup, long oldestUnreadMicros) {
        Windows windows = Windows.of(rollup);
        return windows.startOf(windows.oldestOpenEnd(oldestUnreadMicros) - windows.lengthMicros());
    }

    private static Column timestamp(String name) {
        return new Column(name, FieldType.TIMESTAMP);
    }

    private static long micros(long millis) {
        return TimeUnit.MILLISECONDS.toMicros(millis);
    }

    private static Set<String> aggregated(RollupSpec rollup) {
        Set<String> columns = new HashSet<>(rollup.by());
        columns.addAll(rollup.carry());
        for (RollupSpec.Measure measure : rollup.measures()) {
            String field = measure.field();
            if (field != null) {
                columns.add(field);
            }
        }
        return columns;
    }

    /** Whether this column of an event is read. */
    boolean needs(Column column) {
        return columns.contains(column.name())
                || EventRows.isOfOrigin(column)
                || column.name().equals(table.spec().event().schema().timeField());
    }
}
