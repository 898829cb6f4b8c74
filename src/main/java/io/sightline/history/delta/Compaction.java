package io.sightline.history.delta;

import static java.util.Objects.requireNonNull;

import io.delta.standalone.OptimisticTransaction;
import io.delta.standalone.Snapshot;
import io.delta.standalone.actions.Action;
import io.delta.standalone.actions.AddFile;
import io.sightline.history.DataFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Writes the small files of a table partition anew as few large ones: the same rows, so {@code dataChange=false}. See
 * {@link TableCare} for what holds when others write, or when it dies.
 *
 * <p>Files are taken in the order in which they came, so that a large one still spans a short time. What fills a file of
 * the target size is due. What is left is due once it is worth it: {@value #FEWEST_FILES} files, of which none is larger
 * than the others together. So each time a row is copied its file at least doubles, and a row is copied a few times in all, however
 * often this runs.
 */
final class Compaction {
    static final long TARGET_BYTES = 128 << 20;
    static final int FEWEST_FILES = 8;
    private static final String ACTION = "COMPACT";
    private static final int MOST_CONFLICTS = 3;

    private final OpenTable table;
    private final FileRewrite rewrite;
    private final long targetBytes;

    Compaction(OpenTable table, FileRewrite rewrite, long targetBytes) {
        this.table = table;
        this.rewrite = rewrite;
        this.targetBytes = targetBytes;
    }

    /**
     * What was done.
     *
     * @param filesBefore how many files were replaced
     * @param filesAfter by how many
     * @param rows in them
     * @param bytesBefore the size of those replaced
     * @param bytesAfter the size of the new ones
     * @param conflicts how often another commit was in the way, and the work was dropped
     */
    record Done(int filesBefore, int filesAfter, long rows, long bytesBefore, long bytesAfter, int conflicts) {
        static final Done NOTHING = new Done(0, 0, 0, 0, 0, 0);
        private static final Done CONFLICT = new Done(0, 0, 0, 0, 0, 1);

        private Done plus(Done more) {
            return new Done(
                    filesBefore + more.filesBefore,
                    filesAfter + more.filesAfter,
                    rows + more.rows,
                    bytesBefore + more.bytesBefore,
                    bytesAfter + more.bytesAfter,
                    conflicts + more.conflicts);
        }
    }

    /**
     * Compacts what is due.
     *
     * @param all whether two small files are enough to be worth it
     * @throws IOException if the storage does not take it; the table is as it was
     */
    Done run(boolean all) throws IOException {
        Done done = Done.NOTHING;
        while (true) {
            int conflicts = done.conflicts();
            for (List<AddFile> due : due(table.newest().getAllFiles(), all)) {
                done = done.plus(replace(due));
                if (done.conflicts() > conflicts) {
                    break;
                }
            }
            if (done.conflicts() == conflicts || done.conflicts() == MOST_CONFLICTS) {
                return done;
            }
        }
    }

    /** How many small files there are, worth compacting or not. */
    int waiting() throws IOException {
        return due(table.newest().getAllFiles(), true).stream()
                .mapToInt(List::size)
                .sum();
    }

    /** What is to become one file each. */
    private List<List<AddFile>> due(List<AddFile> files, boolean all) {
        Map<String, List<AddFile>> small = new TreeMap<>();
        for (AddFile file : files) {
            String date = file.getPartitionValues().get(DeltaSchema.PARTITION.name());
            // Other programs may write rows without a date; they stay as they are.
            if (date != null && file.getSize() < targetBytes / 2) {
                small.computeIfAbsent(date, d -> new ArrayList<>()).add(file);
            }
        }
        List<List<AddFile>> due = new ArrayList<>();
        for (List<AddFile> ofDay : small.values()) {
            ofDay.sort(Comparator.comparingLong(AddFile::getModificationTime).thenComparing(AddFile::getPath));
            List<AddFile> next = new ArrayList<>();
            for (AddFile file : ofDay) {
                if (bytes(next) + file.getSize() > targetBytes) {
                    due.add(next);
                    next = new ArrayList<>();
                }
                next.add(file);
            }
            if (!all) {
                next = worthIt(next);
            }
            if (next.size() > 1) {
                due.add(next);
            }
        }
        return due;
    }

    private static List<AddFile> worthIt(List<AddFile> files) {
        List<AddFile> some = new ArrayList<>(files);
        while (some.size() >= FEWEST_FILES) {
            AddFile largest = some.stream()
                    .max(Comparator.comparingLong(AddFile::getSize))
                    .orElseThrow();
            if (largest.getSize() * 2 <= bytes(some)) {
                return some;
            }
            some.remove(largest);
        }
        return List.of();
    }

    private static long bytes(List<AddFile> files) {
        return files.stream().mapToLong(AddFile::getSize).sum();
    }

    private Done replace(List<AddFile> files) throws IOException {
        OptimisticTransaction begun = table.begin();
        Snapshot base = table.base();
        // Delta compares with what comes after the base, and not with what came after the files were chosen.
        if (!names(base, files)) {
            return Done.CONFLICT;
        }
        List<DataFile> written;
        try {
            // One file: those that it replaces are no larger together than one may be.
            written = rewrite.write(
                    files,
                    table.columns(base),
                    requireNonNull(RowSelection.day(files.get(0))),
                    Long.MAX_VALUE,
                    row -> true);
        } catch (FileNotFoundException e) {
            if (names(table.newest(), files)) {
                throw DeltaErrors.onRead(table.folder(), e);
            }
            return Done.CONFLICT;
        }
        List<Action> actions = new ArrayList<>();
        files.forEach(file -> actions.add(file.remove(false)));
        written.forEach(file -> actions.add(DeltaTableLog.add(file, false)));
        CommitNote.Care note = new CommitNote.Care(
                ACTION,
                Map.of(
                        "numRemovedFiles", String.valueOf(files.size()),
                        "numAddedFiles", String.valueOf(written.size())));
        if (table.commit(begun, actions, note).isEmpty()) {
            rewrite.deleteUnnamed(written);
            return Done.CONFLICT;
        }
        return new Done(
                files.size(),
                written.size(),
                written.stream().mapToLong(DataFile::rows).sum(),
                bytes(files),
                written.stream().mapToLong(DataFile::bytes).sum(),
                0);
    }

    private static boolean names(Snapshot snapshot, List<AddFile> files) {
        Set<String> named =
                snapshot.getAllFiles().stream().map(AddFile::getPath).collect(Collectors.toSet());
        return files.stream().allMatch(file -> named.contains(file.getPath()));
    }
}
