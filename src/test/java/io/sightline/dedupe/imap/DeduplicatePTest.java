package io.sightline.dedupe.imap;

import static io.sightline.dedupe.imap.TestEvents.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.core.MemberLeftException;
import com.hazelcast.core.OperationTimeoutException;
import com.hazelcast.jet.JetException;
import com.hazelcast.jet.RestartableException;
import com.hazelcast.jet.core.Watermark;
import com.hazelcast.jet.core.test.TestInbox;
import com.hazelcast.jet.core.test.TestOutbox;
import com.hazelcast.jet.core.test.TestProcessorContext;
import com.hazelcast.jet.core.test.TestSupport;
import io.sightline.dedupe.Duplicate;
import io.sightline.dedupe.MarkBucket;
import io.sightline.dedupe.Rule;
import io.sightline.dedupe.Sightings;
import io.sightline.event.Event;
import io.sightline.event.Origin;
import io.sightline.observe.Counter;
import io.sightline.observe.Counts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeduplicatePTest {
    private static final Duration HORIZON = Duration.ofMillis(100);
    private static final int BUCKETS = 4;

    private final FakeMarks marks = new FakeMarks(BUCKETS, true);
    private final FakeMarks slowMarks = new FakeMarks(BUCKETS, false);
    private long nanos;

    @Test
    void originals_duplicates_and_counts_leave_on_edges_of_their_own_with_snapshots_and_restores_in_between() {
        Event first = event(1, 0, 10, 1000);
        Event copy = event(1, 0, 11, 1003);
        Event other = event(2, 0, 12, 1003);
        Event muchLater = event(1, 0, 13, 1101);
        Watermark watermark = new Watermark(1003);
        Counts counts = new Counts();
        counts.add(Counter.ORIGINALS, 3);
        counts.add(Counter.DUPLICATES, 1);
        counts.add(Counter.DUPLICATE_GAPS, "5", 1);
        Duplicate duplicate = new Duplicate(copy, new Origin(0, 10, 0), 3);

        TestSupport.verifyProcessor(() -> processor(marks, Rule.ORIGIN))
                .executeBeforeEachRun(marks::reset)
                .outputChecker(DeduplicatePTest::sameItemsAndSums)
                .input(List.of(first, copy, other, watermark, muchLater))
                .expectOutputs(List.of(
                        List.of(first, other, watermark, muchLater),
                        List.of(duplicate, watermark),
                        List.of(counts, watermark)));
    }

    @Test
    void nothing_comes_of_nothing() {
        TestSupport.verifyProcessor(() -> processor(marks, Rule.ORIGIN))
                .executeBeforeEachRun(marks::reset)
                .input(List.of())
                .expectOutputs(List.of(List.of(), List.of(), List.of()));
    }

    @Test
    void a_watermark_waits_for_all_events_before_it() {
        // Given
        Running running = new Running(slowMarks, Rule.ORIGIN);
        Event event = event(1, 0, 10, 1000);
        running.process(event);
        running.processor.tryProcessWatermark(new Watermark(1000));

        // When
        running.processor.tryProcess();
        List<Object> before = running.drain(DeduplicateP.ORIGINALS);
        slowMarks.answerNext();
        running.processor.tryProcess();
        running.processor.tryProcess();

        // Then
        assertThat(before).isEmpty();
        assertThat(running.drain(DeduplicateP.ORIGINALS)).containsExactly(event, new Watermark(1000));
    }

    @Test
    void a_barrier_is_refused_until_all_is_acknowledged_and_out() {
        // Given
        Running running = new Running(slowMarks, Rule.ORIGIN);
        running.process(event(1, 0, 10, 1000), event(2, 0, 11, 1000));
        running.process(event(3, 0, 12, 1000));

        // When
        List<Boolean> passed = new ArrayList<>();
        passed.add(running.saveToSnapshot());
        while (slowMarks.unanswered() > 0) {
            slowMarks.answerNext();
            passed.add(running.saveToSnapshot());
        }

        // Then
        assertThat(passed).containsExactly(false, false, false, true);
        assertThat(running.drain(DeduplicateP.ORIGINALS)).hasSize(3);
        assertThat(running.drain(DeduplicateP.COUNTS)).isNotEmpty();
    }

    @Test
    void the_end_waits_for_all_that_is_under_way() {
        // Given
        Running running = new Running(slowMarks, Rule.ORIGIN);
        running.process(event(1, 0, 10, 1000));

        // When
        boolean before = running.complete();
        slowMarks.answerNext();
        boolean after = running.complete();

        // Then
        assertThat(before).isFalse();
        assertThat(after).isTrue();
        assertThat(running.drain(DeduplicateP.ORIGINALS)).hasSize(1);
    }

    @Test
    void a_full_outbox_loses_and_repeats_nothing() {
        // Given
        Running running = new Running(marks, Rule.ORIGIN, 1);
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            events.add(event(i, 0, i, 1000));
            events.add(event(i, 1, i, 1000));
        }
        TestInbox inbox = new TestInbox(events);
        List<Object> originals = new ArrayList<>();
        List<Object> duplicates = new ArrayList<>();
        Counts counts = new Counts();

        // When
        boolean done = false;
        while (!done) {
            running.outbox.reset();
            if (!inbox.isEmpty()) {
                running.processor.process(0, inbox);
            } else {
                done = running.processor.complete();
            }
            originals.addAll(running.drain(DeduplicateP.ORIGINALS));
            duplicates.addAll(running.drain(DeduplicateP.DUPLICATES));
            running.drain(DeduplicateP.COUNTS).forEach(difference -> counts.addAll((Counts) difference));
        }

        // Then
        assertThat(originals).hasSize(50).doesNotHaveDuplicates();
        assertThat(duplicates).hasSize(50).doesNotHaveDuplicates();
        assertThat(counts.total(Counter.ORIGINALS)).isEqualTo(50);
        assertThat(counts.total(Counter.DUPLICATES)).isEqualTo(50);
        assertThat(counts.byLabel(Counter.DUPLICATE_GAPS)).containsOnlyKeys("1");
    }

    @Test
    void what_is_under_way_is_bounded() {
        // Given
        Running running = new Running(slowMarks, Rule.ORIGIN);
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            events.add(event(i, 0, i, 1000));
        }
        TestInbox inbox = new TestInbox(events);

        // When
        for (int i = 0; i < 100; i++) {
            running.outbox.reset();
            running.processor.process(0, inbox);
        }

        // Then
        assertThat(100_000 - inbox.size()).isBetween(1_000, 50_000);
    }

    @Test
    void marks_expire_by_the_watermark_of_the_last_complete_snapshot_less_the_horizon() {
        // Given
        Running running = new Running(marks, Rule.ORIGIN);
        running.processor.tryProcessWatermark(new Watermark(1000));
        running.saveToSnapshot();
        running.processor.tryProcessWatermark(new Watermark(2000));
        running.process(event(1, 0, 10, 2000));

        // When
        running.processor.snapshotCommitFinish(true);
        running.saveToSnapshot();
        running.process(event(2, 0, 11, 2000));

        // Then
        assertThat(marks.batches).extracting(MarkBatch::expireBefore).containsExactly(MarkBucket.NOTHING_EXPIRED, 900L);
    }

    @Test
    void a_failed_snapshot_expires_nothing() {
        // Given
        Running running = new Running(marks, Rule.ORIGIN);
        running.processor.tryProcessWatermark(new Watermark(1000));
        running.saveToSnapshot();

        // When
        running.processor.snapshotCommitFinish(false);
        running.saveToSnapshot();
        running.process(event(2, 0, 11, 2000));

        // Then
        assertThat(marks.batches).extracting(MarkBatch::expireBefore).containsExactly(MarkBucket.NOTHING_EXPIRED);
    }

    @Test
    void a_restarted_job_asks_for_no_less_than_it_did() {
        // Given
        Running before = new Running(marks, Rule.ORIGIN);
        before.processor.tryProcessWatermark(new Watermark(1000));
        before.saveToSnapshot();
        TestInbox saved = new TestInbox(before.outbox.snapshotQueue());

        // When
        Running after = new Running(marks, Rule.ORIGIN);
        after.processor.restoreFromSnapshot(saved);
        after.process(event(1, 0, 10, 2000));

        // Then
        assertThat(marks.batches).extracting(MarkBatch::expireBefore).containsExactly(900L);
    }

    @Test
    void every_bucket_is_touched_once_a_minute() {
        // Given
        Running running = new Running(marks, Rule.ORIGIN);

        // When
        for (int second = 0; second < 120; second++) {
            nanos += TimeUnit.SECONDS.toNanos(1);
            running.outbox.reset();
            running.processor.tryProcess();
        }

        // Then
        assertThat(marks.batches).hasSize(2 * BUCKETS).allMatch(MarkBatch::touch);
    }

    @Test
    void a_lost_bucket_fails_the_job_and_says_what_to_do() {
        // Given
        Running running = new Running(marks, Rule.ORIGIN);
        marks.replace(1, null);

        // When, then
        assertThatThrownBy(() -> running.process(event(1, 0, 10, 1000)))
                .isInstanceOf(JetException.class)
                .isNotInstanceOf(RestartableException.class)
                .hasMessageStartingWith("deduplication marks are lost: bucket 1 of map 'marks' is gone")
                .hasMessageContaining("stop the job and submit it again");
    }

    @Test
    void a_bucket_of_another_start_is_not_taken_for_ones_own() {
        // Given
        Running running = new Running(marks, Rule.ORIGIN);
        marks.replace(1, new MarkBucket(2));

        // When, then
        assertThatThrownBy(() -> running.process(event(1, 0, 10, 1000)))
                .isInstanceOf(JetException.class)
                .isNotInstanceOf(RestartableException.class)
                .hasMessageContaining("was made by another start of the job");
    }

    @Test
    void a_job_that_went_back_too_far_is_told_so() {
        // Given
        Running running = new Running(marks, Rule.ORIGIN);
        marks.replace(1, new MarkBucket(1, 500, Sightings.NONE));

        // When, then
        assertThatThrownBy(() -> running.process(event(1, 0, 10, 1000)))
                .isInstanceOf(JetException.class)
                .isNotInstanceOf(RestartableException.class)
                .hasMessageContaining("it went back further than its last job snapshot");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void an_operation_of_unknown_outcome_restarts_the_job(int kind) {
        Throwable failure = switch (kind) {
            case 0 -> new IndeterminateOperationStateException("backup not acknowledged");
            case 1 -> new HazelcastInstanceNotActiveException("shutting down");
            case 2 -> new MemberLeftException("gone");
            default -> new OperationTimeoutException("no answer");
        };
        Running running = new Running(new FailingMarks(failure), Rule.ORIGIN);

        assertThatThrownBy(() -> running.process(event(1, 0, 10, 1000)))
                .isInstanceOf(RestartableException.class)
                .hasCause(failure)
                .hasMessageContaining("map 'marks'");
    }

    @Test
    void an_empty_answer_restarts_the_job() {
        Running running = new Running(new FailingMarks(null), Rule.ORIGIN);

        assertThatThrownBy(() -> running.process(event(1, 0, 10, 1000))).isInstanceOf(RestartableException.class);
    }

    @Test
    void any_other_failure_fails_the_job() {
        Running running = new Running(new FailingMarks(new IllegalArgumentException("no")), Rule.ORIGIN);

        assertThatThrownBy(() -> running.process(event(1, 0, 10, 1000)))
                .isInstanceOf(JetException.class)
                .isNotInstanceOf(RestartableException.class)
                .hasRootCauseMessage("no");
    }

    @Test
    void a_replay_passes_originals_again_and_with_naive_marks_it_would_not() {
        for (Rule rule : Rule.values()) {
            // Given
            marks.reset();
            new Running(marks, rule).process(event(1, 0, 10, 1000));

            // When
            Running replay = new Running(marks, rule);
            replay.process(event(1, 0, 10, 1000));

            // Then
            assertThat(replay.drain(DeduplicateP.ORIGINALS)).hasSize(rule == Rule.ORIGIN ? 1 : 0);
            assertThat(replay.drain(DeduplicateP.DUPLICATES)).hasSize(rule == Rule.ORIGIN ? 0 : 1);
        }
    }

    private DeduplicateP processor(Marks on, Rule rule) {
        return new DeduplicateP(context -> on, 1, HORIZON, rule, () -> nanos);
    }

    /** Equal lists but for the order of events and for how counts are split. */
    private static boolean sameItemsAndSums(List<?> expected, List<?> actual) {
        return sums(expected).equals(sums(actual))
                && TestSupport.SAME_ITEMS_ANY_ORDER.test(rest(expected), rest(actual));
    }

    private static String sums(List<?> items) {
        Counts sum = new Counts();
        items.stream().filter(Counts.class::isInstance).forEach(counts -> sum.addAll((Counts) counts));
        return sum.toString();
    }

    private static List<?> rest(List<?> items) {
        return items.stream().filter(item -> !(item instanceof Counts)).toList();
    }

    /** A processor at work, with an outbox for each of its edges. */
    private final class Running {
        final DeduplicateP processor;
        final TestOutbox outbox;

        Running(Marks on, Rule rule) {
            this(on, rule, 10_000);
        }

        Running(Marks on, Rule rule, int outboxSize) {
            outbox = new TestOutbox(new int[] {outboxSize, outboxSize, outboxSize}, 1_000);
            processor = processor(on, rule);
            processor.init(outbox, new TestProcessorContext());
        }

        void process(Event... events) {
            outbox.reset();
            processor.process(0, new TestInbox(List.of(events)));
        }

        boolean saveToSnapshot() {
            outbox.reset();
            return processor.saveToSnapshot();
        }

        boolean complete() {
            outbox.reset();
            return processor.complete();
        }

        List<Object> drain(int ordinal) {
            List<Object> drained = new ArrayList<>();
            outbox.drainQueueAndReset(ordinal, drained, false);
            return drained;
        }
    }

    /** Answers every batch with the same failure; without one, with nothing. */
    private record FailingMarks(@Nullable Throwable failure) implements Marks {
        @Override
        public String name() {
            return "marks";
        }

        @Override
        public int buckets() {
            return BUCKETS;
        }

        @Override
        public int[] owned() {
            return new int[0];
        }

        @Override
        public CompletionStage<long[]> submit(int bucket, MarkBatch batch) {
            return failure == null
                    ? CompletableFuture.<long[]>completedFuture(null)
                    : CompletableFuture.<long[]>failedFuture(failure);
        }
    }
}
