package io.sightline.spec;

import static io.sightline.spec.PipelineFormat.*;

import io.sightline.event.FieldType;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rules that tie several places of a pipeline file together: names are distinct, references lead somewhere, types
 * fit, times are in proportion. Comes after {@link ShapeCheck} and is silent about what that has reported.
 */
final class CrossCheck {
    private static final String SOURCE_TIME = "source_time";
    private static final Set<FieldType> NUMERIC = EnumSet.of(FieldType.INT, FieldType.LONG, FieldType.DOUBLE);

    private final Place file;
    private final Problems problems;
    private final ColumnCatalog columns;

    private CrossCheck(Place file, Problems problems) {
        this.file = file;
        this.problems = problems;
        this.columns = new ColumnCatalog(file, problems);
    }

    static void check(Place file, Problems problems) {
        CrossCheck check = new CrossCheck(file, problems);
        check.relationsAreDistinct();
        SourceRules.check(file.at(SOURCE_KEY), problems);
        StorageRules.check(file, problems);
        check.numbersHaveAHistory();
        check.eventTimeIsARequiredTimestamp();
        check.deduplicationUsesFields();
        file.at(ENRICH).items().forEach(reference -> check.columns.field(reference.at(JOIN_KEY)));
        file.at(HOT_WINDOW).at(INDEX).items().forEach(check::indexUsesColumns);
        file.at(ROLLUPS).items().forEach(check::rollupFits);
    }

    private void numbersHaveAHistory() {
        Place from = file.at(SOURCE_KEY).at(PARTITIONS_FROM);
        String text = from.text();
        if (text != null && text.matches("[1-9][0-9]{0,4}") && file.at(HISTORY).isAbsent()) {
            problems.add(from, text, "of use only for a table that goes on", "0, or a section `history`", null);
        }
    }

    private void relationsAreDistinct() {
        Map<String, Integer> lines = new HashMap<>();
        relationIsNew(file.at(PIPELINE), lines);
        file.at(ENRICH).items().forEach(reference -> relationIsNew(reference.at(REFERENCE), lines));
        file.at(ROLLUPS).items().forEach(rollup -> relationIsNew(rollup.at(ROLLUP_NAME), lines));
    }

    private void relationIsNew(Place name, Map<String, Integer> lines) {
        String text = name.text();
        Integer first = text == null ? null : lines.putIfAbsent(text, name.line());
        if (first != null) {
            problems.add(
                    name,
                    text,
                    "a name given already on line " + first,
                    "distinct names for the pipeline, its references and its rollups",
                    null);
        }
    }

    private void eventTimeIsARequiredTimestamp() {
        Place time = file.at(EVENT_KEY).at(TIME);
        String field = columns.field(time);
        if (field == null) {
            return;
        }
        FieldType type = columns.type(field);
        if (type != null && type != FieldType.TIMESTAMP) {
            problems.add(time, field, "a field of type " + type.yamlName(), "a field of type timestamp", null);
        } else if (type != null && !columns.required(field)) {
            problems.add(
                    time,
                    field,
                    "a field that is not required",
                    "a required field",
                    "write `" + field + ": {type: timestamp, required: true}`");
        }
    }

    private void deduplicationUsesFields() {
        Place deduplicate = file.at(DEDUPLICATE_KEY);
        deduplicate.at(KEY).items().forEach(columns::field);
        deduplicate.at(OTHERWISE).items().forEach(columns::field);
    }

    private void indexUsesColumns(Place index) {
        for (Place column : index.items()) {
            if (!SOURCE_TIME.equals(column.text())) {
                columns.column(column);
            }
        }
    }

    private void rollupFits(Place rollup) {
        List<String> by = rollup.at(BY).texts();
        rollup.at(BY).items().forEach(columns::column);
        for (Place carried : rollup.at(CARRY).items()) {
            String column = columns.column(carried);
            if (column != null && by.contains(column)) {
                problems.add(carried, column, "a column that is in `by` already", "each column once", null);
            }
        }
        Set<String> others = new HashSet<>(by);
        others.addAll(rollup.at(CARRY).texts());
        for (Place.Named measure : rollup.at(MEASURES).entries()) {
            if (others.contains(measure.name())) {
                problems.add(
                        measure.place(),
                        measure.name(),
                        "names a column of this rollup that is there already",
                        "a name that is not in `by` or `carry`",
                        null);
            }
            measureFits(measure.place());
        }
        timesAreInProportion(rollup);
    }

    private void measureFits(Place measure) {
        String text = measure.text();
        String name = text == null || !text.contains(" ") ? null : text.substring(text.lastIndexOf(' ') + 1);
        String column = name == null ? null : columns.column(measure, name);
        FieldType type = column == null ? null : columns.type(column);
        if (type != null && !NUMERIC.contains(type)) {
            problems.add(
                    measure,
                    text,
                    "takes a column of type " + type.yamlName(),
                    "a column of type int, long or double",
                    null);
        }
    }

    private void timesAreInProportion(Place rollup) {
        Place keep = rollup.at(ROLLUP_KEEP);
        atMost(rollup.at(WINDOW), keep, "rows would be gone before their window is complete");
        atMost(rollup.at(CORRECT_FOR), keep, "corrections would find no row any more");
    }

    /** Reported at {@code longer}, because that is the one to raise. */
    private void atMost(Place shorter, Place longer, String because) {
        Duration least = shorter.duration();
        Duration given = longer.duration();
        if (least != null && given != null && least.compareTo(given) > 0) {
            String name = shorter.path().substring(shorter.path().lastIndexOf('.') + 1);
            problems.add(
                    longer,
                    longer.text(),
                    "shorter than `" + name + "`",
                    "at least " + DurationText.of(least),
                    because);
        }
    }
}
