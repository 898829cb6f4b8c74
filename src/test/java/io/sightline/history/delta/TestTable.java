package io.sightline.history.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.delta.standalone.DeltaLog;
import io.delta.standalone.OptimisticTransaction;
import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.history.Claim;
import io.sightline.history.ClaimRequest;
import io.sightline.history.DataFile;
import io.sightline.history.PreparedCommit;
import io.sightline.history.ProgressVector;
import io.sightline.history.Settlement;
import io.sightline.history.TableState;
import io.sightline.history.TableWriter;
import io.sightline.history.WriterIdentity;
import io.sightline.spec.HistorySpec.Compression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A history table of one topic partition, with a writer that commits as the job does. */
public final class TestTable {
    static final List<Column> COLUMNS = List.of(
            new Column("event_time", FieldType.TIMESTAMP),
            new Column("item", FieldType.STRING),
            new Column("score", FieldType.DOUBLE),
            new Column("topic_partition", FieldType.INT),
            new Column("record_offset", FieldType.LONG),
            new Column("record_index", FieldType.INT));
    static final WriterIdentity WRITER = new WriterIdentity("grid", "detections");
    private static final long MICROS_PER_DAY = 86_400_000_000L;
    private static final ProgressVector START = ProgressVector.of(0);

    private final Path folder;
    private final TableFolder table;
    private final TableWriter writer;
    private final Claim claim;
    private ProgressVector at;

    /** Claims the table in this folder, and makes it if there is none. */
    public TestTable(Path folder) throws IOException {
        this(folder, "topic");
    }

    /** The same, of another topic than {@code topic}. */
    public TestTable(Path folder, String topic) throws IOException {
        this.folder = folder;
        this.table = TableFolder.of(folder.toString(), Map.of());
        this.writer = new TableWriter(new DeltaTableLog(table, topic, COLUMNS), System::currentTimeMillis);
        this.claim = writer.claim(new ClaimRequest(WRITER, Duration.ofSeconds(30), false, START));
        this.at = claim.at();
    }

    TableFolder table() {
        return table;
    }

    /** Of the next record to read. */
    public long nextOffset() {
        return at.next(0);
    }

    /** Commits one file of so many more rows, of this day. */
    public void commit(LocalDate day, int rows) throws IOException {
        settle(prepare(day, rows));
    }

    PreparedCommit prepare(LocalDate day, int rows) throws IOException {
        TableFiles files = new TableFiles(
                table,
                COLUMNS,
                Compression.SNAPPY,
                1 << 20,
                () -> "part-" + UUID.randomUUID(),
                System::currentTimeMillis);
        long from = at.next(0);
        for (long offset = from; offset < from + rows; offset++) {
            files.write(day, row(day, offset));
        }
        List<DataFile> sealed = files.seal();
        return new PreparedCommit(
                at, ProgressVector.of(from + rows), sealed, new TreeMap<>(Map.of("events", from + rows)));
    }

    void settle(PreparedCommit commit) {
        assertThat(writer.settle(claim.fence(), commit)).isInstanceOf(Settlement.Committed.class);
        at = commit.to();
    }

    Settlement trySettle(PreparedCommit commit) {
        return writer.settle(claim.fence(), commit);
    }

    private static @Nullable Object[] row(LocalDate day, long offset) {
        return new @Nullable Object[] {
            day.toEpochDay() * MICROS_PER_DAY + offset * 1_001,
            offset % 7 == 0 ? null : "item-" + offset % 5,
            offset % 3 == 0 ? null : offset / 4.0,
            0,
            offset,
            0
        };
    }

    /** As another program would: any commit at all. */
    void foreign(Foreign commit) {
        OptimisticTransaction transaction =
                DeltaLog.forTable(table.configuration(), table.path()).startTransaction();
        commit.on(transaction);
    }

    interface Foreign {
        void on(OptimisticTransaction transaction);
    }

    /** What the log says. */
    TableState state() throws IOException {
        return new DeltaTableLog(table, "topic", COLUMNS).read();
    }

    KernelTable newest() {
        return KernelTable.newest(folder);
    }

    /** Every row once, in offset order, up to where the table is; and what the log says of its files is true. */
    void checkWhole() throws IOException {
        List<Long> offsets = offsets();
        List<Long> expected = new ArrayList<>();
        for (long offset = 0; offset < at.next(0); offset++) {
            expected.add(offset);
        }
        assertThat(offsets).isEqualTo(expected);
        assertThat(newest().transaction("sightline/next_offset/topic/0")).isEqualTo(at.next(0));
        TableChecker.check(folder);
    }

    List<Long> offsets() throws IOException {
        return offsets(newest());
    }

    static List<Long> offsets(KernelTable table) throws IOException {
        return table.rows().stream()
                .map(row -> (Long) row.get("record_offset"))
                .sorted()
                .toList();
    }

    /** Makes all that is there now look so much older: data files and log. */
    void age(Duration by) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                Instant modified = Files.getLastModifiedTime(path).toInstant();
                Files.setLastModifiedTime(path, FileTime.from(modified.minus(by)));
            }
        }
    }
}
