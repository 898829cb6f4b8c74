package io.sightline.rollup.imap;

import static io.sightline.rollup.Sightings.sighting;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.RestartableException;
import com.hazelcast.jet.core.Watermark;
import com.hazelcast.jet.core.test.TestSupport;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import com.hazelcast.nio.serialization.genericrecord.GenericRecord;
import io.sightline.event.Event;
import io.sightline.event.imap.Buckets;
import io.sightline.observe.Counter;
import io.sightline.observe.Counts;
import io.sightline.rollup.AccumulatorBound;
import io.sightline.rollup.NaiveRollup;
import io.sightline.rollup.RollupColumns;
import io.sightline.rollup.Sightings;
import io.sightline.spec.RollupSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RollupPTest {
    private static final Duration WINDOW = Duration.ofSeconds(1);
    private static final Duration CORRECT_FOR = Duration.ofSeconds(2);
    private static final RollupSpec ROLLUP = Sightings.rollup(WINDOW, CORRECT_FOR);
    private static final StartNumber FIRST = new StartNumber(1, 1);
    private static final StartNumber SECOND = new StartNumber(2, 1);

    private static HazelcastInstance member;

    @BeforeAll
    static void startMember() {
        member = TestMember.start("rollup-p-test");
    }

    @AfterAll
    static void stopMember() {
        member.getLifecycleService().terminate();
    }

    @BeforeEach
    void emptyMap() {
        TestMember.map(member).clear();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void rows_and_counts_are_exact_through_snapshots_and_restores_between_all_items(long seed) {
        // Given
        List<Event> events = Sightings.seeded(new Random(seed), 60, 6_000);
        List<Object> input = new ArrayList<>();
        for (Event event : events) {
            input.add(event);
            if (event.offset() % 7 == 0) {
                input.add(new Watermark(event.sourceTimeMillis()));
            }
        }
        long tooLate = events.stream()
                .filter(event -> event.sourceTimeMillis() - Math.floorDiv(event.eventTimeMicros(), 1_000_000L) * 1_000
                        > WINDOW.plus(CORRECT_FOR).toMillis())
                .count();

        // When
        TestSupport.verifyProcessor(() -> {
                    StartNumber start = StartNumbers.next(member, "sightings", 1);
                    return new RollupP(
                            ROLLUP,
                            Sightings.PIPELINE,
                            TestMember.MAP,
                            start,
                            new AccumulatorBound(1_000),
                            null,
                            Runnable::run,
                            System::nanoTime);
                })
                .hazelcastInstance(member)
                .input(input)
                .disableLogging()
                .disableProgressAssertion()
                .executeBeforeEachRun(this::emptyMap)
                .assertOutput(1, (mode, outputs) -> {
                    // Then
                    assertThat(tooLateCounted(outputs.get(0))).isEqualTo(tooLate);
                    assertThat(TestMember.rows(member, ROLLUP))
                            .as("%s", mode)
                            .isEqualTo(
                                    new TreeSet<>(NaiveRollup.rows(events, WINDOW.toMillis(), CORRECT_FOR.toMillis())));
                });
        assertThat(tooLate).as("late events in the input").isPositive();
    }

    private static long tooLateCounted(List<Object> output) {
        return output.stream()
                .filter(Counts.class::isInstance)
                .mapToLong(counts -> ((Counts) counts).total(Counter.LATE_UNCORRECTED))
                .sum();
    }

    @Test
    void early_results_are_in_the_map_after_one_interval_and_not_before() throws Exception {
        // Given
        Driven processor = new Driven(member, ROLLUP, FIRST, 100).feed(sighting(1, 1_500, "a", "x"));

        // When
        processor.turnAtOnce();
        int before = TestMember.map(member).size();
        processor.until(() -> TestMember.map(member).size() == 1);

        // Then
        assertThat(before).isZero();
        assertThat(TestMember.rows(member, ROLLUP))
                .isEqualTo(NaiveRollup.rows(List.of(sighting(1, 1_500, "a", "x")), 1_000, 2_000));
    }

    @Test
    void watermark_and_barrier_wait_until_every_write_is_acknowledged() throws Exception {
        // Given: the row's grid partition is busy with another entry of it
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Busy.begun = begun;
        Busy.done = done;
        TestMember.map(member).submitToKey(keyOf("a", "x", 9_000_000), new Busy());
        begun.await();
        Driven processor = new Driven(member, ROLLUP, FIRST, 100);
        processor.feed(sighting(1, 1_500, "a", "x")).watermark(1_500);

        // When
        for (int i = 0; i < 10; i++) {
            processor.turn();
        }
        List<Long> forwarded = processor.forwarded();
        boolean passed = false;
        for (int i = 0; i < 10; i++) {
            passed |= processor.barrier(new ArrayList<>());
        }
        done.countDown();
        List<Object> saved = processor.save();
        processor.until(() -> !processor.forwarded().isEmpty());

        // Then
        assertThat(passed).isFalse();
        assertThat(forwarded).isEmpty();
        assertThat(processor.forwarded()).containsExactly(1_500L);
        assertThat(saved).hasSize(31);
    }

    @Test
    void a_late_event_corrects_a_complete_row_and_one_later_still_is_only_counted() throws Exception {
        // Given
        Event onTime = sighting(1, 1_500, "a", "x");
        Event late = sighting(0, 2, 3_900, 1_600, "a", "x", 5, 0.25, "renamed");
        Event tooLate = sighting(0, 3, 4_100, 1_700, "a", "x", 7, 0.75, "renamed again");
        Driven processor = new Driven(member, ROLLUP, FIRST, 100).feed(onTime).settle(3_900);

        // When
        processor.feed(late, tooLate).settle(4_100);

        // Then
        assertThat(TestMember.rows(member, ROLLUP)).isEqualTo(NaiveRollup.rows(List.of(onTime, late), 1_000, 2_000));
        assertThat(processor.counted(Counter.CORRECTIONS)).isEqualTo(Map.of("sightings", 1L));
        assertThat(processor.counted(Counter.LATE_UNCORRECTED)).isEqualTo(Map.of("sightings", 1L));
    }

    @Test
    void what_finds_no_room_is_counted_and_leaves_no_row() throws Exception {
        // Given
        Driven processor = new Driven(member, ROLLUP, FIRST, 2);

        // When
        processor
                .feed(sighting(1, 1_500, "a", "x"), sighting(2, 1_500, "b", "x"), sighting(3, 1_500, "c", "x"))
                .feed(sighting(4, 1_600, "c", "x"), sighting(5, 1_600, "a", "x"))
                .settle(1_600);

        // Then
        assertThat(TestMember.map(member).size()).isEqualTo(2);
        assertThat(processor.counted(Counter.ROLLUP_OVERFLOW)).isEqualTo(Map.of("sightings", 2L));
    }

    @Test
    void events_wait_when_too_many_rows_do() throws Exception {
        // Given
        Driven processor = new Driven(member, ROLLUP, FIRST, 100_000);
        Event[] events = new Event[50_001];
        Arrays.setAll(events, i -> sighting(i, 1_500, "a", "item-" + i));
        processor.turnAtOnce();

        // When
        processor.feed(events);

        // Then
        assertThat(processor.turnAtOnce()).isFalse();
        processor.until(processor::turn);
        processor.settle(1_500);
        assertThat(TestMember.map(member).size()).isEqualTo(50_001);
    }

    @Test
    void a_restart_writes_all_it_holds_again_and_removes_what_only_the_failed_execution_had() throws Exception {
        // Given: a row of another job; a row that is closed and no longer in the state; a row that is in the state
        Event ofOtherJob = sighting(1, 9_500, "other", "x");
        Event closed = sighting(1, 1_500, "a", "x");
        Event held = sighting(2, 9_500, "a", "x");
        new Driven(member, ROLLUP, FIRST, 100).feed(ofOtherJob).settle(9_500);
        Driven first = new Driven(member, ROLLUP, new StartNumber(2, 2), 100);
        first.feed(closed, held).settle(9_500);
        List<Object> saved = first.save();
        // What comes after the snapshot is lost with the execution, and one row will not come again.
        Event replayed = sighting(3, 9_600, "a", "x");
        Event notReplayed = sighting(4, 9_700, "b", "x");
        first.feed(replayed, notReplayed).settle(9_700);
        assertThat(TestMember.map(member).size()).isEqualTo(4);

        // When
        Driven second = new Driven(member, ROLLUP, new StartNumber(3, 2), 100).restore(saved);
        second.settle(9_500).feed(replayed).settle(9_800);

        // Then
        assertThat(TestMember.versions(member, ROLLUP))
                .isEqualTo(Map.of(
                        row(ofOtherJob), 1L,
                        row(closed), 2L,
                        row(held, replayed), 3L));
    }

    @Test
    void a_restart_without_a_snapshot_removes_what_the_failed_execution_wrote() throws Exception {
        // Given
        new Driven(member, ROLLUP, FIRST, 100)
                .feed(sighting(1, 1_500, "a", "x"), sighting(2, 1_500, "b", "x"))
                .settle(1_500);

        // When
        Driven second = new Driven(member, ROLLUP, SECOND, 100);
        second.feed(sighting(1, 1_500, "a", "x")).settle(1_500);

        // Then
        assertThat(TestMember.versions(member, ROLLUP)).isEqualTo(Map.of(row(sighting(1, 1_500, "a", "x")), 2L));
    }

    @Test
    void events_and_a_barrier_that_come_before_the_state_that_is_handed_over_wait_for_it() throws Exception {
        // Given
        Event rebuilt = sighting(1, 1_500, "a", "x");
        Event read = sighting(2, 1_600, "a", "x");
        String handedOver = "handed-over";
        Driven rebuilding =
                new Driven(member, ROLLUP, FIRST.beforeAll(), 100, StateHandOver.giving(handedOver, 1_500_000));
        rebuilding.feed(rebuilt).complete();

        // When: Jet asks for neither before it hands in what has come
        Driven live = new Driven(member, ROLLUP, FIRST, 100, StateHandOver.taking(handedOver));
        boolean takenTooEarly = live.offer(read);
        boolean savedTooEarly = live.barrier(new ArrayList<>());
        List<Object> saved = live.runBlocking().save();
        live.feed(read).settle(1_600);

        // Then
        assertThat(takenTooEarly).isFalse();
        assertThat(savedTooEarly).isFalse();
        assertThat(TestMember.versions(member, ROLLUP)).isEqualTo(Map.of(row(rebuilt, read), 1L));
        new Driven(member, ROLLUP, SECOND, 100).restore(saved).feed(read).settle(1_600);
        assertThat(TestMember.versions(member, ROLLUP)).isEqualTo(Map.of(row(rebuilt, read), 2L));
    }

    @Test
    void what_is_rebuilt_once_more_replaces_what_was_rebuilt_before_and_gives_way_to_the_job() throws Exception {
        // Given: the first time it breaks off after many writes
        Event first = sighting(1, 1_500, "a", "x");
        Event second = sighting(2, 1_600, "a", "x");
        Event third = sighting(3, 1_700, "a", "x");
        Driven brokenOff = new Driven(member, ROLLUP, FIRST.beforeAll(), 100);
        brokenOff.feed(first).settle(1_500).feed(second).settle(1_600);

        // When
        new Driven(member, ROLLUP, SECOND.beforeAll(), 100)
                .feed(first, second, third)
                .settle(1_700);

        // Then
        assertThat(TestMember.rows(member, ROLLUP))
                .isEqualTo(NaiveRollup.rows(List.of(first, second, third), 1_000, 2_000));
        new Driven(member, ROLLUP, FIRST, 100).feed(first).settle(1_500);
        assertThat(TestMember.versions(member, ROLLUP)).isEqualTo(Map.of(row(first), 1L));
    }

    @Test
    void a_write_that_a_dead_execution_left_behind_comes_to_nothing() {
        // Given
        IMap<RollupKey, GenericRecord> map = TestMember.map(member);
        RollupKey key = keyOf("a", "x", 1_000_000);
        map.executeOnKey(key, write(2, 7));

        // When
        map.executeOnKey(key, write(1, 99));
        map.executeOnKey(key, write(2, 6));
        map.executeOnKey(key, RollupWrite.removeBefore(2));

        // Then
        assertThat(version(map, key)).containsExactly(2, 7);
        map.executeOnKey(key, write(2, 8));
        assertThat(version(map, key)).containsExactly(2, 8);
        map.executeOnKey(key, write(3, 1));
        assertThat(version(map, key)).containsExactly(3, 1);
        map.executeOnKey(key, RollupWrite.removeBefore(4));
        assertThat(map.get(key)).isNull();
    }

    @Test
    void an_execution_that_meets_rows_of_a_later_one_stops() throws Exception {
        // Given
        TestMember.map(member).executeOnKey(keyOf("a", "x", 1_000_000), write(2, 1));
        Driven processor = new Driven(member, ROLLUP, FIRST, 100).feed(sighting(1, 1_500, "a", "x"));

        // When, then
        assertThatExceptionOfType(RestartableException.class)
                .isThrownBy(() -> processor.settle(1_500))
                .withMessageContaining("another execution has taken over");
    }

    @Test
    void closing_waits_for_the_writes_in_flight() throws Exception {
        // Given
        Driven processor = new Driven(member, ROLLUP, FIRST, 2_000);
        for (int i = 0; i < 200; i++) {
            processor.feed(sighting(i, 1_500, "a", "item-" + i));
        }
        processor.turn();

        // When
        processor.close();

        // Then
        assertThat(TestMember.map(member).size()).isEqualTo(200);
    }

    @Test
    void numbers_of_executions_rise_and_tell_the_first_of_a_job() {
        assertThat(StartNumbers.next(member, "numbers", 7)).isEqualTo(new StartNumber(1, 1));
        assertThat(StartNumbers.next(member, "numbers", 7)).isEqualTo(new StartNumber(2, 1));
        assertThat(StartNumbers.next(member, "other", 8)).isEqualTo(new StartNumber(1, 1));
        assertThat(StartNumbers.next(member, "numbers", 9)).isEqualTo(new StartNumber(3, 3));
        assertThat(StartNumbers.next(member, "numbers", 9)).isEqualTo(new StartNumber(4, 3));
    }

    /** Keeps its grid partition from doing anything else; its latches are static because it may be copied. */
    private static final class Busy implements EntryProcessor<RollupKey, GenericRecord, Void> {
        private static final long serialVersionUID = 1;

        private static CountDownLatch begun = new CountDownLatch(1);
        private static CountDownLatch done = new CountDownLatch(1);

        @Override
        public @Nullable Void process(Map.Entry<RollupKey, GenericRecord> entry) {
            begun.countDown();
            try {
                done.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return null;
        }

        @Override
        public @Nullable EntryProcessor<RollupKey, GenericRecord, Void> getBackupProcessor() {
            return null;
        }
    }

    private static String row(Event... events) {
        return NaiveRollup.rows(List.of(events), 1_000, 2_000).iterator().next();
    }

    private static RollupKey keyOf(String place, String item, long windowStartMicros) {
        Buckets buckets = Buckets.of(member);
        long hash = RollupP.groupHash(ROLLUP, Sightings.PIPELINE).apply(sighting(0, 0, place, item));
        return new RollupKey(buckets.key(buckets.bucketOf(hash)), windowStartMicros, new Object[] {place, item});
    }

    /** A write of the row of place a, item x and the window at 1 s. */
    private static RollupWrite write(long startNumber, long sequence) {
        Object[] values = new Object
                [RollupColumns.of(ROLLUP, Sightings.PIPELINE.enrichedColumns())
                        .stored()
                        .size()];
        values[values.length - 2] = startNumber;
        values[values.length - 1] = sequence;
        GenericRecord row =
                RollupMap.rows(TestMember.MAP, ROLLUP, Sightings.PIPELINE).row(values);
        return RollupWrite.write(startNumber, Map.of(keyOf("a", "x", 1_000_000), row));
    }

    private static long[] version(IMap<RollupKey, GenericRecord> map, RollupKey key) {
        GenericRecord row = requireNonNull(map.get(key), "the row is gone");
        return new long[] {
            row.getNullableInt64(RollupColumns.START_NUMBER), row.getNullableInt64(RollupColumns.SEQUENCE)
        };
    }
}
