package io.sightline.rollup;

import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.spec.RollupSpec;
import io.sightline.spec.RollupSpec.Measure;
import java.util.ArrayList;
import java.util.List;

/**
 * The columns of a rollup's rows.
 *
 * @param stored all, in the order of a stored row: {@code window_start}, {@code window_end}, the group, what is carried,
 *     the measures, and the row's version
 * @param visible those that people see: all but the version
 */
public record RollupColumns(List<Column> stored, List<Column> visible) {
    public static final String WINDOW_START = "window_start";
    public static final String WINDOW_END = "window_end";

    /** With {@link #SEQUENCE} the version of a row: the number of the job's execution that wrote it. */
    public static final String START_NUMBER = "start_number";

    /** Counts the writes of one processor in one execution. */
    public static final String SEQUENCE = "sequence";

    public RollupColumns {
        stored = List.copyOf(stored);
        visible = List.copyOf(visible);
    }

    /**
     * The columns of this rollup's rows.
     *
     * @param enriched the columns of an enriched event
     * @throws IllegalArgumentException if the rollup names a column that is not there, or one that cannot be aggregated
     */
    public static RollupColumns of(RollupSpec rollup, List<Column> enriched) {
        List<Column> columns = new ArrayList<>();
        columns.add(new Column(WINDOW_START, FieldType.TIMESTAMP));
        columns.add(new Column(WINDOW_END, FieldType.TIMESTAMP));
        rollup.by().forEach(name -> columns.add(column(name, enriched)));
        rollup.carry().forEach(name -> columns.add(column(name, enriched)));
        rollup.measures().forEach(measure -> columns.add(new Column(measure.name(), typeOf(measure, enriched))));
        List<Column> visible = List.copyOf(columns);
        columns.add(new Column(START_NUMBER, FieldType.LONG));
        columns.add(new Column(SEQUENCE, FieldType.LONG));
        return new RollupColumns(columns, visible);
    }

    private static FieldType typeOf(Measure measure, List<Column> enriched) {
        return aggregate(measure, enriched).type();
    }

    static Aggregate aggregate(Measure measure, List<Column> enriched) {
        String field = measure.field();
        return Aggregate.of(
                measure, field == null ? null : column(field, enriched).type());
    }

    static Column column(String name, List<Column> enriched) {
        return enriched.stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such column: " + name));
    }
}
