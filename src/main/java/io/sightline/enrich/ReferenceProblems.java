package io.sightline.enrich;

import io.sightline.enrich.ReferenceException.Problem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The problems found in a reference's files so far: the first few by name, all by number. Used while reading once. */
final class ReferenceProblems {
    private final List<Problem> named = new ArrayList<>();
    private long total;

    void add(String file, long line, @Nullable String column, @Nullable String value, String accepted) {
        total++;
        if (named.size() < ReferenceException.NAMED) {
            named.add(new Problem(file, line, column, value, accepted));
        }
    }

    /** A problem with a row, or a line, as a whole. */
    void addRow(String file, long line, String what) {
        add(file, line, null, null, what);
    }

    long total() {
        return total;
    }

    void throwIfAny(String reference, String from) {
        if (total > 0) {
            throw ReferenceException.faultyRows(reference, from, named, total);
        }
    }
}
