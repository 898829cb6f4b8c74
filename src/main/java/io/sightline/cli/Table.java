package io.sightline.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows for people and for scripts: a table of text, or one JSON object. */
final class Table {
    private static final int WIDEST_CELL = 60;

    private Table() {}

    /** Columns under their names, numbers to the right; cells are cut at {@value #WIDEST_CELL} characters. */
    static String text(List<String> columns, List<? extends List<? extends @Nullable Object>> rows) {
        List<List<String>> cells = new ArrayList<>();
        int[] widths = columns.stream().mapToInt(String::length).toArray();
        for (List<? extends @Nullable Object> row : rows) {
            List<String> line = new ArrayList<>();
            for (int i = 0; i < columns.size(); i++) {
                String cell = cell(row.get(i));
                widths[i] = Math.max(widths[i], cell.length());
                line.add(cell);
            }
            cells.add(line);
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            append(text, columns.get(i), widths[i], false, i == 0);
        }
        text.append('\n');
        for (int i = 0; i < widths.length; i++) {
            append(text, "-".repeat(widths[i]), widths[i], false, i == 0);
        }
        text.append('\n');
        for (int r = 0; r < cells.size(); r++) {
            for (int i = 0; i < widths.length; i++) {
                append(text, cells.get(r).get(i), widths[i], rows.get(r).get(i) instanceof Number, i == 0);
            }
            text.append('\n');
        }
        text.append(rows.size()).append(rows.size() == 1 ? " row" : " rows").append('\n');
        return text.toString();
    }

    private static void append(StringBuilder text, String cell, int width, boolean right, boolean first) {
        String padding = " ".repeat(width - cell.length());
        text.append(first ? "" : "  ").append(right ? padding + cell : cell + padding);
    }

    private static String cell(@Nullable Object value) {
        String text = Json.text(value).replaceAll("\\p{Cntrl}", " ");
        return text.length() <= WIDEST_CELL ? text : text.substring(0, WIDEST_CELL - 1) + "…";
    }

    /** {@code {"rows": [{column: value, ...}, ...]}}. */
    static String json(List<String> columns, List<? extends List<? extends @Nullable Object>> rows) {
        List<Map<String, @Nullable Object>> objects = new ArrayList<>();
        for (List<? extends @Nullable Object> row : rows) {
            Map<String, @Nullable Object> object = new LinkedHashMap<>();
            for (int i = 0; i < columns.size(); i++) {
                object.put(columns.get(i), row.get(i));
            }
            objects.add(object);
        }
        return Json.object(Map.of("rows", objects));
    }
}
