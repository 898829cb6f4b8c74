package io.sightline.history.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.standalone.Operation;
import io.delta.standalone.types.FloatType;
import io.delta.standalone.types.IntegerType;
import io.sightline.history.DataFile;
import io.sightline.history.HistoryException;
import io.sightline.history.PreparedCommit;
import io.sightline.history.Settlement;
import io.sightline.history.TableState;
import io.sightline.history.delta.TableCare.Figures;
import io.sightline.spec.HistorySpec.Compression;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableCareTest {
    private static final LocalDate DAY = LocalDate.of(2026, 5, 1);
    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");
    private static final Duration KEEP = Duration.ofDays(30);
    private static final long LARGE = 1 << 20;

    @TempDir
    private Path folder;

    private TestTable table;

    @BeforeEach
    void make() throws IOException {
        table = new TestTable(folder);
    }

    @Test
    void small_files_become_one_with_the_same_rows_and_every_earlier_version_stays_readable() throws IOException {
        // Given
        for (int i = 0; i < 10; i++) {
            table.commit(DAY, 3);
            table.commit(DAY.plusDays(1), 2);
        }
        List<Map<String, @Nullable Object>> before = table.newest().rows();
        TableState log = table.state();

        // When
        Figures figures = care(LARGE).care(NOON);

        // Then
        assertThat(figures.filesCompacted()).isEqualTo(20);
        assertThat(figures.filesWritten()).isEqualTo(2);
        assertThat(figures.rowsRewritten()).isEqualTo(50);
        assertThat(table.newest().files(null)).hasSize(2);
        assertThat(TableChecker.sorted(table.newest().rows())).isEqualTo(TableChecker.sorted(before));
        table.checkWhole();
        assertThat(table.state().progress()).isEqualTo(log.progress());
        assertThat(table.state().fence()).isEqualTo(log.fence());
        assertThat(table.state().counters()).isEqualTo(log.counters());
        for (long version = 0; version <= log.version(); version++) {
            TableChecker.check(folder, version);
        }
        assertThat(TestTable.offsets(KernelTable.version(folder, 1))).hasSize(3);
    }

    @Test
    void the_writer_goes_on_over_a_compaction_as_if_there_were_none() throws IOException {
        // Given a commit that was prepared before it
        commits(8);
        PreparedCommit prepared = table.prepare(DAY, 5);

        // When
        care(LARGE).care(NOON);
        table.settle(prepared);
        table.commit(DAY, 1);

        // Then
        table.checkWhole();
        assertThat(table.newest().files(null)).hasSize(3);
    }

    @Test
    void a_few_files_are_left_until_it_is_worth_it_unless_all_is_asked_for() throws IOException {
        // Given
        commits(Compaction.FEWEST_FILES - 1);

        // Then
        assertThat(care(LARGE).care(NOON).filesCompacted()).isZero();
        assertThat(care(LARGE).filesWaiting()).isEqualTo(Compaction.FEWEST_FILES - 1);
        assertThat(care(LARGE).compact().filesCompacted()).isEqualTo(Compaction.FEWEST_FILES - 1);
        assertThat(care(LARGE).filesWaiting()).isZero();
        table.checkWhole();
    }

    @Test
    void what_fills_a_file_is_compacted_at_once_and_never_again() throws IOException {
        // Given
        for (int i = 0; i < 12; i++) {
            table.commit(DAY, 3_000);
        }
        long size = table.newest().files(null).get(0).bytes();
        TableCare care = care(4 * size);

        // When
        Figures first = care.care(NOON);
        Figures second = care.care(NOON);

        // Then
        assertThat(first.filesCompacted()).isPositive();
        assertThat(second.filesCompacted()).isZero();
        table.checkWhole();
    }

    @Test
    void a_row_is_copied_a_few_times_in_all_however_often_care_is_taken() throws IOException {
        // Given
        TableCare care = care(LARGE);
        long copied = 0;

        // When
        for (int i = 0; i < 100; i++) {
            table.commit(DAY, 50);
            copied += care.care(NOON).rowsRewritten();
        }

        // Then
        assertThat(copied).isBetween(4_000L, 4 * 5_000L);
        assertThat(table.newest().files(null).size()).isLessThan(30);
        table.checkWhole();
    }

    @Test
    void files_from_before_a_column_was_added_are_compacted_with_those_after() throws IOException {
        // Given
        commits(4);
        table.foreign(transaction -> {
            transaction.updateMetadata(transaction
                    .metadata()
                    .copyBuilder()
                    .schema(transaction.metadata().getSchema().add("note", new IntegerType()))
                    .build());
            transaction.commit(List.of(), new Operation(Operation.Name.ADD_COLUMNS), "another program");
        });
        commits(4);

        // When
        Figures figures = care(LARGE).care(NOON);

        // Then
        assertThat(figures.filesWritten()).isEqualTo(1);
        assertThat(table.newest().rows())
                .allSatisfy(row -> assertThat(row).containsEntry("note", null).containsKey("item"));
        table.checkWhole();
    }

    @Test
    void a_column_of_a_type_that_no_field_has_is_no_obstacle_for_the_writer_and_a_clear_error_for_care()
            throws IOException {
        // Given
        commits(8);
        table.foreign(transaction -> {
            transaction.updateMetadata(transaction
                    .metadata()
                    .copyBuilder()
                    .schema(transaction.metadata().getSchema().add("ratio", new FloatType()))
                    .build());
            transaction.commit(List.of(), new Operation(Operation.Name.ADD_COLUMNS), "another program");
        });

        // Then
        assertThatThrownBy(() -> care(LARGE).care(NOON))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("another program has added `ratio`, which is float");
        table.commit(DAY, 1);
        table.checkWhole();
    }

    @Test
    void a_file_that_does_not_hold_what_the_log_says_is_not_compacted_away() throws IOException {
        // Given
        commits(8);
        List<Path> files = TableChecker.dataFiles(folder);
        table.commit(DAY, 9);
        Path other = TableChecker.dataFiles(folder).stream()
                .filter(file -> !files.contains(file))
                .findFirst()
                .orElseThrow();
        Files.copy(other, files.get(0), StandardCopyOption.REPLACE_EXISTING);

        // Then
        assertThatThrownBy(() -> care(LARGE).care(NOON))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("holds 2 rows, and it holds 9");
        assertThat(TableChecker.dataFiles(folder)).hasSize(9);
    }

    @Test
    void old_days_are_dropped_whole_and_what_was_read_of_the_topic_stays() throws IOException {
        // Given
        table.commit(DAY.minusDays(32), 4);
        table.commit(DAY.minusDays(31), 3);
        table.commit(DAY.minusDays(30), 2);
        table.commit(DAY, 1);
        TableState before = table.state();
        TableCare care = new TableCare(table.table(), Compression.SNAPPY, KEEP, System::currentTimeMillis, LARGE);

        // When, half a day before the third day is old
        Figures figures = care.care(NOON);

        // Then
        assertThat(figures.daysDropped()).containsExactly(DAY.minusDays(32), DAY.minusDays(31));
        assertThat(figures.filesDropped()).isEqualTo(2);
        assertThat(table.offsets()).containsExactly(7L, 8L, 9L);
        assertThat(table.state().progress()).isEqualTo(before.progress());
        assertThat(table.state().counters()).isEqualTo(before.counters());
        TableChecker.check(folder);
        assertThat(TestTable.offsets(KernelTable.version(folder, before.version())))
                .hasSize(10);
        assertThat(care.care(NOON).filesDropped()).isZero();
        table.commit(DAY, 1);
        assertThat(table.offsets()).containsExactly(7L, 8L, 9L, 10L);
    }

    @Test
    void a_table_promises_to_be_append_only_until_the_first_day_is_dropped() throws IOException {
        // Given
        table.commit(DAY.minusDays(40), 1);
        table.commit(DAY, 1);
        TableCare care = new TableCare(table.table(), Compression.SNAPPY, KEEP, System::currentTimeMillis, LARGE);
        PreparedCommit prepared = table.prepare(DAY, 1);

        // When
        String before = table.newest().snapshot().getTableProperties().get("delta.appendOnly");
        care.care(NOON);
        table.settle(prepared);

        // Then
        assertThat(before).isEqualTo("true");
        assertThat(table.newest().snapshot().getTableProperties()).containsEntry("delta.appendOnly", "false");
    }

    @Test
    void vacuum_deletes_what_no_version_within_the_retention_names_and_nothing_else() throws IOException {
        // Given files replaced eight days ago, left over then, and replaced now
        commits(8);
        care(LARGE).compact();
        Files.writeString(folder.resolve("event_date=2026-05-01/part-left-over.snappy.parquet"), "PAR");
        table.age(Duration.ofDays(8));
        // A checkpoint among them, with which the versions before it leave the log.
        commits(20);
        Files.writeString(folder.resolve("event_date=2026-05-01/part-being-written.snappy.parquet"), "PAR");
        care(LARGE).compact();
        assertThat(TableChecker.dataFiles(folder)).hasSize(8 + 2 + 20 + 2);

        // When
        Figures figures = care(LARGE).vacuum(Instant.now());

        // Then the version of eight days ago was still the newest within the retention, up to the next commit
        assertThat(figures.filesDeleted()).isEqualTo(8 + 1);
        assertThat(figures.bytesDeleted()).isPositive();
        assertThat(TableChecker.dataFiles(folder)).hasSize(1 + 20 + 2);
        table.checkWhole();
        for (long version : VersionList.of(table.table()).numbers()) {
            TableChecker.check(folder, version);
        }
    }

    @Test
    void a_clock_that_is_ahead_makes_no_file_and_no_day_old() throws IOException {
        // Given
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        for (int i = 0; i < 8; i++) {
            table.commit(today, 2);
        }
        TableCare care = new TableCare(table.table(), Compression.SNAPPY, KEEP, System::currentTimeMillis, LARGE);
        care.compact();

        // When
        Figures figures = care.care(Instant.now().plus(Duration.ofDays(36_500)));

        // Then
        assertThat(figures.filesDropped()).isZero();
        assertThat(figures.filesDeleted()).isZero();
        table.checkWhole();
        assertThat(leftOver()).isEmpty();
    }

    @Test
    void the_retention_is_the_tables_own_and_never_less_than_a_day() throws IOException {
        // Given
        commits(8);
        care(LARGE).compact();
        setRetention("interval 0 hours");
        table.age(Duration.ofHours(23));

        // Then
        assertThat(care(LARGE).vacuum(Instant.now()).filesDeleted()).isZero();
        table.age(Duration.ofHours(2));
        assertThat(care(LARGE).vacuum(Instant.now()).filesDeleted()).isEqualTo(8);
        table.checkWhole();
        setRetention("interval 2 months");
        assertThatThrownBy(() -> care(LARGE).vacuum(Instant.now()))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("deletedFileRetentionDuration is `interval 2 months`; accepted: weeks, days");
    }

    @Test
    void vacuum_is_done_once_a_day() throws IOException {
        // Given
        commits(1);
        Path leftOver = folder.resolve("event_date=2026-05-01/part-left-over.snappy.parquet");
        TableCare care = care(LARGE);
        care.care(Instant.now());
        Files.writeString(leftOver, "PAR");
        table.age(Duration.ofDays(30));

        // Then
        assertThat(care.care(Instant.now().plus(Duration.ofHours(23))).filesDeleted())
                .isZero();
        assertThat(care.care(Instant.now().plus(Duration.ofHours(25))).filesDeleted())
                .isEqualTo(1);
        assertThat(leftOver).doesNotExist();
    }

    @Test
    void a_commit_prepared_so_long_ago_that_vacuum_took_its_files_is_refused() throws IOException {
        // Given a job that was suspended between its snapshot and its commit
        commits(2);
        PreparedCommit prepared = table.prepare(DAY, 3);
        PreparedCommit old = new PreparedCommit(
                prepared.from(),
                prepared.to(),
                prepared.files().stream()
                        .map(file -> new DataFile(
                                file.path(),
                                file.date(),
                                file.bytes(),
                                file.rows(),
                                file.modifiedAtMillis() - Duration.ofDays(9).toMillis(),
                                file.statistics()))
                        .toList(),
                prepared.counters());
        table.age(Duration.ofDays(9));
        assertThat(care(LARGE).vacuum(Instant.now()).filesDeleted()).isEqualTo(1);

        // When
        Settlement settlement = table.trySettle(old);

        // Then
        assertThat(settlement)
                .isInstanceOfSatisfying(
                        Settlement.Refused.class,
                        refused -> assertThat(refused.reason())
                                .hasMessageContaining("a commit prepared 216 h ago names")
                                .hasMessageContaining("start cold"));
        table.checkWhole();
    }

    @Test
    void a_table_whose_log_has_been_cleaned_up_is_cared_for_all_the_same() throws IOException {
        // Given a log that begins with a checkpoint
        commits(25);
        care(LARGE).compact();
        table.age(Duration.ofDays(40));
        commits(25);
        assertThat(folder.resolve("_delta_log/00000000000000000000.json")).doesNotExist();

        // When
        Figures vacuumed = care(LARGE).vacuum(Instant.now());
        Figures compacted = care(LARGE).compact();

        // Then
        assertThat(vacuumed.filesDeleted()).isEqualTo(25);
        assertThat(compacted.filesWritten()).isEqualTo(1);
        table.checkWhole();
    }

    @Test
    void files_that_another_program_compacted_first_are_left_to_it() throws IOException {
        // Given another program that compacts while this one writes its file
        commits(8);
        boolean[] done = new boolean[1];
        TableCare care = new TableCare(
                table.table(),
                Compression.SNAPPY,
                null,
                () -> {
                    if (!done[0]) {
                        done[0] = true;
                        compactAsAnother();
                    }
                    return 0;
                },
                LARGE);

        // When
        Figures figures = care.compact();

        // Then
        assertThat(figures.conflicts()).isEqualTo(1);
        assertThat(figures.filesCompacted()).isZero();
        table.checkWhole();
        assertThat(leftOver()).as("the work that was dropped").isEmpty();
    }

    @Test
    void nothing_is_left_of_a_compaction_that_finds_no_room() throws IOException {
        // Given
        commits(8);
        long version = table.state().version();
        TableFolder full = TableFolder.of(folder.toString(), Map.of("fs.file.impl", SickStorage.class.getName()));

        // Then
        for (SickStorage.Sickness sickness : SickStorage.Sickness.values()) {
            SickStorage.have(sickness);
            assertThatThrownBy(() -> new TableCare(full, Compression.SNAPPY, KEEP, () -> 0, LARGE).care(NOON))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(sickness.message());
            assertThat(table.state().version()).isEqualTo(version);
            assertThat(leftOver()).isEmpty();
        }
        SickStorage.recover();
        assertThat(new TableCare(full, Compression.SNAPPY, KEEP, () -> 0, LARGE)
                        .compact()
                        .filesWritten())
                .isEqualTo(1);
        table.checkWhole();
    }

    @Test
    void a_commit_that_the_log_does_not_take_leaves_the_table_as_it_was() throws IOException {
        // Given
        commits(8);
        TableFolder full = TableFolder.of(
                folder.toString(), Map.of("delta.logStore.file.impl", DeltaTableLogTest.Full.class.getName()));

        // Then
        assertThatThrownBy(() -> new TableCare(full, Compression.SNAPPY, null, () -> 0, LARGE).compact())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(folder + " did not take the commit COMPACT")
                .hasMessageContaining("no space left on device");
        table.checkWhole();
        assertThat(table.newest().files(null)).hasSize(8);
    }

    @Test
    void a_commit_whose_answer_is_lost_is_found_in_the_log() throws IOException {
        // Given
        commits(8);
        TableFolder lossy = TableFolder.of(
                folder.toString(), Map.of("delta.logStore.file.impl", DeltaTableLogTest.AnswerLost.class.getName()));

        // When
        Figures figures = new TableCare(lossy, Compression.SNAPPY, null, () -> 0, LARGE).compact();

        // Then
        assertThat(figures.filesWritten()).isEqualTo(1);
        assertThat(table.newest().files(null)).hasSize(1);
        table.checkWhole();
    }

    @Test
    void a_table_that_is_not_there_or_of_a_newer_protocol_is_refused_in_words() throws IOException {
        // Given
        Files.writeString(
                folder.resolve("_delta_log/00000000000000000001.json"),
                "{\"protocol\":{\"minReaderVersion\":3,\"minWriterVersion\":7,\"readerFeatures\":[\"deletionVectors\"],"
                        + "\"writerFeatures\":[\"deletionVectors\"]}}\n");
        TableFolder none = TableFolder.of(folder.resolve("none").toString(), Map.of());

        // Then
        assertThatThrownBy(() -> care(LARGE).care(NOON))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("upgraded it to a newer Delta protocol");
        assertThatThrownBy(() -> new TableCare(none, Compression.SNAPPY, KEEP, () -> 0, LARGE).care(NOON))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("none cannot be used: there is none");
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @Test
    void intervals_are_read_as_other_programs_write_them() {
        assertThat(IntervalText.parse("interval 7 days")).contains(Duration.ofDays(7));
        assertThat(IntervalText.parse("INTERVAL 1 week 12 hours")).contains(Duration.ofHours(180));
        assertThat(IntervalText.parse("90 minutes")).contains(Duration.ofMinutes(90));
        assertThat(IntervalText.parse("interval 1 month")).isEmpty();
        assertThat(IntervalText.parse("7d")).isEmpty();
    }

    private void commits(int number) throws IOException {
        for (int i = 0; i < number; i++) {
            table.commit(DAY, 2);
        }
    }

    private TableCare care(long targetBytes) {
        return new TableCare(table.table(), Compression.SNAPPY, null, System::currentTimeMillis, targetBytes);
    }

    private void setRetention(String interval) {
        table.foreign(transaction -> {
            Map<String, String> properties =
                    new HashMap<>(transaction.metadata().getConfiguration());
            properties.put("delta.deletedFileRetentionDuration", interval);
            transaction.updateMetadata(transaction
                    .metadata()
                    .copyBuilder()
                    .configuration(properties)
                    .build());
            transaction.commit(List.of(), new Operation(Operation.Name.SET_TABLE_PROPERTIES), "another program");
        });
    }

    private void compactAsAnother() {
        try {
            care(LARGE).compact();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Files on storage that no version names. */
    private List<Path> leftOver() throws IOException {
        List<Path> files = new ArrayList<>(TableChecker.dataFiles(folder));
        for (long version = table.state().version(); version >= 0; version--) {
            for (KernelTable.File file : KernelTable.version(folder, version).files(null)) {
                files.remove(Path.of(URI.create(file.path())));
            }
        }
        return files;
    }
}
