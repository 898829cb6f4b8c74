package io.sightline.history.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.delta.standalone.Operation;
import io.sightline.spec.HistorySpec.Compression;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Care beside a writer that commits and other programs that do what they like. */
class TableCareRaceTest {
    private static final LocalDate DAY = LocalDate.of(2026, 5, 1);
    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");
    private static final long LARGE = 1 << 20;

    @TempDir
    private Path folder;

    @Test
    void whatever_is_committed_while_a_compaction_writes_each_row_stays_once() throws IOException {
        int conflicts = 0;
        int compacted = 0;
        for (long seed = 0; seed < 6; seed++) {
            // Given
            Random random = new Random(seed);
            Path of = folder.resolve("seed-" + seed);
            TestTable table = new TestTable(of);

            // When something is committed each time that a file is complete and not yet named
            TableCare care =
                    new TableCare(table.table(), Compression.SNAPPY, null, () -> meanwhile(table, random), LARGE);
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < Compaction.FEWEST_FILES; i++) {
                    table.commit(DAY.plusDays(random.nextInt(2)), 1 + random.nextInt(3));
                }
                TableCare.Figures figures = random.nextBoolean() ? care.compact() : care.care(NOON);
                conflicts += figures.conflicts();
                compacted += figures.filesCompacted();
            }

            // Then
            assertThat(of).as("seed %d", seed).satisfies(path -> table.checkWhole());
        }
        assertThat(conflicts).as("compactions that were in vain").isPositive();
        assertThat(compacted).as("files compacted").isPositive();
    }

    private static long meanwhile(TestTable table, Random random) {
        try {
            switch (random.nextInt(5)) {
                case 0 -> table.commit(DAY, 1);
                case 1 -> new TableCare(table.table(), Compression.SNAPPY, null, () -> 0, LARGE).compact();
                case 2 ->
                    table.foreign(transaction -> {
                        transaction.updateMetadata(transaction
                                .metadata()
                                .copyBuilder()
                                .description("number " + random.nextInt())
                                .build());
                        transaction.commit(
                                List.of(), new Operation(Operation.Name.SET_TABLE_PROPERTIES), "another program");
                    });
                default -> {}
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return 0;
    }

    @Test
    void two_that_care_and_one_that_writes_at_full_speed_leave_each_row_once() throws Exception {
        // Given
        TestTable table = new TestTable(folder);
        AtomicBoolean written = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(2);

        // When
        List<Future<Integer>> carers =
                List.of(threads.submit(() -> careUntil(written)), threads.submit(() -> careUntil(written)));
        Random random = new Random(7);
        for (int i = 0; i < 40; i++) {
            table.commit(DAY.plusDays(random.nextInt(2)), 1 + random.nextInt(4));
        }
        written.set(true);
        int compacted = 0;
        for (Future<Integer> carer : carers) {
            compacted += carer.get();
        }
        threads.shutdown();

        // Then
        assertThat(compacted).isPositive();
        table.checkWhole();
        for (long version = 0; version < 40; version += 10) {
            TableChecker.check(folder, version);
        }
    }

    /** How many files were compacted. */
    private int careUntil(AtomicBoolean written) throws IOException {
        TableFolder own = TableFolder.of(folder.toString(), Map.of());
        TableCare care = new TableCare(own, Compression.SNAPPY, null, () -> 0, LARGE);
        int compacted = 0;
        do {
            compacted += care.care(NOON).filesCompacted();
        } while (!written.get());
        return compacted;
    }
}
