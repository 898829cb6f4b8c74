package io.sightline.history.delta;

import io.delta.standalone.Snapshot;
import io.delta.standalone.VersionLog;
import io.delta.standalone.actions.AddFile;
import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.history.RowCondition;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.Serializable;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What is and was in a table, for people to look at. Writes nothing. Not thread-safe. */
public final class TableReader {
    private static final int ROWS_BETWEEN_LOOKS = 1_000;

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

    /** How many versions can still be read. */
    public int versionCount() {
        return versions.numbers().size();
    }

    /**
     * The newest versions, oldest first.
     *
     * @param most so many at most, one at least
     */
    public List<TableVersion> versions(int most) throws IOException {
        List<Long> numbers = versions.numbers();
        long first = numbers.get(Math.max(0, numbers.size() - Math.max(1, most)));
        VersionTotals totals = new VersionTotals(table.at(first));
        List<TableVersion> found = new ArrayList<>();
        Iterator<VersionLog> changes = table.changesFrom(first);
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

    /** When a version was made, by the storage's clock. */
    public Instant time(long version) {
        checkThere(version);
        return versions.time(version);
    }

    /** Those of these names that there are at a version, in the order of the names. */
    public List<Column> columns(long version, List<String> names) throws IOException {
        Snapshot snapshot = snapshot(version);
        return names.stream()
                .flatMap(name -> table.columns(snapshot, name::equals).stream())
                .toList();
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
    public record Rows(List<List<@Nullable Object>> rows, boolean hasMore, int filesRead, int files)
            implements Serializable {
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
                try (SelectedRows selected = new SelectedRows(version, file, columns, selection)) {
                    for (@Nullable Object[] row; rows.size() <= limit && (row = selected.next(() -> false)) != null; ) {
                        rows.add(forPeople(row, columns));
                    }
                }
            }
        }
        boolean hasMore = rows.size() > limit;
        return new Rows(hasMore ? rows.subList(0, limit) : rows, hasMore, filesRead, files.size());
    }

    /**
     * Of the rows of a version that meet all conditions, the newest, newest first. A file is looked into only if its day and
     * its bounds let it hold one that is newer than those found.
     *
     * @param time the column that says what is newer, a timestamp; rows without it are the oldest
     * @param wanted which columns of each row
     * @param limit how many rows at most
     * @param isOver whether there is no more time; asked before each file and now and then within it
     * @throws InterruptedIOException if the time is over
     * @throws io.sightline.history.HistoryException if there is no such version, or vacuum has taken a file of it
     */
    public Rows newestRows(
            long version,
            List<RowCondition> conditions,
            Column time,
            List<Column> wanted,
            int limit,
            BooleanSupplier isOver)
            throws IOException {
        List<Dated<AddFile>> files = new ArrayList<>();
        for (AddFile file : snapshot(version).getAllFiles()) {
            Object newest = FileBounds.of(file).greatest(time);
            files.add(new Dated<>(newest instanceof Long micros ? micros : Long.MAX_VALUE, file));
        }
        files.sort(Comparator.<Dated<AddFile>>comparingLong(Dated::micros).reversed());
        // Those that are wanted come first.
        Set<Column> needed = new LinkedHashSet<>(wanted);
        needed.add(time);
        conditions.forEach(condition -> needed.add(condition.column()));
        List<Column> columns = List.copyOf(needed);
        int timeColumn = columns.indexOf(time);
        RowSelection selection = new RowSelection(conditions);
        PriorityQueue<Dated<List<@Nullable Object>>> found =
                new PriorityQueue<>(Comparator.comparingLong(Dated::micros));
        int filesRead = 0;
        for (Dated<AddFile> dated : files) {
            if (found.size() > limit && dated.micros() <= found.element().micros()) {
                break;
            }
            checkTime(isOver);
            if (!selection.mayBeIn(dated.of())) {
                continue;
            }
            filesRead++;
            try (SelectedRows rows = new SelectedRows(version, dated.of(), columns, selection)) {
                for (@Nullable Object[] row; (row = rows.next(isOver)) != null; ) {
                    long micros = row[timeColumn] instanceof Long known ? known : Long.MIN_VALUE;
                    if (found.size() > limit && micros <= found.element().micros()) {
                        continue;
                    }
                    found.add(new Dated<>(micros, forPeople(row, wanted)));
                    if (found.size() > limit + 1) {
                        found.remove();
                    }
                }
            }
        }
        boolean hasMore = found.size() > limit;
        if (hasMore) {
            found.remove();
        }
        List<List<@Nullable Object>> rows = new ArrayList<>();
        while (!found.isEmpty()) {
            rows.add(found.remove().of());
        }
        Collections.reverse(rows);
        return new Rows(rows, hasMore, filesRead, files.size());
    }

    private static void checkTime(BooleanSupplier isOver) throws InterruptedIOException {
        if (isOver.getAsBoolean()) {
            throw new InterruptedIOException("the time is over before all files are read that may hold such rows");
        }
    }

    /** @param micros when it was, or its newest row was, in microseconds since 1970 */
    private record Dated<T>(long micros, T of) {}

    private Snapshot snapshot(long version) throws IOException {
        checkThere(version);
        return table.at(version);
    }

    private void checkThere(long version) {
        if (!versions.contains(version)) {
            throw DeltaErrors.noVersion(folder, version, versions.oldest(), versions.newest());
        }
    }

    /** The rows of one file that meet all conditions. */
    private final class SelectedRows implements Closeable {
        private final List<Column> columns;
        private final RowSelection selection;
        private final @Nullable LocalDate day;
        private final int dayColumn;
        private final RowReader in;
        private long read;

        SelectedRows(long version, AddFile file, List<Column> columns, RowSelection selection) throws IOException {
            this.columns = columns;
            this.selection = selection;
            this.day = RowSelection.day(file);
            this.dayColumn = columns.indexOf(DeltaSchema.PARTITION);
            try {
                this.in = RowReader.open(folder, file.getPath(), columns);
            } catch (FileNotFoundException e) {
                throw DeltaErrors.vacuumedVersion(folder, version);
            }
        }

        /** The next; null behind the last. */
        @Nullable
        Object @Nullable [] next(BooleanSupplier isOver) throws IOException {
            for (@Nullable Object[] row; (row = in.next()) != null; ) {
                if (++read % ROWS_BETWEEN_LOOKS == 0) {
                    checkTime(isOver);
                }
                if (dayColumn >= 0) {
                    // The files have no such column: it is their place that says it.
                    row[dayColumn] = day;
                }
                if (selection.holds(row, columns, day)) {
                    return row;
                }
            }
            return null;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    /** @param columns of the first values of the row, or of all */
    private static List<@Nullable Object> forPeople(@Nullable Object[] row, List<Column> columns) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            boolean time = columns.get(i).type() == FieldType.TIMESTAMP;
            values.add(time && row[i] instanceof Long micros ? Instant.EPOCH.plus(micros, ChronoUnit.MICROS) : row[i]);
        }
        return values;
    }
}
