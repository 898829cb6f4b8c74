package io.sightline.history.delta;

import io.delta.standalone.OptimisticTransaction;
import io.delta.standalone.Snapshot;
import io.delta.standalone.actions.Action;
import io.delta.standalone.actions.AddFile;
import io.sightline.event.Column;
import io.sightline.history.DataFile;
import io.sightline.history.RowCondition;
import io.sightline.spec.HistorySpec.Compression;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes rows out of a table: the files that hold some are replaced by others without them, one commit a day of events. A job
 * that appends meanwhile is no obstacle, and what it appends is not looked at. Blocking; not thread-safe.
 *
 * <p>What the log says of progress does not change, so what is erased does not come back from the topic. Earlier versions
 * still name the old files, until vacuum takes them.
 *
 * <p>If it dies, some days are done and others are not, and files that no version names are left for vacuum: the same call
 * again does the rest. As {@link Retention}, it ends {@code delta.appendOnly} with its first row.
 */
public final class TableErasure {
    private static final long ROLL_BYTES = 128 << 20;
    private static final int MOST_CONFLICTS = 3;

    private final OpenTable table;
    private final FileRewrite rewrite;
    private final List<Column> columns;

    private TableErasure(OpenTable table, FileRewrite rewrite, List<Column> columns) {
        this.table = table;
        this.rewrite = rewrite;
        this.columns = columns;
    }

    /**
     * Opens a table.
     *
     * @param clock milliseconds since 1970
     * @throws IOException if the storage does not answer
     * @throws io.sightline.history.HistoryException if there is no table, or none that this program can write
     */
    public static TableErasure of(TableFolder folder, Compression compression, LongSupplier clock) throws IOException {
        OpenTable table = OpenTable.open(folder);
        FileRewrite rewrite =
                new FileRewrite(folder, compression, () -> "part-e-" + UUID.randomUUID(), clock, () -> {});
        return new TableErasure(table, rewrite, table.columnsAndDay(table.newest()));
    }

    /** What conditions may speak of: the columns in table order. */
    public List<Column> columns() {
        return List.copyOf(columns);
    }

    /**
     * What was done.
     *
     * @param rows that are in the newest version no more
     * @param filesBefore how many files held them, with others
     * @param filesAfter how many hold the others now
     */
    public record Done(long rows, int filesBefore, int filesAfter) {
        private Done plus(Done more) {
            return new Done(rows + more.rows, filesBefore + more.filesBefore, filesAfter + more.filesAfter);
        }
    }

    /** Files of a day that hold rows to erase, and how many rows. */
    private record Found(List<AddFile> files, long rows) {}

    /** How many rows meet all conditions. */
    public long count(List<RowCondition> conditions) throws IOException {
        RowSelection selection = new RowSelection(conditions);
        long rows = 0;
        for (List<AddFile> ofDay : candidates(table.newest(), selection).values()) {
            rows += find(ofDay, selection, table.newest()).rows();
        }
        return rows;
    }

    /**
     * Erases the rows that meet all conditions.
     *
     * @throws IOException if the storage does not take it; days that are done stay done
     */
    public Done erase(List<RowCondition> conditions) throws IOException {
        RowSelection selection = new RowSelection(conditions);
        Done done = new Done(0, 0, 0);
        for (LocalDate day : candidates(table.newest(), selection).keySet()) {
            done = done.plus(erase(day, selection));
        }
        return done;
    }

    private Done erase(LocalDate day, RowSelection selection) throws IOException {
        for (int conflicts = 0; conflicts < MOST_CONFLICTS; conflicts++) {
            Done done = tryToErase(day, selection);
            if (done != null) {
                return done;
            }
        }
        throw DeltaErrors.changedMeanwhile(table.folder(), day);
    }

    /** Null if another commit was in the way. */
    private @Nullable Done tryToErase(LocalDate day, RowSelection selection) throws IOException {
        OptimisticTransaction begun = table.begin();
        Snapshot base = table.base();
        Found found;
        List<DataFile> written;
        try {
            List<AddFile> ofDay = base.getAllFiles().stream()
                    .filter(file -> day.equals(RowSelection.day(file)) && selection.mayBeIn(file))
                    .toList();
            found = find(ofDay, selection, base);
            if (found.rows() == 0) {
                return new Done(0, 0, 0);
            }
            if (Retention.isAppendOnly(begun)) {
                // Delta looks for it in the version before.
                return Retention.endAppendOnly(table) ? tryToErase(day, selection) : null;
            }
            List<Column> ofFiles = table.columns(base);
            written =
                    rewrite.write(found.files(), ofFiles, day, ROLL_BYTES, row -> !selection.holds(row, ofFiles, day));
        } catch (FileNotFoundException e) {
            // Another program has replaced it and deleted it since.
            return null;
        }
        List<Action> actions = new ArrayList<>();
        found.files().forEach(file -> actions.add(file.remove()));
        written.forEach(file -> actions.add(DeltaTableLog.add(file, true)));
        CommitNote.Care note = new CommitNote.Care("ERASE", Map.of("numDeletedRows", String.valueOf(found.rows())));
        if (table.commit(begun, actions, note).isEmpty()) {
            rewrite.deleteUnnamed(written);
            return null;
        }
        return new Done(found.rows(), found.files().size(), written.size());
    }

    /** The files that may hold such rows, by day. */
    private SortedMap<LocalDate, List<AddFile>> candidates(Snapshot snapshot, RowSelection selection) {
        SortedMap<LocalDate, List<AddFile>> byDay = new TreeMap<>();
        for (AddFile file : snapshot.getAllFiles()) {
            if (selection.mayBeIn(file)) {
                LocalDate day = RowSelection.day(file);
                if (day == null) {
                    throw DeltaErrors.withoutDay(table.folder(), file.getPath());
                }
                byDay.computeIfAbsent(day, none -> new ArrayList<>()).add(file);
            }
        }
        return byDay;
    }

    private Found find(List<AddFile> files, RowSelection selection, Snapshot snapshot) throws IOException {
        List<Column> ofFiles = table.columns(snapshot);
        List<AddFile> holding = new ArrayList<>();
        long rows = 0;
        for (AddFile file : files) {
            long before = rows;
            LocalDate day = RowSelection.day(file);
            try (RowReader in = RowReader.open(table.folder(), file.getPath(), ofFiles)) {
                for (@Nullable Object[] row; (row = in.next()) != null; ) {
                    rows += selection.holds(row, ofFiles, day) ? 1 : 0;
                }
            }
            if (rows > before) {
                holding.add(file);
            }
        }
        return new Found(holding, rows);
    }
}
