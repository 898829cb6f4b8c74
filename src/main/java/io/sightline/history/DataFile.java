package io.sightline.history;

import java.io.Serializable;
import java.time.LocalDate;
import java.util.List;

/**
 * A file of rows, closed and durable. Invisible until a commit names it.
 *
 * @param path relative to the table's folder, with {@code /} between its parts
 * @param date the table partition: the day, in UTC, of all its rows
 * @param bytes its size
 * @param rows how many
 * @param modifiedAtMillis when it was closed, milliseconds since 1970
 * @param statistics of its columns, in table order
 */
public record DataFile(
        String path, LocalDate date, long bytes, long rows, long modifiedAtMillis, List<ColumnStatistics> statistics)
        implements Serializable {
    public DataFile {
        statistics = List.copyOf(statistics);
    }
}
