package io.sightline.history.delta;

import io.delta.standalone.Snapshot;
import io.delta.standalone.VersionLog;
import io.delta.standalone.actions.AddFile;
import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.history.RowCondition;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is and was in a table, for people to look at. Writes nothing. Not thread-safe. */
public final class TableReader {
    private final TableFolder folder;
    private final OpenTable table;
    private final VersionList versions;

    private TableReader(TableFolder folder, OpenTable table, VersionList versions) {
        this.folder = folder;
        this.table = table;
        this.versions = versions;
    }

    /**
     * Opens a table.
     *
     * @throws IOException if the storage does not answer
     * @throws io.sightline.history.HistoryException if there is no table, or none that this program can read
     */
    public static TableReader open(TableFolder folder) throws IOException {
        return new TableReader(folder, OpenTable.open(folder), VersionList.of(folder));
    }

    /** All versions that can still be read, oldest first. */
    public List<TableVersion> versions() throws IOException {
        VersionTotals totals = new VersionTotals(table.at(versions.oldest()));
        List<TableVersion> found = new ArrayList<>();
        Iterator<VersionLog> changes = table.changesFrom(versions.oldest());
        while (changes.hasNext()) {
            VersionLog change = changes.next();
            if (versions.contains(change.getVersion())) {
                found.add(totals.after(change, versions.time(change.getVersion())));
            }
        }
        return found;
    }

    public long newest() {
        return versions.newest();
    }

    /**
     * The version that was the newest at this moment.
     *
     * @throws io.sightline.history.HistoryException if that can no longer be read
     */
    public long at(Instant moment) {
        if (moment.isBefore(versions.time(versions.oldest()))) {
            throw DeltaErrors.tooEarly(folder, moment, versions.oldest(), versions.time(versions.oldest()));
        }
        return versions.at(moment);
    }

    /** The columns at a version, in table order. */
    public List<Column> columns(long version) throws IOException {
        return table.columnsAndDay(snapshot(version));
    }

    /**
     * Some rows of a version, those of one day together.
     *
     * @param rows one value a column, in table order, times as {@link Instant}
     * @param hasMore whether there are others
     * @param filesRead how many files were looked into
     * @param files how many the version has
     */
    public record Rows(List<List<@Nullable Object>> rows, boolean hasMore, int filesRead, int files) {
        public Rows {
            rows = List.copyOf(rows);
        }
    }

    /**
     * The rows of a version that meet all conditions. A file is looked into only if its day and its bounds let it hold one.
     *
     * @param limit how many at most
     * @throws io.sightline.history.HistoryException if there is no such version, or vacuum has taken a file of it
     */
    public Rows rows(long version, List<RowCondition> conditions, int limit) throws IOException {
        Snapshot snapshot = snapshot(version);
        List<Column> columns = table.columnsAndDay(snapshot);
        List<AddFile> files = new ArrayList<>(snapshot.getAllFiles());
        files.sort(Comparator.comparing((AddFile file) -> String.valueOf(RowSelection.day(file)))
                .thenComparing(AddFile::getModificationTime)
                .thenComparing(AddFile::getPath));
        RowSelection selection = new RowSelection(conditions);
        List<List<@Nullable Object>> rows = new ArrayList<>();
        int filesRead = 0;
        for (AddFile file : files) {
            if (rows.size() <= limit && selection.mayBeIn(file)) {
                filesRead++;
                read(version, file, columns, selection, rows, limit + 1);
            }
        }
        boolean hasMore = rows.size() > limit;
        return new Rows(hasMore ? rows.subList(0, limit) : rows, hasMore, filesRead, files.size());
    }

    private Snapshot snapshot(long version) throws IOException {
        if (!versions.contains(version)) {
            throw DeltaErrors.noVersion(folder, version, versions.oldest(), versions.newest());
        }
        return table.at(version);
    }

    private void read(
            long version,
            AddFile file,
            List<Column> columns,
            RowSelection selection,
            List<List<@Nullable Object>> to,
            int most)
            throws IOException {
        LocalDate day = RowSelection.day(file);
        try (RowReader in = RowReader.open(folder, file.getPath(), columns)) {
            for (@Nullable Object[] row; to.size() < most && (row = in.next()) != null; ) {
                // The files have no such column: it is their place that says it.
                row[columns.size() - 1] = day;
                if (selection.holds(row, columns, day)) {
                    to.add(forPeople(row, columns));
                }
            }
        } catch (FileNotFoundException e) {
            throw DeltaErrors.vacuumedVersion(folder, version, file.getPath());
        }
    }

    private static List<@Nullable Object> forPeople(@Nullable Object[] row, List<Column> columns) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < row.length; i++) {
            boolean time = columns.get(i).type() == FieldType.TIMESTAMP;
            values.add(time && row[i] instanceof Long micros ? Instant.EPOCH.plus(micros, ChronoUnit.MICROS) : row[i]);
        }
        return values;
    }
}
