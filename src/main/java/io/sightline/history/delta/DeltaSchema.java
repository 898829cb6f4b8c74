package io.sightline.history.delta;

import io.delta.standalone.types.DataType;
import io.delta.standalone.types.StructField;
import io.delta.standalone.types.StructType;
import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.history.HistoryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a table as its log declares them. Columns are only ever added, as nullable ones at the end, so that every
 * earlier version and file stays readable. Immutable.
 */
final class DeltaSchema {
    /** The day of the event in UTC: what a table is partitioned by. In the log only, not in the files. */
    static final Column PARTITION = new Column("event_date", FieldType.DATE);

    private final List<Column> columns;

    /** @param columns those of the files, in order */
    DeltaSchema(List<Column> columns) {
        this.columns = new ArrayList<>(columns);
        this.columns.add(PARTITION);
    }

    /** That of a new table. */
    StructType declared() {
        return new StructType(columns.stream().map(DeltaSchema::field).toArray(StructField[]::new));
    }

    /**
     * Those of the table, and behind them the ones it lacks.
     *
     * @throws HistoryException if one of the table's does not fit
     */
    StructType addedTo(StructType table) {
        Map<String, StructField> present = new TreeMap<>();
        for (StructField field : table.getFields()) {
            present.put(field.getName().toLowerCase(Locale.ROOT), field);
        }
        StructType all = table;
        List<String> changes = new ArrayList<>();
        for (Column column : columns) {
            StructField there = present.get(column.name());
            if (there == null) {
                all = all.add(field(column));
            } else {
                String change = change(there, column);
                if (change != null) {
                    changes.add(change);
                }
            }
        }
        if (!changes.isEmpty()) {
            throw HistoryException.typeChanged(changes);
        }
        return all;
    }

    private static @Nullable String change(StructField there, Column column) {
        if (!there.getName().equals(column.name())) {
            return "`" + column.name() + "` is spelled `" + there.getName() + "` there";
        }
        String type = there.getDataType().getTypeName();
        if (!type.equals(column.type().deltaType())) {
            return "`" + column.name() + "` is " + type + " there and "
                    + column.type().deltaType() + " now";
        }
        return there.isNullable() ? null : "`" + column.name() + "` may not be null there";
    }

    private static StructField field(Column column) {
        // The public constructors leave no other way from a type's name to the type.
        return new StructField(
                column.name(), DataType.fromJson("\"" + column.type().deltaType() + "\""), true);
    }
}
