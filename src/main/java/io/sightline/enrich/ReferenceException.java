package io.sightline.enrich;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A reference's files cannot be used. Nothing of them was taken: an older version, if there is one, stays in force. The
 * message says it all: what is wrong, where, and what would be accepted; there is no stack trace.
 */
public final class ReferenceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** How many problems a message names; the others it counts. */
    static final int NAMED = 20;

    private ReferenceException(String message) {
        super(message, null, false, false);
    }

    /** The files as a whole cannot be read. */
    static ReferenceException unusable(String reference, String what) {
        return new ReferenceException("reference " + reference + " refused: " + what);
    }

    /** Rows are at fault: the first {@link #NAMED} of them, of {@code total}. */
    static ReferenceException faultyRows(String reference, String from, List<Problem> named, long total) {
        StringBuilder message = new StringBuilder("reference ")
                .append(reference)
                .append(" refused: ")
                .append(total)
                .append(total == 1 ? " problem in " : " problems in ")
                .append(from);
        named.forEach(problem -> message.append("\n  ").append(problem));
        if (total > named.size()) {
            message.append("\n  and ").append(total - named.size()).append(" more");
        }
        return new ReferenceException(message.toString());
    }

    /**
     * One thing wrong in one row.
     *
     * @param file the file's name
     * @param line the line on which the row begins, from 1
     * @param column the column at fault; null where it is the row
     * @param value what stands there; null where there is nothing to show
     * @param accepted what would be accepted, or what is wrong with the row
     */
    record Problem(
            String file,
            long line,
            @Nullable String column,
            @Nullable String value,
            String accepted) {
        private static final int SHOWN_LENGTH = 40;

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(file).append(':').append(line);
            if (column != null) {
                text.append(' ').append(column);
            }
            if (value != null) {
                text.append(' ').append(shown(value));
            }
            return text.append(column == null ? ": " : ", accepted: ")
                    .append(accepted)
                    .toString();
        }

        private static String shown(String value) {
            StringBuilder text = new StringBuilder("\"");
            value.codePoints()
                    .limit(SHOWN_LENGTH)
                    .forEach(c -> text.appendCodePoint(Character.isISOControl(c) ? '\uFFFD' : c));
            if (value.codePointCount(0, value.length()) > SHOWN_LENGTH) {
                text.append('\u2026');
            }
            return text.append('"').toString();
        }
    }
}
