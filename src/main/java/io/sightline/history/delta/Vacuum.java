package io.sightline.history.delta;

import io.delta.standalone.VersionLog;
import io.delta.standalone.actions.Action;
import io.delta.standalone.actions.AddFile;
import io.sightline.history.HistoryException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Deletes data files that nobody needs any more. See {@link TableCare} for what holds when others write, or when it dies.
 *
 * <p>A file goes only if both hold:
 *
 * <ol>
 *   <li>no version names it that is the newest, or was within the retention;
 *   <li>it is older than the retention. So a file goes untouched that is being written, or is prepared and yet to be committed:
 *       the retention is never less than {@link #SHORTEST}, and a file is open for one interval between commits.
 * </ol>
 *
 * Files are listed before the log is read: one that is committed in between is named. The retention is the table property
 * {@value #RETENTION}, which Spark's VACUUM obeys as well.
 */
final class Vacuum {
    /**
     * Much longer than a file is open or prepared. A commit that has been prepared for longer looks whether its files are still
     * there, see {@link DeltaTableLog}.
     */
    static final Duration SHORTEST = Duration.ofDays(1);

    private static final String RETENTION = "delta.deletedFileRetentionDuration";
    private static final Duration DEFAULT = Duration.ofDays(7);
    private static final String DATA_FILE = ".parquet";

    private final OpenTable table;

    Vacuum(OpenTable table) {
        this.table = table;
    }

    /**
     * What was done.
     *
     * @param oldest the oldest version whose files are all kept
     */
    record Done(int files, long bytes, long oldest) {}

    /** @param now by the storage's clock, or earlier */
    Done run(Instant now) throws IOException {
        FileSystem storage = table.folder().fileSystem();
        List<FileStatus> found = new ArrayList<>();
        list(storage, table.folder().path(), found);
        Instant until = now.minus(retention());
        long oldest = VersionList.of(table.folder()).at(until);
        Set<String> named = namedSince(oldest);
        int files = 0;
        long bytes = 0;
        for (FileStatus file : found) {
            boolean old = file.getModificationTime() < until.toEpochMilli();
            if (old && !named.contains(file.getPath().toUri().getPath()) && storage.delete(file.getPath(), false)) {
                files++;
                bytes += file.getLen();
            }
        }
        return new Done(files, bytes, oldest);
    }

    private static void list(FileSystem storage, Path folder, List<FileStatus> found) throws IOException {
        for (FileStatus entry : storage.listStatus(folder)) {
            String name = entry.getPath().getName();
            // The log, and what other programs keep beside it.
            if (name.startsWith("_") || name.startsWith(".")) {
                continue;
            }
            if (entry.isDirectory()) {
                list(storage, entry.getPath(), found);
            } else if (name.endsWith(DATA_FILE)) {
                found.add(entry);
            }
        }
    }

    /** The files that a version names, from this one on. */
    private Set<String> namedSince(long oldest) throws IOException {
        Set<String> named = new HashSet<>();
        table.at(oldest).getAllFiles().forEach(file -> named.add(path(file)));
        for (Iterator<VersionLog> later = table.changesFrom(oldest + 1); later.hasNext(); ) {
            for (Action action : later.next().getActions()) {
                if (action instanceof AddFile file) {
                    named.add(path(file));
                }
            }
        }
        return named;
    }

    private String path(AddFile file) {
        return table.folder().named(file.getPath()).toUri().getPath();
    }

    /** @throws HistoryException if the property is no duration */
    private Duration retention() throws IOException {
        String property = table.newest().getMetadata().getConfiguration().get(RETENTION);
        if (property == null) {
            return DEFAULT;
        }
        Duration retention = IntervalText.parse(property)
                .orElseThrow(() -> DeltaErrors.badProperty(table.folder(), RETENTION, property));
        return retention.compareTo(SHORTEST) < 0 ? SHORTEST : retention;
    }
}
