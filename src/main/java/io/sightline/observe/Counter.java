package io.sightline.observe;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a pipeline counts. Exact through replay: the counts live in the job snapshot. */
public enum Counter {
    /** Records read. */
    RECORDS,
    /** Events decoded out of them, duplicates included. */
    EVENTS,
    /** Events seen for the first time. */
    ORIGINALS,
    /** Further sightings, dropped. */
    DUPLICATES,
    /** Duplicates by the gap to their original; label: upper bound of the gap in milliseconds. */
    DUPLICATE_GAPS,
    /** Refused inputs; label: reason code. */
    DEAD_LETTERS,
    /** Originals for which reference data has no row; label: reference. */
    UNMATCHED,
    /** Originals whose source time is more than the allowed lag after their event time. An observation only. */
    LATE,
    /** Records with a time before that of an earlier one in their topic partition. An observation only. */
    OUT_OF_ORDER,
    /** Originals too late to correct a window; label: rollup. */
    LATE_UNCORRECTED,
    /** Originals left out of a rollup because its accumulators reached their bound; label: rollup. */
    ROLLUP_OVERFLOW,
    /** Rollup windows corrected after they were complete; label: rollup. */
    CORRECTIONS,
    /** Originals older than the hot window keeps, and so never in it. */
    HOT_EXPIRED,
    /** Rows that left the hot window early, because it reached its bound in memory. An observation only. */
    HOT_EVICTED;

    /** The counter that people see under this name. */
    public static Optional<Counter> ofCode(String code) {
        return Arrays.stream(values())
                .filter(counter -> counter.code().equals(code))
                .findFirst();
    }

    /** The name people see. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
