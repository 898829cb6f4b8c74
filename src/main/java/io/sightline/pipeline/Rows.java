package io.sightline.pipeline;

import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.event.imap.CompactRows;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows read back from a map, sorted.
 *
 * @param columns what the values are
 * @param values one array a row, one value a column
 */
public record Rows(List<Column> columns, List<@Nullable Object[]> values) {

    /** Orders rows by these columns, the first deciding; nulls first. */
    static Comparator<@Nullable Object[]> by(List<Column> columns, List<String> order) {
        int[] positions = order.stream()
                .mapToInt(name -> columns.stream().map(Column::name).toList().indexOf(name))
                .toArray();
        return (left, right) -> {
            for (int position : positions) {
                int compared = compare(left[position], right[position]);
                if (compared != 0) {
                    return compared;
                }
            }
            return 0;
        };
    }

    @SuppressWarnings("unchecked")
    private static int compare(@Nullable Object left, @Nullable Object right) {
        if (left == null || right == null) {
            return left == right ? 0 : left == null ? -1 : 1;
        }
        return ((Comparable<Object>) left).compareTo(right);
    }

    /** A value as people see it: a timestamp as a date and time, not as microseconds. */
    public static @Nullable Object forPeople(Column column, @Nullable Object value) {
        return column.type() == FieldType.TIMESTAMP && value != null ? CompactRows.toDateTime((Long) value) : value;
    }
}
