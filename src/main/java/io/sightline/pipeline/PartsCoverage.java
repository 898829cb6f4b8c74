package io.sightline.pipeline;

import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.history.delta.VersionFiles;
import io.sightline.history.jet.HistoryTable;
import io.sightline.rollup.PartialRows;
import io.sightline.rollup.RollupColumns;
import io.sightline.rollup.Windows;
import io.sightline.spec.RollupSpec;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * From which window on the parts of a rollup in its history are all there, and by one definition. Stands in the table's
 * properties, because a table that was begun later than that of the events, or whose rollup was changed, does not show it.
 *
 * @param definition {@link PartialRows#definition}
 * @param fromMicros the start of the first such window, microseconds since 1970
 */
record PartsCoverage(String definition, long fromMicros) {
    private static final String PROPERTY = "sightline.parts";
    private static final long NOWHERE = Long.MAX_VALUE;

    /**
     * That of the rollup as it is now.
     *
     * @param events what the table of the events holds at this moment
     */
    static PartsCoverage of(HistoryTable table, RollupSpec rollup, VersionFiles events) throws IOException {
        String definition = new PartialRows(rollup, table.spec()).definition();
        PartsCoverage present = parse(table.log().property(PROPERTY));
        return present != null && present.definition.equals(definition)
                ? present
                : new PartsCoverage(definition, firstAfter(table, rollup, events));
    }

    /** The first window that no event is in yet, and no part of another definition. */
    private static long firstAfter(HistoryTable table, RollupSpec rollup, VersionFiles events) throws IOException {
        Column time = timestamp(table.spec().event().schema().timeField());
        return Math.max(
                firstAfter(rollup, events, time),
                firstAfter(rollup, table.log().files(), timestamp(RollupColumns.WINDOW_START)));
    }

    private static long firstAfter(RollupSpec rollup, VersionFiles files, Column time) {
        if (files.isEmpty()) {
            return Long.MIN_VALUE;
        }
        OptionalLong greatest = files.greatest(time);
        Windows windows = Windows.of(rollup);
        return greatest.isPresent() ? windows.endOf(windows.startOf(greatest.getAsLong())) : NOWHERE;
    }

    private static Column timestamp(String name) {
        return new Column(name, FieldType.TIMESTAMP);
    }

    private static @Nullable PartsCoverage parse(@Nullable String text) {
        if (text == null) {
            return null;
        }
        int at = text.indexOf('@');
        try {
            return at < 0 ? null : new PartsCoverage(text.substring(0, at), Long.parseLong(text.substring(at + 1)));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    Map<String, String> asProperties() {
        return Map.of(PROPERTY, definition + "@" + fromMicros);
    }
}
