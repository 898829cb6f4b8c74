package io.sightline.gateway;

import org.jspecify.annotations.Nullable;

/**
 * A statement that is not run, or fails while it runs. Every text is for the person who wrote the statement; none names
 * what the person may not see.
 */
public final class StatementException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String sqlState;
    private final @Nullable Position position;
    private final @Nullable String hint;

    /** A place in the text of a statement, line and column from 1. */
    public record Position(int line, int column) implements java.io.Serializable {}

    /**
     * @param sqlState one of {@link SqlState}
     * @param message what is wrong; lowercase, no full stop
     * @param position where; null if it has no place
     * @param hint what to do; null if there is nothing to add
     */
    public StatementException(String sqlState, String message, @Nullable Position position, @Nullable String hint) {
        super(message);
        this.sqlState = sqlState;
        this.position = position;
        this.hint = hint;
    }

    public StatementException(String sqlState, String message) {
        this(sqlState, message, null, null);
    }

    /** Five characters, as in {@link SqlState}. */
    public String sqlState() {
        return sqlState;
    }

    /** What is wrong. */
    public String message() {
        return String.valueOf(getMessage());
    }

    public @Nullable Position position() {
        return position;
    }

    public @Nullable String hint() {
        return hint;
    }
}
