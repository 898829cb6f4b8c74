package io.sightline.history.delta;

import io.sightline.event.Column;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.ParquetRuntimeException;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.InputFile;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of one data file, of whoever wrote it, and of them only the columns that are asked for. Not thread-safe.
 */
public final class RowReader implements Closeable {
    private final Path file;
    private final ParquetReader<@Nullable Object[]> reader;

    private RowReader(Path file, ParquetReader<@Nullable Object[]> reader) {
        this.file = file;
        this.reader = reader;
    }

    /**
     * Opens a file of a table.
     *
     * @param path as the log names it: relative to the table, special characters escaped
     * @param columns what to read; one that the file does not have is null in every row
     * @throws java.io.FileNotFoundException if there is no such file
     * @throws IOException if the storage does not answer
     */
    public static RowReader open(TableFolder folder, String path, List<Column> columns) throws IOException {
        Path file = folder.named(path);
        InputFile input = HadoopInputFile.fromPath(file, folder.configuration());
        return new RowReader(file, new Builder(input, columns).build());
    }

    /**
     * The next row, an array of its own: one value a column, null or of its type's Java type. Null behind the last.
     *
     * @throws IOException also if it is no Parquet file, or has a column of another type
     */
    public @Nullable Object @Nullable [] next() throws IOException {
        try {
            return reader.read();
        } catch (ParquetRuntimeException e) {
            throw new IOException("the data file " + file + " cannot be read: " + DeltaErrors.firstLine(e), e);
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }

    private static final class Builder extends ParquetReader.Builder<@Nullable Object[]> {
        private final List<Column> columns;

        Builder(InputFile file, List<Column> columns) {
            super(file);
            this.columns = columns;
        }

        @Override
        protected ReadSupport<@Nullable Object[]> getReadSupport() {
            return new RowReadSupport(columns);
        }
    }
}
