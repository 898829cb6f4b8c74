package io.sightline.history.delta;

import io.sightline.event.Column;
import io.sightline.history.DataFile;
import io.sightline.spec.HistorySpec.Compression;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * The data files that one writer makes: one open a table partition, at most {@value #MOST_OPEN} at once, closed when it is
 * large, when its place is needed, or at a barrier. Nobody can see them until a commit names them. Blocking; not thread-safe.
 */
public final class TableFiles {
    static final int MOST_OPEN = 8;

    private final TableFolder folder;
    private final List<Column> columns;
    private final Compression compression;
    private final long rollBytes;
    private final Supplier<String> names;
    private final LongSupplier clock;
    /** Least recently written first. */
    private final Map<LocalDate, OpenFile> open = new LinkedHashMap<>(16, 0.75f, true);

    private final List<DataFile> closed = new ArrayList<>();

    /**
     * @param rollBytes a file is closed once it is about this large
     * @param names file names without extension, each unlike any other of any writer of the table
     * @param clock milliseconds since 1970
     */
    public TableFiles(
            TableFolder folder,
            List<Column> columns,
            Compression compression,
            long rollBytes,
            Supplier<String> names,
            LongSupplier clock) {
        this.folder = folder;
        this.columns = List.copyOf(columns);
        this.compression = compression;
        this.rollBytes = rollBytes;
        this.names = names;
        this.clock = clock;
    }

    /**
     * Adds a row.
     *
     * @param date its table partition
     * @param row one value a column
     * @throws IOException if the storage does not take it; what is open then is lost, see {@link #abandon}
     */
    public void write(LocalDate date, @Nullable Object[] row) throws IOException {
        OpenFile file = open.get(date);
        if (file == null) {
            if (open.size() == MOST_OPEN) {
                closeFirst();
            }
            file = new OpenFile(folder, date, columns, compression, names.get());
            open.put(date, file);
        }
        file.write(row);
        if (file.mayHaveReached(rollBytes)) {
            closed.add(file.close(clock.getAsLong()));
            open.remove(date);
        }
    }

    /** Closes all, durably, and hands out what was closed since the last time. */
    public List<DataFile> seal() throws IOException {
        while (!open.isEmpty()) {
            closeFirst();
        }
        List<DataFile> sealed = List.copyOf(closed);
        closed.clear();
        return sealed;
    }

    private void closeFirst() throws IOException {
        Iterator<OpenFile> files = open.values().iterator();
        OpenFile file = files.next();
        // One that cannot be closed stays, so that abandon() knows of it.
        closed.add(file.close(clock.getAsLong()));
        files.remove();
    }

    /** Deletes what was never handed out, and so is named by no commit; as far as the storage lets it. */
    public void abandon() {
        List<Path> paths = new ArrayList<>();
        for (OpenFile file : open.values()) {
            file.discard();
            paths.add(file.path());
        }
        closed.forEach(file -> paths.add(folder.resolve(file.path())));
        open.clear();
        closed.clear();
        for (Path path : paths) {
            try {
                folder.fileSystem().delete(path, false);
            } catch (IOException e) {
                // Vacuum takes it later.
                return;
            }
        }
    }
}
