package io.sightline.grid;

import io.sightline.event.Column;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A map that SQL reads: its mapping, and the view under which people see it.
 *
 * @param map the map, and the mapping of the same name
 * @param key the format of its keys
 * @param compactType the Compact type of its values
 * @param columns the columns of the values, all of them
 * @param view the name people use
 * @param visible the columns people see, in order
 */
public record Relation(
        String map, KeyFormat key, String compactType, List<Column> columns, String view, List<String> visible) {

    /** A relation whose view shows every column. */
    public static Relation of(String map, KeyFormat key, String compactType, List<Column> columns, String view) {
        return new Relation(
                map,
                key,
                compactType,
                columns,
                view,
                columns.stream().map(Column::name).toList());
    }

    /**
     * The format of a mapping's keys; keys are no columns of their own.
     *
     * @param options the mapping's options for it
     */
    public record KeyFormat(String options) {
        /** Keys of a simple SQL type: {@code varchar}, {@code integer}, {@code bigint}. */
        public static KeyFormat simple(String format) {
            return new KeyFormat("'keyFormat' = '" + format + "'");
        }

        /** Keys of a class of ours. */
        public static KeyFormat ofClass(Class<?> type) {
            return new KeyFormat("'keyFormat' = 'java', 'keyJavaClass' = '" + type.getName() + "'");
        }
    }

    String createMapping() {
        String columnList = columns.stream()
                .map(column -> quoted(column.name()) + " " + column.type().sqlType())
                .collect(Collectors.joining(",\n  "));
        return """
                CREATE OR REPLACE EXTERNAL MAPPING %s EXTERNAL NAME %s (
                  %s
                )
                TYPE IMap
                OPTIONS (%s, 'valueFormat' = 'compact', 'valueCompactTypeName' = '%s')""".formatted(quoted(map), quoted(map), columnList, key.options(), compactType);
    }

    String createView() {
        String columnList = visible.stream().map(Relation::quoted).collect(Collectors.joining(",\n  "));
        return "CREATE OR REPLACE VIEW %s AS\nSELECT\n  %s\nFROM %s".formatted(quoted(view), columnList, quoted(map));
    }

    static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
