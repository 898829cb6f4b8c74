package io.sightline.history.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.standalone.Operation;
import io.sightline.event.Column;
import io.sightline.history.HistoryException;
import io.sightline.history.RowCondition;
import io.sightline.spec.HistorySpec.Compression;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableReaderTest {
    private static final LocalDate DAY = LocalDate.of(2026, 5, 1);

    @TempDir
    private Path folder;

    private TestTable table;

    @BeforeEach
    void make() throws IOException {
        table = new TestTable(folder);
    }

    @Test
    void a_version_tells_what_made_it_and_what_the_table_was_then() throws IOException {
        // Given
        table.commit(DAY, 3);
        table.commit(DAY, 4);
        new TableCare(table.table(), Compression.SNAPPY, null, () -> 0).compact();
        table.foreign(transaction ->
                transaction.commit(List.of(), new Operation(Operation.Name.SET_TABLE_PROPERTIES), "another program"));

        // When
        List<TableVersion> versions = reader().versions(100);

        // Then
        assertThat(versions).extracting(TableVersion::version).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(versions).extracting(TableVersion::rows).containsExactly(0L, 3L, 7L, 7L, 7L);
        assertThat(versions).extracting(TableVersion::files).containsExactly(0L, 1L, 2L, 1L, 1L);
        assertThat(versions)
                .extracting(TableVersion::operation)
                .containsExactly(
                        "CREATE TABLE", "STREAMING UPDATE", "STREAMING UPDATE", "COMPACT", "SET TBLPROPERTIES");
        assertThat(versions).extracting(TableVersion::writer).startsWith("grid/detections", "grid/detections");
        assertThat(versions.get(4).writer()).startsWith("another-program");
        assertThat(versions.get(4).bytes())
                .isEqualTo(table.newest().files(null).get(0).bytes());
        assertThat(versions).isSortedAccordingTo((one, other) -> one.time().compareTo(other.time()));
    }

    @Test
    void every_version_has_the_rows_that_another_reader_finds_in_it() throws IOException {
        // Given
        table.commit(DAY, 3);
        table.commit(DAY.plusDays(1), 20);
        new TableCare(table.table(), Compression.ZSTD, null, () -> 0).compact();
        table.commit(DAY, 2);

        // Then
        for (long version = 0; version <= 3; version++) {
            assertThat(TableChecker.sorted(asMaps(reader().columns(version), rows(version, ""))))
                    .isEqualTo(TableChecker.sorted(
                            withInstants(KernelTable.version(folder, version).rows())));
        }
    }

    @Test
    void only_files_that_may_hold_such_rows_are_read() throws IOException {
        // Given
        for (int i = 0; i < 4; i++) {
            table.commit(DAY.plusDays(i % 2), 10);
        }

        // When
        TableReader.Rows ofDay = read(4, "event_date = '2026-05-02'");
        TableReader.Rows ofOffset = read(4, "record_offset >= 25 AND record_offset < 27");
        TableReader.Rows ofTime = read(4, "event_time < '2026-05-01T00:00:00.001Z' AND item = 'item-0'");

        // Then
        assertThat(ofDay.filesRead()).isEqualTo(2);
        assertThat(ofDay.rows()).hasSize(20);
        assertThat(ofOffset.filesRead()).isEqualTo(1);
        assertThat(ofOffset.rows()).extracting(row -> row.get(4)).containsExactly(25L, 26L);
        assertThat(ofTime.files()).isEqualTo(4);
        assertThat(ofTime.filesRead()).isEqualTo(1);
        assertThat(ofTime.rows()).isEmpty();
    }

    @Test
    void no_more_than_asked_for_is_read_and_it_is_said_that_there_is_more() throws IOException {
        // Given
        table.commit(DAY, 5);
        table.commit(DAY, 5);

        // Then
        assertThat(reader().rows(2, List.of(), 3)).satisfies(rows -> {
            assertThat(rows.rows()).hasSize(3);
            assertThat(rows.hasMore()).isTrue();
            assertThat(rows.filesRead()).isEqualTo(1);
        });
        assertThat(reader().rows(2, List.of(), 10).hasMore()).isFalse();
    }

    @Test
    void the_newest_versions_alone_say_the_same_of_themselves() throws IOException {
        // Given
        for (int i = 1; i < 6; i++) {
            table.commit(DAY, i);
        }
        new TableCare(table.table(), Compression.SNAPPY, null, () -> 0).compact();
        table.commit(DAY, 1);

        // Then
        List<TableVersion> all = reader().versions(100);
        assertThat(reader().versions(3)).isEqualTo(all.subList(all.size() - 3, all.size()));
        assertThat(reader().versions(0)).isEqualTo(all.subList(all.size() - 1, all.size()));
        assertThat(reader().versionCount()).isEqualTo(all.size());
    }

    @Test
    void the_newest_rows_come_from_the_files_that_may_hold_them() throws Exception {
        // Given rows of offsets 0 to 29, the older days committed last
        for (int i = 0; i < 3; i++) {
            table.commit(DAY.minusDays(i), 10);
        }
        List<Column> wanted = List.of(column("record_offset"), column("event_date"));

        // When
        TableReader.Rows newest = newest(3, List.of(), wanted, 4);
        TableReader.Rows met = newest(3, condition("item = 'item-1' AND record_offset > 9"), wanted, 100);

        // Then
        assertThat(newest.rows())
                .containsExactly(List.of(9L, DAY), List.of(8L, DAY), List.of(7L, DAY), List.of(6L, DAY));
        assertThat(newest.hasMore()).isTrue();
        assertThat(newest.filesRead()).isEqualTo(1);
        assertThat(met.rows()).extracting(row -> row.get(0)).containsExactly(16L, 11L, 26L);
        assertThat(met.hasMore()).isFalse();
        assertThat(newest(2, List.of(), wanted, 100).rows()).hasSize(20);
        assertThatThrownBy(() -> reader().newestRows(3, List.of(), column("event_time"), wanted, 4, () -> true))
                .isInstanceOf(InterruptedIOException.class);
    }

    private TableReader.Rows newest(long version, List<RowCondition> conditions, List<Column> wanted, int limit)
            throws Exception {
        return reader().newestRows(version, conditions, column("event_time"), wanted, limit, () -> false);
    }

    private Column column(String name) throws IOException {
        return reader().columns(1).stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private List<RowCondition> condition(String text) throws IOException {
        return RowCondition.parse(text, reader().columns(1));
    }

    @Test
    void a_moment_finds_the_version_that_was_the_newest_then() throws IOException {
        // Given versions of two hours ago, one hour ago and now
        table.commit(DAY, 1);
        table.age(Duration.ofHours(1));
        table.commit(DAY, 1);
        table.age(Duration.ofHours(1));
        table.commit(DAY, 1);
        Instant now = Instant.now();

        // Then
        assertThat(reader().at(now.minus(Duration.ofMinutes(90)))).isEqualTo(1);
        assertThat(reader().at(now.minus(Duration.ofMinutes(30)))).isEqualTo(2);
        assertThat(reader().at(now.plus(Duration.ofDays(1)))).isEqualTo(3);
        assertThatThrownBy(() -> reader().at(now.minus(Duration.ofDays(1))))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("can no longer be read; the oldest version there is, 0");
    }

    @Test
    void a_version_that_is_gone_or_yet_to_come_is_refused_with_those_there_are() throws IOException {
        // Given a log cut off before a checkpoint
        for (int i = 0; i < 27; i++) {
            table.commit(DAY, 1);
        }
        Files.delete(folder.resolve("_delta_log/00000000000000000003.json"));

        // Then
        assertThat(reader().versions(100)).extracting(TableVersion::version).containsExactly(25L, 26L, 27L);
        assertThat(reader().versions(100)).extracting(TableVersion::rows).containsExactly(25L, 26L, 27L);
        assertThatThrownBy(() -> reader().rows(4, List.of(), 1))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("it has no version 4 to read; there are 25 to 27");
        assertThatThrownBy(() -> reader().rows(28, List.of(), 1)).isInstanceOf(HistoryException.class);
    }

    @Test
    void a_version_whose_files_vacuum_has_taken_says_so() throws IOException {
        // Given
        table.commit(DAY, 1);
        Files.delete(TableChecker.dataFiles(folder).get(0));

        // Then
        assertThatThrownBy(() -> reader().rows(1, List.of(), 1))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("a file of version 1 is gone")
                .hasMessageContaining("vacuum has taken it");
    }

    private TableReader reader() throws IOException {
        return TableReader.open(table.table());
    }

    private TableReader.Rows read(long version, String where) throws IOException {
        TableReader reader = reader();
        return reader.rows(version, RowCondition.parse(where, reader.columns(version)), 1_000);
    }

    private List<List<@Nullable Object>> rows(long version, String where) throws IOException {
        return where.isEmpty()
                ? reader().rows(version, List.of(), 1_000).rows()
                : read(version, where).rows();
    }

    private static List<Map<String, @Nullable Object>> asMaps(List<Column> columns, List<List<@Nullable Object>> rows) {
        return rows.stream()
                .map(row -> {
                    Map<String, @Nullable Object> map = new LinkedHashMap<>();
                    for (int i = 0; i < row.size(); i++) {
                        map.put(columns.get(i).name(), row.get(i));
                    }
                    return map;
                })
                .toList();
    }

    private static List<Map<String, @Nullable Object>> withInstants(List<Map<String, @Nullable Object>> rows) {
        rows.forEach(row -> row.computeIfPresent(
                "event_time",
                (name, micros) -> Instant.EPOCH.plusNanos(Objects.requireNonNull((Long) micros) * 1_000)));
        return rows;
    }
}
