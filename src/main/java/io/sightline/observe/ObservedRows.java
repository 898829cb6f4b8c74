package io.sightline.observe;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a status relation says, read as a whole.
 *
 * @param columns their names
 * @param rows a value a column
 */
public record ObservedRows(List<String> columns, List<@Nullable Object[]> rows) {
    /** Of a relation that is not there, or may not be read. */
    public static final ObservedRows NONE = new ObservedRows(List.of(), List.of());

    /** A row, by the names of its columns. */
    public interface Row {
        /** The value; null also where there is no such column. */
        @Nullable
        Object get(String column);

        default String text(String column) {
            return String.valueOf(get(column));
        }
    }

    public void forEach(Consumer<Row> action) {
        for (@Nullable Object[] row : rows) {
            action.accept(column -> {
                int place = columns.indexOf(column);
                return place < 0 ? null : row[place];
            });
        }
    }
}
