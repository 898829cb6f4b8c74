package io.sightline.history.delta;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.delta.storage.CloseableIterator;
import io.delta.storage.LogStore;
import io.sightline.history.TableState;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * A version that this process has appended, and on top of which it can append the next without reading the log anew.
 *
 * <p>Delta reads the log anew for each commit: two listings, every version since the checkpoint, and the checkpoint, which has a
 * row for each file of the table and each that was compacted in the last week. But names of versions are taken once. So if
 * the next one is free when it is written, no other version was made in between, and the table is as this version left it:
 * reading could have told nothing new. If it is not, nothing is written, and the version that has the name is read: compaction
 * leaves all as it was that matters here, and is passed by.
 *
 * <p>A folder that was taken away, back to an earlier state, or made anew, would have the name free as well. Hence this version's
 * file is looked at before: whether it is there, and as it was.
 */
final class OwnVersion {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Actions that change neither progress nor fence, schema, properties or protocol. */
    private static final Set<String> HARMLESS = Set.of("commitInfo", "add", "remove");

    private final TableFolder folder;
    private final TableState state;
    private final FileStatus file;

    private OwnVersion(TableFolder folder, TableState state, FileStatus file) {
        this.folder = folder;
        this.state = state;
        this.file = file;
    }

    /** The version just appended; null if the storage does not say what became of its file. */
    static @Nullable OwnVersion of(TableFolder folder, TableState state) {
        try {
            return new OwnVersion(folder, state, folder.fileSystem().getFileStatus(path(folder, state.version())));
        } catch (IOException e) {
            return null;
        }
    }

    TableState state() {
        return state;
    }

    long next() {
        return state.version() + 1;
    }

    /** Whether its file is the one that was written. */
    boolean isThere() throws IOException {
        try {
            FileStatus present = folder.fileSystem().getFileStatus(path(folder, state.version()));
            return present.getLen() == file.getLen() && present.getModificationTime() == file.getModificationTime();
        } catch (FileNotFoundException e) {
            return false;
        }
    }

    /**
     * Writes the next version.
     *
     * @throws java.nio.file.FileAlreadyExistsException if its name is taken
     * @throws IOException if it may be there or not
     */
    void append(List<String> lines, LogStore store) throws IOException {
        store.write(path(folder, next()), lines.iterator(), false, folder.configuration());
    }

    /**
     * The version after this one, which somebody else has appended, as one of ours: null if it does more than replace files.
     *
     * @throws IOException if it cannot be read
     */
    @Nullable
    OwnVersion passed(LogStore store) throws IOException {
        try (CloseableIterator<String> lines = store.read(path(folder, next()), folder.configuration())) {
            while (lines.hasNext()) {
                if (!isHarmless(lines.next())) {
                    return null;
                }
            }
        }
        return of(
                folder,
                new TableState(next(), state.progress(), state.fence(), state.committedAtMillis(), state.counters()));
    }

    private static boolean isHarmless(String line) throws IOException {
        for (Iterator<String> actions = JSON.readTree(line).fieldNames(); actions.hasNext(); ) {
            if (!HARMLESS.contains(actions.next())) {
                return false;
            }
        }
        return true;
    }

    private static Path path(TableFolder folder, long version) {
        return folder.resolve(String.format(Locale.ROOT, "_delta_log/%020d.json", version));
    }
}
