package io.sightline.history.delta;

import io.delta.standalone.actions.AddFile;
import io.sightline.event.Column;
import io.sightline.history.RowCondition;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows that meet all of some conditions, and which files may hold such rows. */
record RowSelection(List<RowCondition> conditions) {
    RowSelection {
        conditions = List.copyOf(conditions);
    }

    /** Whether the file's day and bounds let it hold such a row. */
    boolean mayBeIn(AddFile file) {
        FileBounds bounds = FileBounds.of(file);
        return conditions.stream().allMatch(condition -> mayBeIn(file, bounds, condition));
    }

    private static boolean mayBeIn(AddFile file, FileBounds bounds, RowCondition condition) {
        if (condition.column().equals(DeltaSchema.PARTITION)) {
            return condition.isMetBy(day(file));
        }
        return condition.canBeMetWithin(bounds.least(condition.column()), bounds.greatest(condition.column()));
    }

    /**
     * Whether a row of a file is one of them.
     *
     * @param row one value a column; that of {@link DeltaSchema#PARTITION} may be missing, for files have no such column
     * @param day that of the file
     */
    boolean holds(@Nullable Object[] row, List<Column> columns, @Nullable LocalDate day) {
        for (RowCondition condition : conditions) {
            boolean ofDay = condition.column().equals(DeltaSchema.PARTITION);
            if (!condition.isMetBy(ofDay ? day : row[columns.indexOf(condition.column())])) {
                return false;
            }
        }
        return true;
    }

    /** Null for rows of other programs that have no date. */
    static @Nullable LocalDate day(AddFile file) {
        String date = file.getPartitionValues().get(DeltaSchema.PARTITION.name());
        return date == null ? null : LocalDate.parse(date);
    }
}
