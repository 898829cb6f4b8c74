package io.sightline.history.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.delta.kernel.expressions.Literal;
import io.delta.kernel.expressions.Predicate;
import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.history.Claim;
import io.sightline.history.ClaimRequest;
import io.sightline.history.ColumnStatistics;
import io.sightline.history.DataFile;
import io.sightline.history.PreparedCommit;
import io.sightline.history.ProgressVector;
import io.sightline.history.Settlement;
import io.sightline.history.TableWriter;
import io.sightline.history.WriterIdentity;
import io.sightline.spec.HistorySpec.Compression;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TableFilesTest {
    private static final List<Column> COLUMNS = List.of(
            new Column("event_time", FieldType.TIMESTAMP),
            new Column("alive", FieldType.BOOLEAN),
            new Column("small", FieldType.INT),
            new Column("large", FieldType.LONG),
            new Column("real", FieldType.DOUBLE),
            new Column("text", FieldType.STRING),
            new Column("moment", FieldType.TIMESTAMP),
            new Column("day", FieldType.DATE));
    private static final long MICROS_PER_DAY = 86_400_000_000L;
    private static final long FIRST_DAY = LocalDate.of(2026, 5, 1).toEpochDay();
    private static final long LARGE = 128 << 20;

    @TempDir
    private Path folder;

    private int named;

    @ParameterizedTest
    @EnumSource(Compression.class)
    void another_reader_sees_the_rows_that_were_written_and_the_log_is_true_of_each_file(Compression compression)
            throws IOException {
        for (long seed = 0; seed < 5; seed++) {
            // Given
            Path table = folder.resolve("seed-" + seed);
            Random random = new Random(seed);
            TableFiles files = files(table, compression, LARGE);
            List<Map<String, @Nullable Object>> written = new ArrayList<>();

            // When
            for (int i = 0; i < 500; i++) {
                @Nullable Object[] row = randomRow(random);
                files.write(date(row), row);
                written.add(asMap(row));
            }
            commit(table, files.seal());

            // Then
            assertThat(TableChecker.sorted(KernelTable.newest(table).rows()))
                    .as("seed %d", seed)
                    .isEqualTo(TableChecker.sorted(written));
            TableChecker.check(table);
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void our_own_reader_gives_back_each_row_of_a_file_in_order(Compression compression) throws IOException {
        // Given rows of one day, and a column that the files do not have
        TableFiles files = files(folder, compression, LARGE);
        Random random = new Random(7);
        List<List<@Nullable Object>> written = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            @Nullable Object[] row = randomRow(random);
            row[0] = FIRST_DAY * MICROS_PER_DAY + i;
            files.write(date(row), row);
            written.add(Arrays.asList(row[5], null, row[7], row[0]));
        }
        DataFile file = files.seal().get(0);

        // When
        List<Column> some =
                List.of(COLUMNS.get(5), new Column("newer", FieldType.DOUBLE), COLUMNS.get(7), COLUMNS.get(0));
        List<List<@Nullable Object>> read = new ArrayList<>();
        try (RowReader rows = RowReader.open(TableFolder.of(folder.toString(), Map.of()), file.path(), some)) {
            for (@Nullable Object[] row; (row = rows.next()) != null; ) {
                read.add(Arrays.asList(row));
            }
        }

        // Then
        assertThat(read).isEqualTo(written);
    }

    @Test
    void at_most_eight_table_partitions_are_open_and_no_row_is_lost_on_the_ninth() throws IOException {
        // Given
        TableFiles files = files(folder, Compression.SNAPPY, LARGE);

        // When ten days come round twice
        for (int i = 0; i < 20; i++) {
            @Nullable Object[] row = row((FIRST_DAY + i % 10) * MICROS_PER_DAY, "a");
            files.write(date(row), row);
        }
        List<DataFile> sealed = files.seal();

        // Then the least recently written had to go each time
        assertThat(sealed).hasSize(20);
        assertThat(sealed.stream().mapToLong(DataFile::rows).sum()).isEqualTo(20);
    }

    @Test
    void eight_table_partitions_need_one_file_each() throws IOException {
        // Given
        TableFiles files = files(folder, Compression.SNAPPY, LARGE);

        // When
        for (int i = 0; i < 800; i++) {
            @Nullable Object[] row = row((FIRST_DAY + i % TableFiles.MOST_OPEN) * MICROS_PER_DAY, "a");
            files.write(date(row), row);
        }

        // Then
        assertThat(files.seal()).hasSize(TableFiles.MOST_OPEN).allMatch(file -> file.rows() == 100);
    }

    @Test
    void a_large_file_is_closed_and_the_next_begun() throws IOException {
        // Given
        TableFiles files = files(folder, Compression.SNAPPY, 50_000);
        Random random = new Random(1);

        // When
        for (int i = 0; i < 2_000; i++) {
            files.write(
                    LocalDate.ofEpochDay(FIRST_DAY),
                    row(
                            FIRST_DAY * MICROS_PER_DAY,
                            Long.toHexString(random.nextLong())
                                    + Long.toHexString(random.nextLong())
                                    + Long.toHexString(random.nextLong())));
        }
        List<DataFile> sealed = files.seal();

        // Then
        assertThat(sealed.size()).isBetween(2, 6);
        assertThat(sealed.stream().mapToLong(DataFile::rows).sum()).isEqualTo(2_000);
    }

    @Test
    void sealing_hands_out_each_file_once() throws IOException {
        // Given
        TableFiles files = files(folder, Compression.SNAPPY, LARGE);
        files.write(LocalDate.ofEpochDay(FIRST_DAY), row(FIRST_DAY * MICROS_PER_DAY, "a"));

        // Then
        assertThat(files.seal()).hasSize(1);
        assertThat(files.seal()).isEmpty();
    }

    @Test
    void what_is_abandoned_leaves_nothing_and_what_was_handed_out_stays() throws IOException {
        // Given
        TableFiles files = files(folder, Compression.SNAPPY, LARGE);
        files.write(LocalDate.ofEpochDay(FIRST_DAY), row(FIRST_DAY * MICROS_PER_DAY, "a"));
        List<DataFile> sealed = files.seal();
        for (int i = 0; i < 10; i++) {
            files.write(LocalDate.ofEpochDay(FIRST_DAY + i), row((FIRST_DAY + i) * MICROS_PER_DAY, "a"));
        }

        // When
        files.abandon();

        // Then
        assertThat(TableChecker.dataFiles(folder))
                .containsExactly(folder.resolve(sealed.get(0).path()));
    }

    @Test
    void texts_are_bounded_in_the_order_of_their_bytes_and_half_a_surrogate_pair_stops_nothing() throws IOException {
        // Given: in Java's order the emoji is before the private-use character, by bytes behind it
        String privateUse = "\uE000";
        String emoji = "\uD83D\uDE00";
        TableFiles files = files(folder, Compression.SNAPPY, LARGE);

        // When
        for (String text : List.of(privateUse, emoji, "\uD83D")) {
            files.write(LocalDate.ofEpochDay(FIRST_DAY), row(FIRST_DAY * MICROS_PER_DAY, text));
        }

        // Then
        ColumnStatistics texts = files.seal().get(0).statistics().get(5);
        assertThat(texts.min()).isEqualTo("?");
        assertThat(texts.max()).isEqualTo(emoji);
    }

    @Test
    void statistics_span_all_row_groups_of_a_file() throws IOException {
        // Given more than a row group of texts that no dictionary shortens
        TableFiles files = files(folder, Compression.SNAPPY, LARGE);
        Random random = new Random(1);
        char[] letters = new char[1_000];

        // When
        for (int i = 0; i < 40_000; i++) {
            for (int j = 0; j < letters.length; j++) {
                letters[j] = (char) ('a' + random.nextInt(26));
            }
            @Nullable Object[] row = row(FIRST_DAY * MICROS_PER_DAY, new String(letters));
            row[3] = (long) i;
            files.write(LocalDate.ofEpochDay(FIRST_DAY), row);
        }
        List<DataFile> sealed = files.seal();

        // Then
        assertThat(sealed).hasSize(1);
        assertThat(sealed.get(0).rows()).isEqualTo(40_000);
        assertThat(sealed.get(0).statistics().get(3))
                .isEqualTo(new ColumnStatistics("large", FieldType.LONG, 0L, 39_999L, 0));
    }

    @Test
    void a_reader_leaves_out_files_by_their_statistics_and_table_partitions_by_their_value() throws IOException {
        // Given three files of one day and one of the next
        TableFiles files = files(folder, Compression.SNAPPY, LARGE);
        List<DataFile> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            @Nullable Object[] row = row(FIRST_DAY * MICROS_PER_DAY + i * 1_000_000L, "text-" + i);
            row[4] = i / 2.0;
            files.write(date(row), row);
            all.addAll(files.seal());
        }
        files.write(LocalDate.ofEpochDay(FIRST_DAY + 1), row((FIRST_DAY + 1) * MICROS_PER_DAY, "text-1"));
        all.addAll(files.seal());
        commit(folder, all);

        // Then
        assertThat(filesFor("=", "event_time", Literal.ofTimestamp(FIRST_DAY * MICROS_PER_DAY + 1_000_000L)))
                .isEqualTo(1);
        assertThat(filesFor("=", "text", Literal.ofString("text-1"))).isEqualTo(2);
        assertThat(filesFor(">", "real", Literal.ofDouble(0.75))).isEqualTo(1);
        assertThat(filesFor("=", "event_date", Literal.ofDate((int) FIRST_DAY + 1)))
                .isEqualTo(1);
        assertThat(filesFor("=", "text", Literal.ofString("text-9"))).isZero();
    }

    private int filesFor(String comparison, String column, Literal value) throws IOException {
        Predicate predicate = new Predicate(comparison, new io.delta.kernel.expressions.Column(column), value);
        return KernelTable.newest(folder).files(predicate).size();
    }

    private TableFiles files(Path table, Compression compression, long rollBytes) {
        return new TableFiles(
                TableFolder.of(table.toString(), Map.of()),
                COLUMNS,
                compression,
                rollBytes,
                () -> "part-" + named++,
                () -> 1_777_777_777_777L);
    }

    private static void commit(Path table, List<DataFile> files) throws IOException {
        TableWriter writer = new TableWriter(
                new DeltaTableLog(TableFolder.of(table.toString(), Map.of()), "topic", COLUMNS), () -> 0);
        Claim claim = writer.claim(new ClaimRequest(
                new WriterIdentity("grid", "pipeline"), Duration.ofSeconds(30), false, ProgressVector.of(0)));
        PreparedCommit commit = new PreparedCommit(ProgressVector.of(0), ProgressVector.of(1), files, new TreeMap<>());
        assertThat(writer.settle(claim.fence(), commit)).isInstanceOf(Settlement.Committed.class);
    }

    private static @Nullable Object[] row(long eventTimeMicros, String text) {
        return new @Nullable Object[] {eventTimeMicros, true, 1, 2L, 0.5, text, eventTimeMicros, LocalDate.EPOCH};
    }

    private static LocalDate date(@Nullable Object[] row) {
        return LocalDate.ofEpochDay(Math.floorDiv((Long) Objects.requireNonNull(row[0]), MICROS_PER_DAY));
    }

    private static @Nullable Object[] randomRow(Random random) {
        @Nullable
        Object[] row = {
            (FIRST_DAY + random.nextInt(4)) * MICROS_PER_DAY + random.nextLong(MICROS_PER_DAY),
            random.nextBoolean(),
            random.nextInt(),
            random.nextLong(),
            random.nextInt(20) == 0 ? -0.0 : random.nextGaussian() * Math.pow(10, random.nextInt(600) - 300),
            randomText(random),
            random.nextInt(10) == 0 ? random.nextLong() / 1_000 : random.nextLong(4_000_000_000_000_000L),
            LocalDate.ofEpochDay(random.nextInt(1_000_000) - 500_000),
        };
        for (int i = 1; i < row.length; i++) {
            if (random.nextInt(10) == 0) {
                row[i] = null;
            }
        }
        return row;
    }

    private static String randomText(Random random) {
        int[] alphabet = {'a', 'Z', '"', '\\', '\n', 0, 0x7F, 0xE9, 0x20AC, 0xE000, 0xFFFD, 0x1F600, 0x10FFFF};
        return random.ints(random.nextInt(40), 0, alphabet.length)
                .map(i -> alphabet[i])
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static Map<String, @Nullable Object> asMap(@Nullable Object[] row) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < row.length; i++) {
            map.put(COLUMNS.get(i).name(), row[i]);
        }
        map.put("event_date", date(row));
        return map;
    }
}
