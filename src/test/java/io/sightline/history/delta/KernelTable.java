package io.sightline.history.delta;

import io.delta.kernel.Scan;
import io.delta.kernel.ScanBuilder;
import io.delta.kernel.Snapshot;
import io.delta.kernel.Table;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.engine.FileReadResult;
import io.delta.kernel.expressions.Predicate;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.data.ScanStateRow;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampType;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/** A table as delta-kernel reads it: a reader that shares no code with the writer. */
final class KernelTable {
    private final Engine engine;
    private final Snapshot snapshot;

    /** One file: its path, what the log says of it, and its rows as maps from column to value; null where there is none. */
    record File(
            String path,
            long bytes,
            Map<String, String> partition,
            String statistics,
            List<Map<String, @Nullable Object>> rows) {}

    /** What is done with a file. */
    interface FileUse {
        void of(File file) throws IOException;
    }

    private KernelTable(Path folder, long version) {
        this(new Configuration(), folder.toUri().toString(), version);
    }

    private KernelTable(Configuration configuration, String folder, long version) {
        engine = DefaultEngine.create(configuration);
        Table table = Table.forPath(engine, folder);
        this.snapshot = version < 0 ? table.getLatestSnapshot(engine) : table.getSnapshotAsOfVersion(engine, version);
    }

    static KernelTable newest(TableFolder folder) {
        return new KernelTable(folder.configuration(), folder.path().toString(), -1);
    }

    static KernelTable newest(Path folder) {
        return new KernelTable(folder, -1);
    }

    static KernelTable version(Path folder, long version) {
        return new KernelTable(folder, version);
    }

    Snapshot snapshot() {
        return snapshot;
    }

    List<String> columns() {
        return snapshot.getSchema().fieldNames();
    }

    /** The columns that are microseconds since 1970. */
    Set<String> timestamps() {
        return snapshot.getSchema().fields().stream()
                .filter(field -> field.getDataType() instanceof TimestampType)
                .map(StructField::getName)
                .collect(Collectors.toSet());
    }

    /** -1 if the table has none of this id. */
    long transaction(String applicationId) {
        return snapshot.getLatestTransactionVersion(engine, applicationId).orElse(-1L);
    }

    List<Map<String, @Nullable Object>> rows() throws IOException {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        eachFile(file -> rows.addAll(file.rows()));
        return rows;
    }

    /** @param predicate files that cannot hold a row it is true of are left out; null for all files */
    List<File> files(@Nullable Predicate predicate) throws IOException {
        ScanBuilder builder = snapshot.getScanBuilder();
        List<File> files = new ArrayList<>();
        scan(predicate == null ? builder : builder.withFilter(predicate), files::add);
        return files;
    }

    /** One after the other: all rows of millions at a time would not fit. */
    void eachFile(FileUse use) throws IOException {
        scan(snapshot.getScanBuilder(), use);
    }

    /** Of the rows only these columns. */
    void eachFile(List<String> columns, FileUse use) throws IOException {
        StructType all = snapshot.getSchema();
        StructType some = new StructType(columns.stream().map(all::get).toList());
        scan(snapshot.getScanBuilder().withReadSchema(some), use);
    }

    private void scan(ScanBuilder builder, FileUse use) throws IOException {
        Scan scan = builder.build();
        Row state = scan.getScanState(engine);
        try (CloseableIterator<FilteredColumnarBatch> batches = scan.getScanFiles(engine, true)) {
            while (batches.hasNext()) {
                try (CloseableIterator<Row> rows = batches.next().getRows()) {
                    while (rows.hasNext()) {
                        use.of(file(state, rows.next()));
                    }
                }
            }
        }
    }

    private File file(Row state, Row scanFile) throws IOException {
        FileStatus status = InternalScanFileUtils.getAddFileStatus(scanFile);
        Row add = scanFile.getStruct(InternalScanFileUtils.ADD_FILE_ORDINAL);
        int statistics = add.getSchema().indexOf("stats");
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        try (CloseableIterator<FileReadResult> read = engine.getParquetHandler()
                        .readParquetFiles(
                                Utils.singletonCloseableIterator(status),
                                ScanStateRow.getPhysicalDataReadSchema(state),
                                Optional.empty());
                CloseableIterator<ColumnarBatch> physical = read.map(FileReadResult::getData);
                CloseableIterator<FilteredColumnarBatch> batches =
                        Scan.transformPhysicalData(engine, state, scanFile, physical)) {
            while (batches.hasNext()) {
                try (CloseableIterator<Row> logical = batches.next().getRows()) {
                    while (logical.hasNext()) {
                        rows.add(values(logical.next()));
                    }
                }
            }
        }
        return new File(
                status.getPath(),
                status.getSize(),
                InternalScanFileUtils.getPartitionValues(scanFile),
                add.getString(statistics),
                rows);
    }

    private static Map<String, @Nullable Object> values(Row row) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (int i = 0; i < row.getSchema().length(); i++) {
            values.put(row.getSchema().at(i).getName(), row.isNullAt(i) ? null : value(row, i));
        }
        return values;
    }

    private static Object value(Row row, int i) {
        DataType type = row.getSchema().at(i).getDataType();
        if (type instanceof BooleanType) {
            return row.getBoolean(i);
        }
        if (type instanceof IntegerType) {
            return row.getInt(i);
        }
        if (type instanceof LongType || type instanceof TimestampType) {
            return row.getLong(i);
        }
        if (type instanceof DoubleType) {
            return row.getDouble(i);
        }
        if (type instanceof StringType) {
            return row.getString(i);
        }
        if (type instanceof DateType) {
            return LocalDate.ofEpochDay(row.getInt(i));
        }
        throw new IllegalArgumentException("a type that no column of ours has: " + type);
    }
}
