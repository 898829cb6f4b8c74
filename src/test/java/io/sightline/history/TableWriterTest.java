package io.sightline.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sightline.history.Settlement.Refused;
import io.sightline.history.Settlement.Unsettled;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TableWriterTest {
    private static final WriterIdentity MINE = new WriterIdentity("grid", "detections");
    private static final WriterIdentity OTHER = new WriterIdentity("spare", "detections");
    private static final Duration COMMIT_EVERY = Duration.ofSeconds(30);
    private static final ProgressVector INITIAL = ProgressVector.of(4, 0);

    private final MemoryTableLog log = new MemoryTableLog(new Random(1), 0);
    private long now = 1_000_000;
    private final TableWriter writer = new TableWriter(log.seenBy(0), () -> now);

    @Test
    void the_first_claim_makes_the_table_and_gives_every_topic_partition_its_offset() throws IOException {
        Claim claim = writer.claim(request(MINE, false));

        assertThat(claim).isEqualTo(new Claim(new Fence(1, MINE), INITIAL, new TreeMap<>()));
        assertThat(log.newest().progress()).isEqualTo(INITIAL);
        assertThat(log.newest().committedAtMillis()).isEqualTo(now);
    }

    @Test
    void a_later_claim_goes_on_where_the_table_is_and_keeps_the_counters() throws IOException {
        // Given
        Claim first = writer.claim(request(MINE, false));
        TreeMap<String, Long> counters = new TreeMap<>(Map.of("records", 5L));
        writer.settle(first.fence(), new PreparedCommit(INITIAL, ProgressVector.of(9, 0), List.of(), counters));

        // When
        Claim second = writer.claim(request(MINE, false));

        // Then
        assertThat(second).isEqualTo(new Claim(new Fence(2, MINE), ProgressVector.of(9, 0), counters));
        assertThat(log.newest().counters()).isEqualTo(counters);
    }

    @Test
    void the_same_name_takes_over_at_once_and_the_old_execution_is_told() throws IOException {
        // Given
        Claim old = writer.claim(request(MINE, false));

        // When
        writer.claim(request(MINE, false));

        // Then
        assertThat(refusal(writer.settle(old.fence(), PreparedCommit.none(INITIAL))))
                .contains("grid/detections has taken the table over", "claim 2, ours was 1");
    }

    @Test
    void another_name_is_refused_while_the_writer_is_at_work() throws IOException {
        // Given
        writer.claim(request(MINE, false));
        now += 3 * COMMIT_EVERY.toMillis() - 1;

        // Then
        assertThatThrownBy(() -> writer.claim(request(OTHER, false)))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("being written by grid/detections, last at 1970-01-01T00:16:40Z")
                .hasMessageContaining("silent for 90 s")
                .hasMessageContaining("--take-over");
    }

    @Test
    void another_name_may_follow_a_writer_that_has_been_silent() throws IOException {
        // Given
        writer.claim(request(MINE, false));
        now += 3 * COMMIT_EVERY.toMillis();

        // When
        Claim claim = writer.claim(request(OTHER, false));

        // Then
        assertThat(claim.fence()).isEqualTo(new Fence(2, OTHER));
    }

    @Test
    void another_name_may_take_over_if_it_says_so_and_the_old_one_learns_from_whom() throws IOException {
        // Given
        Claim old = writer.claim(request(MINE, false));

        // When
        writer.claim(request(OTHER, true));

        // Then
        assertThat(refusal(writer.settle(old.fence(), PreparedCommit.none(INITIAL))))
                .contains("spare/detections has taken the table over");
    }

    @Test
    void a_claim_without_an_answer_is_made_again_with_a_higher_epoch() throws IOException {
        // Given an append that arrives although its answer does not
        TableLog real = log.seenBy(0);
        TableLog lossy = new TableLog() {
            private boolean lost;

            @Override
            public TableState read() throws IOException {
                return real.read();
            }

            @Override
            public Outcome append(TableState onto, TableChange change) {
                Outcome outcome = real.append(onto, change);
                boolean loses = !lost;
                lost = true;
                return loses ? new Outcome.Unknown("no answer") : outcome;
            }
        };

        // When
        Claim claim = new TableWriter(lossy, () -> now).claim(request(MINE, false));

        // Then
        assertThat(claim.fence().epoch()).isEqualTo(2);
        assertThat(log.versions()).hasSize(2);
    }

    @Test
    void a_commit_on_top_of_the_one_before_needs_no_look() throws IOException {
        // Given
        Claim claim = writer.claim(request(MINE, false));
        writer.settle(claim.fence(), commit(INITIAL, ProgressVector.of(9, 0)));
        int reads = log.reads;

        // When
        Settlement settled = writer.settle(claim.fence(), commit(ProgressVector.of(9, 0), ProgressVector.of(9, 1)));

        // Then
        assertThat(settled).isEqualTo(new Settlement.Committed(2, ProgressVector.of(9, 1)));
        assertThat(log.newest().progress()).isEqualTo(ProgressVector.of(9, 1));
        assertThat(log.reads).isEqualTo(reads);
    }

    @Test
    void a_version_that_came_in_between_costs_a_look_and_no_second_try() throws IOException {
        // Given
        Claim claim = writer.claim(request(MINE, false));
        writer.settle(claim.fence(), commit(INITIAL, ProgressVector.of(9, 0)));
        int reads = log.reads;

        // When
        log.foreignVersion();
        Settlement settled = writer.settle(claim.fence(), commit(ProgressVector.of(9, 0), ProgressVector.of(9, 1)));

        // Then
        assertThat(settled).isEqualTo(new Settlement.Committed(3, ProgressVector.of(9, 1)));
        assertThat(log.reads).isEqualTo(reads + 1);
    }

    @Test
    void a_writer_with_nothing_to_commit_learns_all_the_same_that_it_was_replaced() throws IOException {
        // Given
        Claim claim = writer.claim(request(MINE, false));
        writer.settle(claim.fence(), commit(INITIAL, ProgressVector.of(9, 0)));

        // When
        new TableWriter(log.seenBy(1), () -> now).claim(request(OTHER, true));

        // Then
        assertThat(refusal(writer.settle(claim.fence(), PreparedCommit.none(ProgressVector.of(9, 0)))))
                .contains("spare/detections has taken the table over");
    }

    @Test
    void a_writer_that_was_replaced_since_its_last_commit_is_refused_the_next() throws IOException {
        // Given
        Claim claim = writer.claim(request(MINE, false));
        writer.settle(claim.fence(), commit(INITIAL, ProgressVector.of(9, 0)));

        // When
        new TableWriter(log.seenBy(1), () -> now).claim(request(OTHER, true));
        Settlement settled = writer.settle(claim.fence(), commit(ProgressVector.of(9, 0), ProgressVector.of(9, 1)));

        // Then
        assertThat(refusal(settled)).contains("spare/detections has taken the table over");
        assertThat(log.newest().progress()).isEqualTo(ProgressVector.of(9, 0));
    }

    @Test
    void a_topic_that_has_grown_leaves_the_vector_as_job_snapshots_know_it() throws IOException {
        // Given
        writer.claim(request(MINE, false));

        // When
        Claim claim = writer.claim(new ClaimRequest(MINE, COMMIT_EVERY, false, ProgressVector.of(4, 0, 0)));

        // Then
        assertThat(claim.at()).isEqualTo(INITIAL);
    }

    @Test
    void a_table_that_is_gone_is_waited_for_and_not_made_anew() {
        assertThat(writer.settle(new Fence(1, MINE), PreparedCommit.none(INITIAL)))
                .isInstanceOfSatisfying(
                        Unsettled.class,
                        unsettled -> assertThat(unsettled.why().toString()).contains("the table is gone"));
        assertThatThrownBy(() -> writer.claim(new ClaimRequest(MINE, COMMIT_EVERY, false, null)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the table is gone");
        assertThat(log.versions()).isEmpty();
    }

    private static PreparedCommit commit(ProgressVector from, ProgressVector to) {
        return new PreparedCommit(from, to, List.of(), new TreeMap<>());
    }

    private static ClaimRequest request(WriterIdentity identity, boolean takeOver) {
        return new ClaimRequest(identity, COMMIT_EVERY, takeOver, INITIAL);
    }

    private static String refusal(Settlement settlement) {
        assertThat(settlement).isInstanceOf(Refused.class);
        return String.valueOf(((Refused) settlement).reason().getMessage());
    }
}
