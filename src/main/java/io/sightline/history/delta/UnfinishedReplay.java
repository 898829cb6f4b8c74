package io.sightline.history.delta;

import io.sightline.history.HistoryException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The sign at a table that a replay has begun to fill it and has not ended: a file beside the log, in a place that readers of
 * tables do not look at. Whoever dies leaves it.
 */
public final class UnfinishedReplay {
    private static final String FILE = "_unfinished_replay";

    private final FileSystem storage;
    private final Path file;

    private UnfinishedReplay(FileSystem storage, Path file) {
        this.storage = storage;
        this.file = file;
    }

    /**
     * Puts up the sign where nothing is yet.
     *
     * @throws HistoryException if there is a table, finished or not, or anything else
     * @throws IOException if the storage does not answer
     */
    public static UnfinishedReplay begin(TableFolder folder) throws IOException {
        FileSystem storage = folder.fileSystem();
        Path file = folder.resolve(FILE);
        if (storage.exists(file)) {
            throw DeltaErrors.unfinishedReplay(folder);
        }
        if (!isEmpty(storage, folder.path())) {
            throw DeltaErrors.notFresh(folder);
        }
        // Of two that begin at once one is told that the file is there.
        try (FSDataOutputStream out = storage.create(file, false)) {
            out.write("a replay into this table has begun and not ended: it may be incomplete\n"
                    .getBytes(StandardCharsets.UTF_8));
        } catch (FileAlreadyExistsException e) {
            throw DeltaErrors.unfinishedReplay(folder);
        }
        return new UnfinishedReplay(storage, file);
    }

    private static boolean isEmpty(FileSystem storage, Path folder) throws IOException {
        try {
            return storage.listStatus(folder).length == 0;
        } catch (FileNotFoundException e) {
            return true;
        }
    }

    /** Takes the sign down: the table is whole, or there is none. */
    public void end() throws IOException {
        storage.delete(file, false);
    }
}
