package io.sightline.history.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sightline.history.HistoryException;
import io.sightline.history.PreparedCommit;
import io.sightline.history.ProgressVector;
import io.sightline.history.Settlement;
import io.sightline.spec.HistorySpec.Compression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableRestoreTest {
    private static final LocalDate DAY = LocalDate.of(2026, 5, 1);

    @TempDir
    private Path folder;

    private TestTable table;

    @BeforeEach
    void make() throws IOException {
        table = new TestTable(folder);
        table.commit(DAY, 3);
        table.commit(DAY, 4);
        new TableCare(table.table(), Compression.SNAPPY, null, () -> 0).compact();
        table.commit(DAY.plusDays(1), 5);
    }

    @Test
    void rewound_the_table_is_what_it_was_and_the_job_goes_on_from_there() throws IOException {
        // When
        TableRestore.Done done = plan(1).rewind("topic").orElseThrow();

        // Then
        assertThat(done.filesAdded()).isEqualTo(1);
        assertThat(done.filesRemoved()).isEqualTo(2);
        assertThat(table.state().version()).isEqualTo(done.version());
        assertThat(table.state().progress()).isEqualTo(ProgressVector.of(3));
        assertThat(table.state().counters()).isEqualTo(Map.of("events", 3L));
        assertThat(table.offsets()).containsExactly(0L, 1L, 2L);
        TableChecker.check(folder);
        TestTable restarted = new TestTable(folder);
        restarted.commit(DAY, 9);
        restarted.checkWhole();
    }

    @Test
    void with_the_offsets_kept_only_the_rows_go_back() throws IOException {
        // When
        assertThat(plan(2).keepOffsets()).isPresent();

        // Then
        assertThat(table.state().progress()).isEqualTo(ProgressVector.of(12));
        assertThat(table.state().counters()).isEqualTo(Map.of("events", 12L));
        assertThat(table.offsets()).hasSize(7);
        TableChecker.check(folder);
    }

    @Test
    void a_restore_is_taken_back_by_another() throws IOException {
        // Given
        long before = table.state().version();
        assertThat(plan(1).rewind("topic")).isPresent();

        // When
        assertThat(plan(before).rewind("topic")).isPresent();

        // Then
        assertThat(table.state().progress()).isEqualTo(ProgressVector.of(12));
        assertThat(table.state().counters()).isEqualTo(Map.of("events", 12L));
        table.checkWhole();
    }

    @Test
    void a_job_that_still_runs_is_refused_at_its_next_commit() throws IOException {
        // Given
        PreparedCommit prepared = table.prepare(DAY, 2);

        // When
        assertThat(plan(1).rewind("topic")).isPresent();

        // Then
        assertThat(table.trySettle(prepared)).isInstanceOf(Settlement.Refused.class);
        assertThat(table.offsets()).containsExactly(0L, 1L, 2L);
    }

    @Test
    void days_that_were_dropped_come_back_while_their_files_are_there() throws IOException {
        // Given
        long before = table.state().version();
        new TableCare(table.table(), Compression.SNAPPY, Duration.ofDays(1), () -> 0)
                .care(Instant.parse("2026-05-03T12:00:00Z"));
        assertThat(table.offsets()).hasSize(5);

        // When
        assertThat(plan(before).keepOffsets()).isPresent();

        // Then
        table.checkWhole();
    }

    @Test
    void a_version_without_all_its_files_is_refused() throws IOException {
        // Given
        Path first = Path.of(java.net.URI.create(
                KernelTable.version(folder, 1).files(null).get(0).path()));
        Files.delete(first);

        // Then
        assertThatThrownBy(() -> plan(1))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("a file of version 1 is gone")
                .hasMessageContaining("choose a later one");
        assertThatThrownBy(() -> plan(99)).hasMessageContaining("it has no version 99 to read; there are 0 to 4");
    }

    @Test
    void a_topic_that_the_log_does_not_know_cannot_be_rewound() {
        assertThatThrownBy(() -> plan(1).rewind("other"))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("how far topic `other` had been read at version 1");
    }

    @Test
    void the_last_commit_of_a_writer_is_known() throws IOException {
        assertThat(plan(1).lastCommit())
                .hasValueSatisfying(moment ->
                        assertThat(moment).isBetween(Instant.now().minus(Duration.ofMinutes(5)), Instant.now()));
    }

    private TableRestore plan(long version) throws IOException {
        return TableRestore.plan(table.table(), version, System::currentTimeMillis);
    }
}
