package io.sightline.history.delta;

import io.sightline.event.Column;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.apache.parquet.hadoop.ParquetReader;
import org.jspecify.annotations.Nullable;

/** Reads the rows of one data file, and of them only the columns that are asked for. Not thread-safe. */
public final class RowReader implements Closeable {
    private final ParquetReader<@Nullable Object[]> reader;

    private RowReader(ParquetReader<@Nullable Object[]> reader) {
        this.reader = reader;
    }

    /**
     * Opens a file of a table.
     *
     * @param path as the log names it: relative to the table, special characters escaped
     * @param columns what to read; one that the file does not have is null in every row
     * @throws IOException if the storage does not answer, or the file is no Parquet file
     */
    public static RowReader open(TableFolder folder, String path, List<Column> columns) throws IOException {
        return new RowReader(ParquetReader.builder(
                        new RowReadSupport(columns),
                        folder.resolve(URI.create(path).getPath()))
                .withConf(folder.configuration())
                .build());
    }

    /** The next row, an array of its own: one value a column, null or of its type's Java type. Null behind the last. */
    public @Nullable Object @Nullable [] next() throws IOException {
        return reader.read();
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
