package io.sightline.pipeline;

import io.sightline.event.Column;
import io.sightline.history.EventRows;
import io.sightline.history.ProgressVector;
import io.sightline.history.delta.VersionFiles;
import io.sightline.rollup.Windows;
import io.sightline.spec.DeduplicateSpec;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupSpec;
import java.io.Serializable;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Rows of the history that are to become events again: those from a time on, and of them only the columns that are needed.
 *
 * @param files that may hold such rows
 * @param timeColumn the timestamp that decides
 * @param fromMicros the earliest that is wanted, microseconds since 1970
 * @param below only what came of records below it; null for all
 * @param columns what is needed besides event time, source time and origin
 */
record Recall(
        List<String> files,
        String timeColumn,
        long fromMicros,
        @Nullable ProgressVector below,
        Set<String> columns) implements Serializable {
    private static final String SOURCE_TIME = "source_time";

    Recall {
        files = List.copyOf(files);
        columns = Set.copyOf(columns);
    }

    /**
     * What a job needs that goes on behind a table, by {@link StartPlan}'s names; empty if the table is.
     *
     * @param next where reading goes on; the table may hold more
     * @param oldestUnreadMillis no record yet to be read has an earlier source time
     * @param nowMillis milliseconds since 1970
     */
    static Map<String, Recall> all(
            PipelineSpec spec, VersionFiles files, ProgressVector next, long oldestUnreadMillis, long nowMillis) {
        Map<String, Recall> recalls = new LinkedHashMap<>();
        if (files.isEmpty()) {
            return recalls;
        }
        long oldest = TimeUnit.MILLISECONDS.toMicros(oldestUnreadMillis);
        long remembered = oldest
                - TimeUnit.MILLISECONDS.toMicros(spec.deduplicate().horizon().toMillis());
        // Marks know the origin of what they stand for, so those of what is read again do no harm.
        recalls.put(StartPlan.MARKS, of(files, SOURCE_TIME, remembered, null, identifying(spec)));
        for (RollupSpec rollup : spec.rollups()) {
            Windows windows = Windows.of(rollup);
            long firstOpen = windows.startOf(windows.oldestOpenEnd(oldest) - windows.lengthMicros());
            recalls.put(
                    StartPlan.rollup(rollup),
                    of(files, spec.event().schema().timeField(), firstOpen, next, aggregated(rollup)));
        }
        // By the clock, not by what is unread: a hot window is as old as its reader's now.
        long kept = TimeUnit.MILLISECONDS.toMicros(
                nowMillis - spec.hotWindow().keep().toMillis());
        Set<String> everything = new HashSet<>();
        new EventRows(spec).columns().forEach(column -> everything.add(column.name()));
        recalls.put(StartPlan.HOT_WINDOW, of(files, SOURCE_TIME, kept, null, everything));
        return recalls;
    }

    private static Recall of(
            VersionFiles files,
            String timeColumn,
            long fromMicros,
            @Nullable ProgressVector below,
            Set<String> columns) {
        return new Recall(files.from(timeColumn, fromMicros), timeColumn, fromMicros, below, columns);
    }

    private static Set<String> identifying(PipelineSpec spec) {
        DeduplicateSpec deduplicate = spec.deduplicate();
        Set<String> columns = new HashSet<>(deduplicate.key());
        columns.addAll(deduplicate.otherwise());
        return columns;
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

    /** Whether this column is read. */
    boolean needs(Column column, PipelineSpec spec) {
        return columns.contains(column.name())
                || EventRows.isOfOrigin(column)
                || column.name().equals(spec.event().schema().timeField());
    }
}
