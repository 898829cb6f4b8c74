package io.sightline.history;

/** What came of one try to settle a prepared commit. */
public sealed interface Settlement {

    /**
     * The table is where the commit leads, by this try or an earlier one.
     *
     * @param version a table version that holds its originals
     * @param at the table's vector
     */
    record Committed(long version, ProgressVector at) implements Settlement {}

    /** The table was beyond already; the prepared files are nobody's, and left to vacuum. */
    record Superseded(ProgressVector at) implements Settlement {}

    /** Try again, later if the storage is away. Nothing may be concluded but that. */
    record Unsettled(Outcome why) implements Settlement {}

    /** No retry can help. */
    record Refused(HistoryException reason) implements Settlement {}
}
