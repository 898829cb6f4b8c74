package io.sightline.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sightline.history.CommitState.Due;
import io.sightline.history.CommitState.Prepared;
import io.sightline.history.CommitState.Settled;
import io.sightline.history.CommitState.Stopped;
import java.time.LocalDate;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CommitStateTest {
    private static final DataFile FILE =
            new DataFile("event_date=2026-05-01/one.parquet", LocalDate.of(2026, 5, 1), 10, 1, 0, List.of());
    private static final DataFile OTHER =
            new DataFile("event_date=2026-05-01/two.parquet", LocalDate.of(2026, 5, 1), 10, 1, 0, List.of());
    private static final PreparedCommit COMMIT =
            new PreparedCommit(ProgressVector.of(5, 7), ProgressVector.of(9, 7), List.of(FILE), new TreeMap<>());

    @Test
    void without_a_job_snapshot_the_table_says_where_to_go_on() {
        assertThat(CommitState.cold(claimAt(5, 7))).isEqualTo(new Settled(ProgressVector.of(5, 7)));
    }

    @Test
    void a_prepared_commit_that_the_table_lacks_is_due() {
        assertThat(CommitState.restored(COMMIT, claimAt(5, 7))).isEqualTo(new Due(COMMIT));
    }

    @Test
    void a_job_snapshot_equal_to_the_table_has_nothing_left_to_do() {
        assertThat(CommitState.restored(COMMIT, claimAt(9, 7))).isEqualTo(new Settled(ProgressVector.of(9, 7)));
    }

    @Test
    void a_job_snapshot_older_than_the_table_goes_on_from_the_table() {
        // Given
        CommitState state = CommitState.restored(COMMIT, claimAt(20, 30));

        // When decoding has yet to come up to the table
        Prepared behind = ((Settled) state).prepare(sealed(ProgressVector.of(11, 12)));
        CommitState stillThere = behind.completed().after(new Settlement.Committed(4, ProgressVector.of(20, 30)));
        Prepared ahead = ((Settled) stillThere).prepare(sealed(ProgressVector.of(21, 30), FILE));

        // Then
        assertThat(behind.commit().isEmpty()).isTrue();
        assertThat(ahead.commit().from()).isEqualTo(ProgressVector.of(20, 30));
        assertThat(ahead.commit().to()).isEqualTo(ProgressVector.of(21, 30));
    }

    @Test
    void a_job_snapshot_newer_than_the_table_is_refused() {
        assertThat(reasonFor(claimAt(4, 7)))
                .contains("[4, 7]", "behind the job snapshot", "goes on from [5, 7]", "start cold");
    }

    @Test
    void a_table_that_another_writer_has_moved_is_refused() {
        assertThat(reasonFor(claimAt(6, 8))).contains("[6, 8]", "another writer has moved it", "start cold");
    }

    @Test
    void a_failed_job_snapshot_leaves_its_files_to_the_next() {
        // Given
        Prepared failed = new Settled(ProgressVector.of(5, 7)).prepare(sealed(ProgressVector.of(6, 7), FILE));

        // When
        Prepared next = failed.prepare(sealed(ProgressVector.of(6, 9), OTHER));

        // Then
        assertThat(next.commit())
                .isEqualTo(new PreparedCommit(
                        ProgressVector.of(5, 7), ProgressVector.of(6, 9), List.of(FILE, OTHER), new TreeMap<>()));
    }

    @Test
    void an_open_outcome_leaves_the_commit_due() {
        Due due = new Due(COMMIT);

        assertThat(due.after(new Settlement.Unsettled(new Outcome.Unknown("no answer"))))
                .isEqualTo(due);
        assertThat(due.after(new Settlement.Unsettled(new Outcome.Retryable("full"))))
                .isEqualTo(due);
        assertThat(due.after(new Settlement.Superseded(ProgressVector.of(9, 9))))
                .isEqualTo(new Settled(ProgressVector.of(9, 9)));
    }

    @Test
    void a_topic_partition_that_appears_enters_with_the_commit_that_first_reads_it() {
        Prepared prepared = new Settled(ProgressVector.of(5, 7)).prepare(sealed(ProgressVector.of(5, 7, 2), FILE));

        assertThat(prepared.commit().to()).isEqualTo(ProgressVector.of(5, 7, 2));
    }

    @Test
    void files_without_progress_are_a_mistake() {
        assertThatThrownBy(() -> new Settled(ProgressVector.of(5)).prepare(sealed(ProgressVector.of(5), FILE)))
                .hasMessageContaining("files without progress");
    }

    private static String reasonFor(Claim claim) {
        CommitState state = CommitState.restored(COMMIT, claim);
        assertThat(state).isInstanceOf(Stopped.class);
        return String.valueOf(((Stopped) state).reason().getMessage());
    }

    private static Sealed sealed(ProgressVector read, DataFile... files) {
        return new Sealed(read, List.of(files), new TreeMap<>());
    }

    private static Claim claimAt(long... nextOffsets) {
        return new Claim(
                new Fence(1, new WriterIdentity("grid", "detections")),
                ProgressVector.of(nextOffsets),
                new TreeMap<>());
    }
}
