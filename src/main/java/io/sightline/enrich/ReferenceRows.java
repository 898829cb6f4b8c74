package io.sightline.enrich;

import io.sightline.event.Column;
import io.sightline.event.FieldType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a reference while its files are read: takes one row after the other, and refuses a key twice. Used by one
 * reading of all files.
 */
final class ReferenceRows {
    private static final int LINE_BITS = 40;

    private final ReferenceLayout layout;
    private final int maxRows;
    private final ReferenceProblems problems;
    private final Map<Object, @Nullable Object[]> rows = new HashMap<>();
    /** Where each key was first seen: the file's position in {@link #files} and the line, packed. */
    private final Map<Object, Long> firstSeen = new HashMap<>();

    private final List<String> files = new ArrayList<>();

    ReferenceRows(ReferenceLayout layout, int maxRows, ReferenceProblems problems) {
        this.layout = layout;
        this.maxRows = maxRows;
        this.problems = problems;
    }

    /** What follows is from this file. */
    void startFile(String name) {
        files.add(name);
    }

    void add(long line, Object key, @Nullable Object[] values) {
        Long here = ((long) (files.size() - 1) << LINE_BITS) | line;
        Long before = firstSeen.putIfAbsent(key, here);
        if (before != null) {
            String file = files.get((int) (before >>> LINE_BITS));
            problem(
                    line,
                    layout.key().name(),
                    shown(layout.key(), key),
                    "each key once; it stands in " + file + ":" + (before & ((1L << LINE_BITS) - 1)) + " too");
            return;
        }
        rows.put(key, values);
        if (rows.size() > maxRows) {
            throw ReferenceException.unusable(
                    layout.reference(),
                    "it has more than " + maxRows + " rows, which is the most a reference may have");
        }
    }

    /** One value of the row at this line is not accepted. */
    void problem(long line, String column, @Nullable String value, String accepted) {
        problems.add(file(), line, column, value, accepted);
    }

    /** The row at this line is not accepted as a whole. */
    void problem(long line, String what) {
        problems.addRow(file(), line, what);
    }

    long problemCount() {
        return problems.total();
    }

    Map<Object, @Nullable Object[]> rows() {
        return rows;
    }

    private String file() {
        return files.get(files.size() - 1);
    }

    private static String shown(Column column, Object value) {
        return column.type() == FieldType.TIMESTAMP ? value + " microseconds since 1970" : value.toString();
    }
}
