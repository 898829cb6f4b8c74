package io.sightline.history.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.standalone.Operation;
import io.delta.standalone.actions.AddFile;
import io.sightline.history.HistoryException;
import io.sightline.history.PreparedCommit;
import io.sightline.history.RowCondition;
import io.sightline.history.TableState;
import io.sightline.history.delta.TableErasure.Done;
import io.sightline.spec.HistorySpec.Compression;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableErasureTest {
    private static final LocalDate DAY = LocalDate.of(2026, 5, 1);

    @TempDir
    private Path folder;

    private TestTable table;

    @BeforeEach
    void make() throws IOException {
        table = new TestTable(folder);
        table.commit(DAY, 50);
        table.commit(DAY, 50);
        table.commit(DAY.plusDays(1), 50);
    }

    @Test
    void rowsThatMeetTheConditionAreGoneAndAllOthersAreThereAsBefore() throws IOException {
        // Given
        TableState log = table.state();
        List<Long> before = table.offsets();
        long toErase = before.stream().filter(TableErasureTest::isItem1).count();

        // When
        long counted = erasure().count(conditions("item = 'item-1'"));
        Done done = erase("item = 'item-1'");

        // Then
        assertThat(counted).isEqualTo(toErase);
        assertThat(done).isEqualTo(new Done(toErase, 3, 2));
        assertThat(table.offsets())
                .isEqualTo(before.stream().filter(offset -> !isItem1(offset)).toList());
        assertThat(table.state().progress()).isEqualTo(log.progress());
        assertThat(table.state().fence()).isEqualTo(log.fence());
        assertThat(table.state().counters()).isEqualTo(log.counters());
        TableChecker.check(folder);
        assertThat(erase("item = 'item-1'")).isEqualTo(new Done(0, 0, 0));
    }

    @Test
    void onlyFilesWithSuchRowsAreWrittenAnewAndOneOfNothingElseJustGoes() throws IOException {
        // When
        Done ofOneFile = erase("record_offset < 10");
        Done ofADay = erase("event_date = '2026-05-02'");

        // Then
        assertThat(ofOneFile).isEqualTo(new Done(10, 1, 1));
        assertThat(ofADay).isEqualTo(new Done(50, 1, 0));
        assertThat(table.offsets()).hasSize(90).startsWith(10L).endsWith(99L);
        TableChecker.check(folder);
    }

    @Test
    void theJobGoesOnAndWhatItPreparedBeforeIsCommittedOnTop() throws IOException {
        // Given
        PreparedCommit prepared = table.prepare(DAY, 50);

        // When
        erase("record_offset < 100");
        table.settle(prepared);

        // Then
        assertThat(table.offsets()).hasSize(100).startsWith(100L).endsWith(199L);
        TableChecker.check(folder);
    }

    @Test
    void earlierVersionsKeepTheRowsUntilVacuumAndRestoreBringsThemBack() throws IOException {
        // Given
        long before = table.state().version();

        // When
        erase("item = 'item-1'");

        // Then
        assertThat(TestTable.offsets(KernelTable.version(folder, before))).hasSize(150);
        TableRestore.plan(table.table(), before, System::currentTimeMillis).keepOffsets();
        table.checkWhole();
    }

    @Test
    void rowsWithoutADayThatMayBeMeantAreRefusedByName() throws IOException {
        // Given
        table.foreign(transaction -> transaction.commit(
                List.of(AddFile.builder("x.parquet", Collections.singletonMap("event_date", null), 1, 1, true)
                        .build()),
                new Operation(Operation.Name.WRITE),
                "another program"));

        // Then
        assertThatThrownBy(() -> erase("item = 'item-1'"))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("x.parquet")
                .hasMessageContaining("name a day in the condition");
        assertThat(erase("item = 'item-1' AND event_date = '2026-05-01'").rows())
                .isPositive();
    }

    private Done erase(String where) throws IOException {
        return erasure().erase(conditions(where));
    }

    private List<RowCondition> conditions(String where) throws IOException {
        return RowCondition.parse(where, erasure().columns());
    }

    private TableErasure erasure() throws IOException {
        return TableErasure.of(table.table(), Compression.SNAPPY, System::currentTimeMillis);
    }

    /** As {@link TestTable} writes them. */
    private static boolean isItem1(long offset) {
        return offset % 7 != 0 && offset % 5 == 1;
    }
}
