package io.sightline.history.jet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.jet.core.test.TestInbox;
import com.hazelcast.jet.core.test.TestOutbox;
import com.hazelcast.jet.core.test.TestProcessorContext;
import io.sightline.history.Claim;
import io.sightline.history.ClaimRequest;
import io.sightline.history.DataFile;
import io.sightline.history.HistoryException;
import io.sightline.history.Outcome;
import io.sightline.history.ProgressVector;
import io.sightline.history.TableChange;
import io.sightline.history.TableLog;
import io.sightline.history.TableState;
import io.sightline.history.TableWriter;
import io.sightline.history.WriterIdentity;
import io.sightline.observe.AtBarrier;
import io.sightline.observe.Counter;
import io.sightline.observe.Counts;
import io.sightline.observe.Progress;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HistoryCommitterPTest {
    private static final ProgressVector INITIAL = ProgressVector.of(0, 0);
    private static final DataFile FILE = file("a");
    private static final DataFile OTHER = file("b");

    private final Log log = new Log();
    private final TableWriter table = new TableWriter(log, () -> 0);
    private final Told told = new Told();
    private long nanos;
    private final List<Running> started = new ArrayList<>();
    private boolean leads = true;

    @AfterEach
    void close() {
        started.forEach(running -> running.processor.close());
    }

    @Test
    void a_complete_job_snapshot_becomes_one_commit_with_files_vector_and_counters() throws Exception {
        // Given
        Running running = start();
        running.process(new SealedFiles(List.of(FILE)), new SealedFiles(List.of(OTHER)));
        running.process(at(7, 5, 7));

        // When
        running.barrier();
        boolean seenBefore = log.files.isEmpty();
        boolean done = running.processor.snapshotCommitFinish(true);

        // Then
        assertThat(seenBefore)
                .as("nothing is visible before the job snapshot is complete")
                .isTrue();
        assertThat(done).isTrue();
        assertThat(log.files).containsExactly(FILE, OTHER);
        assertThat(log.state.progress()).isEqualTo(ProgressVector.of(5, 7));
        assertThat(log.state.counters()).containsExactly(Map.entry("dead_letters/not_json", 7L));
    }

    @Test
    void another_table_takes_a_job_snapshot_only_after_that_of_the_events() throws Exception {
        // Given
        leads = false;
        Running running = start();
        CommitOrder events = CommitOrder.join(running.context.executionId());
        running.process(new SealedFiles(List.of(FILE)), at(0, 5));
        running.barrier();
        events.eventsAt(ProgressVector.of(4, 9));

        // When
        boolean early = running.processor.snapshotCommitFinish(true);
        boolean seenEarly = !log.files.isEmpty();
        events.eventsAt(ProgressVector.of(5, 9));
        boolean then = running.processor.snapshotCommitFinish(true);
        CommitOrder.leave(running.context.executionId());

        // Then
        assertThat(early || seenEarly).isFalse();
        assertThat(then).isTrue();
        assertThat(log.files).containsExactly(FILE);
    }

    @Test
    void that_of_the_events_may_be_gone_by_then_as_after_the_last_job_snapshot() throws Exception {
        // Given
        leads = false;
        Running running = start();
        CommitOrder events = CommitOrder.join(running.context.executionId());
        running.process(new SealedFiles(List.of(FILE)), at(0, 5));
        running.barrier();

        // When
        events.eventsAt(ProgressVector.of(5, 9));
        CommitOrder.leave(running.context.executionId());

        // Then
        assertThat(running.processor.snapshotCommitFinish(true)).isTrue();
        assertThat(log.files).containsExactly(FILE);
    }

    @Test
    void an_order_ends_with_the_last_that_leaves_it() throws Exception {
        // Given
        long executionId = -1;
        CommitOrder first = CommitOrder.join(executionId);
        CommitOrder second = CommitOrder.join(executionId);

        // When
        CommitOrder.leave(executionId);
        CommitOrder third = CommitOrder.join(executionId);
        CommitOrder.leave(executionId);
        CommitOrder.leave(executionId);
        CommitOrder fourth = CommitOrder.join(executionId);
        CommitOrder.leave(executionId);

        // Then
        assertThat(second).isSameAs(first);
        assertThat(third).isSameAs(first);
        assertThat(fourth).isNotSameAs(first);
    }

    @Test
    void a_failed_job_snapshot_leaves_its_files_to_the_next() throws Exception {
        // Given
        Running running = start();
        running.process(new SealedFiles(List.of(FILE)), at(0, 5));
        running.barrier();

        // When
        running.processor.snapshotCommitFinish(false);
        running.process(new SealedFiles(List.of(OTHER)), at(0, 6));
        running.barrier();
        running.processor.snapshotCommitFinish(true);

        // Then
        assertThat(log.files).containsExactly(FILE, OTHER);
        assertThat(log.appends).isEqualTo(2);
    }

    @Test
    void what_was_prepared_is_committed_after_a_restore_and_only_once() throws Exception {
        // Given
        Running first = start();
        first.process(new SealedFiles(List.of(FILE)), at(3, 5));
        Map.Entry<Object, Object> saved = first.barrier();

        // When two executions in turn restore it
        Running second = restore(saved);
        Running third = restore(saved);
        third.process(at(4, 6));
        third.barrier();
        third.processor.snapshotCommitFinish(true);

        // Then
        assertThat(second.processor).isNotSameAs(third.processor);
        assertThat(log.files).containsExactly(FILE);
        assertThat(log.state.progress()).isEqualTo(ProgressVector.of(6, 0));
        assertThat(log.state.counters()).containsExactly(Map.entry("dead_letters/not_json", 4L));
    }

    @Test
    void while_the_storage_is_away_nothing_passes_and_the_pauses_grow() throws Exception {
        // Given
        Running running = start();
        running.process(new SealedFiles(List.of(FILE)), at(0, 5));
        running.barrier();
        log.away = true;

        // When an hour goes by in steps of 10 ms
        int before = log.reads;
        for (int i = 0; i < 360_000; i++) {
            assertThat(running.processor.snapshotCommitFinish(true)).isFalse();
            nanos += TimeUnit.MILLISECONDS.toNanos(10);
        }
        int tries = log.reads - before;
        log.away = false;
        nanos += TimeUnit.SECONDS.toNanos(10);

        // Then
        assertThat(tries).isBetween(360, 370);
        assertThat(running.processor.snapshotCommitFinish(true)).isTrue();
        assertThat(log.files).containsExactly(FILE);
    }

    @Test
    void a_restored_commit_that_cannot_be_settled_holds_the_next_barrier_back() throws Exception {
        // Given
        Running first = start();
        first.process(new SealedFiles(List.of(FILE)), at(0, 5));
        Map.Entry<Object, Object> saved = first.barrier();
        Claim claim = claim();
        log.away = true;
        Running running = restore(saved, claim);

        // When
        running.process(new SealedFiles(List.of(OTHER)), at(0, 6));
        boolean early = running.processor.saveToSnapshot();
        log.away = false;
        nanos += TimeUnit.SECONDS.toNanos(10);
        running.barrier();
        boolean firstIsIn = log.files.equals(List.of(FILE));
        running.processor.snapshotCommitFinish(true);

        // Then
        assertThat(early).isFalse();
        assertThat(firstIsIn).isTrue();
        assertThat(log.files).containsExactly(FILE, OTHER);
    }

    @Test
    void without_a_job_snapshot_counters_go_on_from_the_table() throws Exception {
        // Given
        Running first = start();
        first.process(at(3, 5));
        first.barrier();
        first.processor.snapshotCommitFinish(true);

        // When
        Running cold = start();
        cold.process(at(5, 6));
        cold.barrier();
        cold.processor.snapshotCommitFinish(true);

        // Then
        assertThat(log.state.counters()).containsExactly(Map.entry("dead_letters/not_json", 5L));
    }

    @Test
    void a_writer_that_was_replaced_ends_the_job_and_says_by_whom() throws Exception {
        // Given
        Running old = start();
        old.process(new SealedFiles(List.of(FILE)), at(0, 5));
        old.barrier();

        // When
        claim();

        // Then
        assertThatThrownBy(() -> old.processor.snapshotCommitFinish(true))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("grid/detections has taken the table over");
        assertThat(log.files).isEmpty();
    }

    @Test
    void a_job_snapshot_newer_than_the_table_ends_the_job() throws Exception {
        // Given
        Running first = start();
        first.process(at(0, 5));
        first.barrier();
        first.processor.snapshotCommitFinish(true);
        first.process(at(0, 6));
        Map.Entry<Object, Object> saved = first.barrier();

        // When the table is made anew
        log.state = TableState.NO_TABLE;

        // Then
        assertThatThrownBy(() -> restore(saved))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("behind the job snapshot");
    }

    @Test
    void a_table_that_has_moved_since_the_start_was_prepared_ends_the_job() throws Exception {
        // Given
        Running other = start();
        other.process(at(0, 5));
        other.barrier();
        other.processor.snapshotCommitFinish(true);

        // When
        Running prepared = new Running(claim(), INITIAL);

        // Then
        assertThatThrownBy(() -> prepared.process(at(0, 6)))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("submit the pipeline again");
        assertThat(log.files).isEmpty();
    }

    @Test
    void one_to_which_nothing_comes_is_not_the_committer() throws Exception {
        // Given
        Running idle = start();
        int appends = log.appends;

        // When
        boolean passed = idle.processor.saveToSnapshot();
        boolean finished = idle.processor.snapshotCommitFinish(true);

        // Then
        assertThat(passed && finished).isTrue();
        assertThat(idle.outbox.snapshotQueue()).isEmpty();
        assertThat(log.appends).isEqualTo(appends);
    }

    @Test
    void whoever_listens_hears_of_each_commit_and_of_each_try_that_failed() throws Exception {
        // Given
        Running running = start();
        running.process(new SealedFiles(List.of(FILE, OTHER)), at(0, 5));
        running.barrier();
        log.away = true;

        // When
        running.processor.snapshotCommitFinish(true);
        log.away = false;
        nanos += TimeUnit.SECONDS.toNanos(10);
        running.processor.snapshotCommitFinish(true);

        // Then
        assertThat(told.heard).hasSize(2);
        assertThat(told.heard.get(0)).startsWith("stalled").contains("away");
        assertThat(told.heard.get(1)).isEqualTo("version 1, 2 rows");
    }

    private static final class Told implements CommitListener {
        private final List<String> heard = new ArrayList<>();

        @Override
        public void committed(long version, long rows) {
            heard.add("version " + version + ", " + rows + " rows");
        }

        @Override
        public void stalled(String why) {
            heard.add("stalled: " + why);
        }
    }

    private Claim claim() throws IOException {
        return table.claim(
                new ClaimRequest(new WriterIdentity("grid", "detections"), Duration.ofSeconds(30), false, INITIAL));
    }

    private Running start() throws Exception {
        return start(claim());
    }

    private Running start(Claim claim) throws Exception {
        return new Running(claim, claim.at());
    }

    private Running restore(Map.Entry<Object, Object> saved) throws Exception {
        return restore(saved, claim());
    }

    private Running restore(Map.Entry<Object, Object> saved, Claim claim) throws Exception {
        Running running = start(claim);
        TestInbox inbox = new TestInbox();
        inbox.add(saved);
        running.processor.restoreFromSnapshot(inbox);
        running.processor.finishSnapshotRestore();
        return running;
    }

    /** A committer with its outbox. */
    private final class Running {
        final HistoryCommitterP processor;
        final TestOutbox outbox = new TestOutbox(new int[0], 16);
        final TestProcessorContext context = new TestProcessorContext();

        Running(Claim claim, ProgressVector start) throws Exception {
            processor = new HistoryCommitterP(table, claim, start, leads, hazelcast -> told, () -> nanos);
            processor.init(outbox, context);
            started.add(this);
        }

        void process(Object... items) {
            TestInbox inbox = new TestInbox();
            inbox.addAll(List.of(items));
            processor.process(0, inbox);
        }

        /** What the job snapshot gets. */
        Map.Entry<Object, Object> barrier() {
            assertThat(processor.saveToSnapshot()).isTrue();
            List<Map.Entry<Object, Object>> saved = new ArrayList<>();
            outbox.drainSnapshotQueueAndReset(saved, false);
            assertThat(saved).hasSize(1);
            return saved.get(0);
        }
    }

    /** A table in memory that may be away. */
    private static final class Log implements TableLog {
        TableState state = TableState.NO_TABLE;
        final List<DataFile> files = new ArrayList<>();
        boolean away;
        int reads;
        int appends;

        @Override
        public TableState read() throws IOException {
            reads++;
            if (away) {
                throw new IOException("away");
            }
            return state;
        }

        @Override
        public Outcome append(TableState onto, TableChange change) {
            appends++;
            files.addAll(change.files());
            state = new TableState(
                    onto.version() + 1,
                    change.progress(),
                    change.fence(),
                    change.committedAtMillis(),
                    change.counters());
            return new Outcome.Committed(state.version());
        }
    }

    /** What the status says at a barrier, when topic partitions 0, 1 and so on have been read up to these offsets. */
    private static AtBarrier at(long deadLetters, long... nextOffsets) {
        Counts counts = new Counts();
        counts.add(Counter.DEAD_LETTERS, "not_json", deadLetters);
        List<Progress> progress = new ArrayList<>();
        for (int partition = 0; partition < nextOffsets.length; partition++) {
            progress.add(new Progress(partition, nextOffsets[partition], 0));
        }
        return new AtBarrier(progress, counts);
    }

    private static DataFile file(String name) {
        return new DataFile(
                "event_date=2026-05-01/" + name + ".parquet", LocalDate.of(2026, 5, 1), 10, 1, 0, List.of());
    }
}
