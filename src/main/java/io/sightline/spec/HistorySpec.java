package io.sightline.spec;

import java.io.Serializable;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The Delta table that keeps every event. Partitioned by {@code event_date}, the day of the event in UTC.
 *
 * @param table its folder, as the members see it
 * @param commitEvery how often the job takes a snapshot, each of which is one commit
 * @param compression of the data files
 * @param keep how long a day stays in the table after it has ended; null for ever
 */
public record HistorySpec(
        Setting table,
        Duration commitEvery,
        Compression compression,
        @Nullable Duration keep) implements Serializable {

    /** The same history in another folder, with another time between commits. */
    public HistorySpec at(Setting folder, Duration interval) {
        return new HistorySpec(folder, interval, compression, keep);
    }

    /** How the pages of a data file are compressed. */
    public enum Compression {
        /** What every reader can read. */
        SNAPPY,
        /** A third smaller; some readers cannot. */
        ZSTD;

        /** The name in a pipeline file: lower case. */
        public String yamlName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
