package io.sightline.history.delta;

import io.delta.standalone.actions.AddFile;
import io.sightline.event.Column;
import io.sightline.history.DataFile;
import io.sightline.spec.HistorySpec.Compression;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.LocalDate;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/** Writes rows of data files of one day into new ones, which no version of the log names yet. */
final class FileRewrite {
    private static final int ROWS_BETWEEN_RESTS = 1_000;

    private final TableFolder folder;
    private final Compression compression;
    private final Supplier<String> names;
    private final LongSupplier clock;
    private final Runnable rest;

    /**
     * @param names file names without extension, each unlike any other of any writer of the table
     * @param clock milliseconds since 1970
     * @param rest called every thousand rows
     */
    FileRewrite(
            TableFolder folder, Compression compression, Supplier<String> names, LongSupplier clock, Runnable rest) {
        this.folder = folder;
        this.compression = compression;
        this.names = names;
        this.clock = clock;
        this.rest = rest;
    }

    /**
     * Writes the rows that stay. If it fails nothing is left over.
     *
     * @param files all of that day
     * @param rollBytes a new file is closed once it is about this large
     * @throws java.io.FileNotFoundException if one of them is gone
     */
    List<DataFile> write(
            List<AddFile> files,
            List<Column> columns,
            LocalDate day,
            long rollBytes,
            Predicate<@Nullable Object[]> stays)
            throws IOException {
        TableFiles out = new TableFiles(folder, columns, compression, rollBytes, names, clock);
        boolean complete = false;
        try {
            for (AddFile file : files) {
                copy(file, columns, day, stays, out);
            }
            List<DataFile> written = out.seal();
            complete = true;
            return written;
        } finally {
            if (!complete) {
                out.abandon();
            }
        }
    }

    private void copy(
            AddFile file, List<Column> columns, LocalDate day, Predicate<@Nullable Object[]> stays, TableFiles out)
            throws IOException {
        long rows = 0;
        try (RowReader in = RowReader.open(folder, file.getPath(), columns)) {
            for (@Nullable Object[] row; (row = in.next()) != null; rows++) {
                if (rows % ROWS_BETWEEN_RESTS == 0) {
                    rest.run();
                    if (Thread.currentThread().isInterrupted()) {
                        throw new InterruptedIOException("interrupted; the table is as it was");
                    }
                }
                if (stays.test(row)) {
                    out.write(day, row);
                }
            }
        }
        Long said = FileBounds.of(file).rows();
        if (said != null && said != rows) {
            throw DeltaErrors.otherRows(folder, file.getPath(), said, rows);
        }
    }

    /** Deletes files of a commit that the log provably does not have. */
    void deleteUnnamed(List<DataFile> written) throws IOException {
        for (DataFile file : written) {
            Path path = folder.resolve(file.path());
            folder.fileSystem().delete(path, false);
        }
    }
}
