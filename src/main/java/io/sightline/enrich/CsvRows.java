package io.sightline.enrich;

import io.sightline.event.Column;
import io.sightline.event.FieldType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows out of a CSV file, whose first line names the columns. An empty cell is an empty text where the column is a
 * string, and no value where it is not.
 */
final class CsvRows {
    private final ReferenceLayout layout;
    private final ReferenceRows rows;

    CsvRows(ReferenceLayout layout, ReferenceRows rows) {
        this.layout = layout;
        this.rows = rows;
    }

    void read(String text) {
        CsvReader csv = new CsvReader(text);
        List<String> cells = new ArrayList<>();
        try {
            if (!csv.next(cells)) {
                rows.problem(1, "the file is empty; its first line names the columns");
                return;
            }
            int width = cells.size();
            int[] positions = positions(cells);
            if (positions.length == 0) {
                return;
            }
            while (csv.next(cells)) {
                if (isBlankLine(cells) && width > 1) {
                    continue;
                }
                if (cells.size() != width) {
                    rows.problem(
                            csv.recordLine(),
                            cells.size() + " cells, while the first line names " + width + " columns");
                    continue;
                }
                row(csv.recordLine(), cells, positions);
            }
        } catch (CsvReader.Malformed malformed) {
            rows.problem(malformed.line(), malformed.reason());
        }
    }

    /** Where the columns of the layout stand; empty, with the problem named, if one is missing or there twice. */
    private int[] positions(List<String> header) {
        List<Column> columns = layout.columns();
        int[] positions = new int[columns.size()];
        long problemsBefore = rows.problemCount();
        for (int i = 0; i < positions.length; i++) {
            String name = columns.get(i).name();
            positions[i] = header.indexOf(name);
            if (positions[i] < 0) {
                rows.problem(1, name, null, "a column of this name; the file has: " + String.join(", ", header));
            } else if (header.lastIndexOf(name) != positions[i]) {
                rows.problem(1, name, null, "one column of this name; the file has several");
            }
        }
        return rows.problemCount() == problemsBefore ? positions : new int[0];
    }

    private void row(long line, List<String> cells, int[] positions) {
        long problemsBefore = rows.problemCount();
        Object key = value(line, layout.key(), cells.get(positions[0]));
        if (key == null && rows.problemCount() == problemsBefore) {
            rows.problem(
                    line,
                    layout.key().name(),
                    "",
                    "a key, which is " + ReferenceValues.accepted(layout.key().type()));
        }
        @Nullable Object[] values = new Object[positions.length - 1];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(line, layout.added().get(i), cells.get(positions[i + 1]));
        }
        if (key != null && rows.problemCount() == problemsBefore) {
            rows.add(line, key, values);
        }
    }

    private @Nullable Object value(long line, Column column, String cell) {
        if (cell.isEmpty() && column.type() != FieldType.STRING) {
            return null;
        }
        Object value = ReferenceValues.ofText(column.type(), cell);
        if (value == null) {
            rows.problem(line, column.name(), cell, ReferenceValues.accepted(column.type()));
        }
        return value;
    }

    private static boolean isBlankLine(List<String> cells) {
        return cells.size() == 1 && cells.get(0).isEmpty();
    }
}
