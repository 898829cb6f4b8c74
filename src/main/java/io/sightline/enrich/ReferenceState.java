package io.sightline.enrich;

import org.jspecify.annotations.Nullable;

/**
 * How one reference of a pipeline is doing, as an operator sees it.
 *
 * @param number the number of the version in force; 0 while there is none
 * @param contentHash what that version was read from; empty while there is none
 * @param rows the number of its rows
 * @param loadedAtMillis when it was read, milliseconds since 1970; 0 while there is none
 * @param lastError why what the files hold now is not in force; null if it is
 * @param lastErrorAtMillis when that error was first met, milliseconds since 1970; null if there is none
 */
public record ReferenceState(
        String pipeline,
        String reference,
        long number,
        String contentHash,
        long rows,
        long loadedAtMillis,
        @Nullable String lastError,
        @Nullable Long lastErrorAtMillis) {

    /** The state of a reference that nothing was heard of yet. */
    public static ReferenceState unknown(String pipeline, String reference) {
        return new ReferenceState(pipeline, reference, 0, "", 0, 0, null, null);
    }

    /** With this table in force, and nothing wrong. */
    public ReferenceState loaded(ReferenceTable table) {
        return new ReferenceState(
                pipeline,
                reference,
                table.number(),
                table.contentHash(),
                table.size(),
                table.loadedAtMillis(),
                null,
                null);
    }

    /** With the same version in force, and this wrong with what the files hold now. */
    public ReferenceState refused(String error, long atMillis) {
        boolean known = error.equals(lastError);
        return new ReferenceState(
                pipeline,
                reference,
                number,
                contentHash,
                rows,
                loadedAtMillis,
                error,
                known ? lastErrorAtMillis : Long.valueOf(atMillis));
    }
}
