package io.sightline.history.delta;

import io.sightline.event.Column;
import io.sightline.history.DataFile;
import io.sightline.spec.HistorySpec.Compression;
import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.io.OutputFile;
import org.jspecify.annotations.Nullable;

/** One Parquet file on its way: from its first row to its description. */
final class OpenFile {
    /** What waits in memory, and is written at once when the file is closed at a barrier. */
    private static final long ROW_GROUP_BYTES = 16 << 20;

    private static final int ROWS_BETWEEN_LOOKS = 64;

    private final TableFolder folder;
    private final List<Column> columns;
    private final LocalDate date;
    private final String relative;
    private final ParquetWriter<@Nullable Object[]> writer;
    private long rows;

    OpenFile(TableFolder folder, LocalDate date, List<Column> columns, Compression compression, String name)
            throws IOException {
        this.folder = folder;
        this.columns = columns;
        this.date = date;
        this.relative =
                DeltaSchema.PARTITION.name() + "=" + date + "/" + name + "." + compression.yamlName() + ".parquet";
        try {
            this.writer = new Builder(HadoopOutputFile.fromPath(path(), folder.configuration()), columns)
                    .withConf(folder.configuration())
                    .withCompressionCodec(CompressionCodecName.valueOf(compression.name()))
                    // Version 2 pages are smaller, but not every reader has them.
                    .withWriterVersion(WriterVersion.PARQUET_1_0)
                    .withRowGroupSize(ROW_GROUP_BYTES)
                    .build();
        } catch (IOException | RuntimeException e) {
            // It begins with a few bytes: on a full disk the file is there, and they are not.
            folder.fileSystem().delete(path(), false);
            throw e;
        }
    }

    Path path() {
        return folder.resolve(relative);
    }

    void write(@Nullable Object[] row) throws IOException {
        writer.write(row);
        rows++;
    }

    /** Whether the file would be about this large if it were closed now. Asked of each row; every 64th is looked at. */
    boolean mayHaveReached(long bytes) {
        return rows % ROWS_BETWEEN_LOOKS == 0 && writer.getDataSize() >= bytes;
    }

    /** Closes the file; it is durable afterwards. */
    DataFile close(long nowMillis) throws IOException {
        writer.close();
        if (folder.isLocal()) {
            java.nio.file.Path file = java.nio.file.Path.of(path().toUri().getPath());
            Durability.force(file);
            Durability.force(file.resolveSibling(".").normalize());
            Durability.force(java.nio.file.Path.of(folder.path().toUri().getPath()));
        }
        ParquetMetadata footer = writer.getFooter();
        return new DataFile(
                relative,
                date,
                folder.fileSystem().getFileStatus(path()).getLen(),
                FooterStatistics.rows(footer),
                nowMillis,
                FooterStatistics.of(footer, columns));
    }

    /** Gives up the file; its content does not matter any more. */
    void discard() {
        try {
            writer.close();
        } catch (IOException | RuntimeException e) {
            // It is to be deleted.
            return;
        }
    }

    private static final class Builder extends ParquetWriter.Builder<@Nullable Object[], Builder> {
        private final List<Column> columns;

        Builder(OutputFile file, List<Column> columns) {
            super(file);
            this.columns = columns;
        }

        @Override
        protected Builder self() {
            return this;
        }

        /** Deprecated, and abstract nonetheless. */
        @Override
        @SuppressWarnings("deprecation")
        protected WriteSupport<@Nullable Object[]> getWriteSupport(Configuration configuration) {
            return new RowWriteSupport(columns);
        }
    }
}
