package io.sightline.history;

import java.io.IOException;

/** The log of one table: what the protocol needs to know of a table format. Used by one thread at a time. */
public interface TableLog {

    /**
     * Reads the newest version.
     *
     * @return {@link TableState#NO_TABLE} if there is no table
     * @throws IOException if the storage does not answer; worth a retry
     * @throws HistoryException if the table cannot be used, which no retry changes
     */
    TableState read() throws IOException;

    /**
     * Appends one version, atomically, if vector and fence are still those of {@code onto}; else it is a
     * {@link Outcome.Conflict}. Versions that others appended in between, and that change neither, are no obstacle on top of
     * what was read. Never throws for what may go wrong with storage: that is an outcome.
     *
     * @param onto what was read last, or {@linkplain TableChange#leaves left} by the last append if it was committed; after
     *     that one any other version in between may be a conflict, and so may no reason at all
     */
    Outcome append(TableState onto, TableChange change);
}
