package io.sightline.rollup;

import static io.sightline.rollup.Sightings.sighting;
import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.event.Event;
import io.sightline.rollup.Groups.Outcome;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GroupsTest {
    private static final Duration WINDOW = Duration.ofSeconds(1);
    private static final Duration CORRECT_FOR = Duration.ofSeconds(2);
    private static final long NO_WATERMARK = Long.MIN_VALUE;

    private final Rollup rollup = new Rollup(Sightings.rollup(WINDOW, CORRECT_FOR), Sightings.PIPELINE);
    private final Changes changes = new Changes();
    private final AccumulatorBound bound = new AccumulatorBound(1_000);
    private final Groups groups = new Groups(rollup, bound, changes);
    private final Map<String, String> written = new HashMap<>();

    static LongStream seeds() {
        return LongStream.range(0, 40);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void rows_are_those_of_the_naive_rollup_whatever_the_order_of_events(long seed) {
        // Given
        Random random = new Random(seed);
        List<Event> events = Sightings.seeded(random, 400, 6_000);
        Set<String> expected = NaiveRollup.rows(events, WINDOW.toMillis(), CORRECT_FOR.toMillis());
        Collections.shuffle(events, random);

        // When
        for (Event event : events) {
            add(groups, event, NO_WATERMARK);
            if (random.nextInt(30) == 0) {
                write();
            }
        }
        write();

        // Then
        assertThat(new TreeSet<>(written.values())).isEqualTo(new TreeSet<>(expected));
        assertThat(groups.accumulators()).isEqualTo(expected.size());
        assertThat(bound.held()).isEqualTo(expected.size());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void rows_stay_exact_while_closed_windows_are_dropped_and_state_is_saved_and_restored(long seed) {
        // Given
        Random random = new Random(seed);
        List<Event> events = Sightings.seeded(random, 400, 6_000);
        Set<String> expected = NaiveRollup.rows(events, WINDOW.toMillis(), CORRECT_FOR.toMillis());

        // When: source time is the watermark, as with a single topic partition
        Groups current = groups;
        for (Event event : events) {
            long watermark = event.sourceTimeMillis() * 1_000;
            add(current, event, watermark);
            switch (random.nextInt(20)) {
                case 0 -> write();
                case 1 -> current.drop(watermark);
                case 2 -> {
                    write();
                    Groups restored = new Groups(rollup, new AccumulatorBound(0), changes);
                    restored.restore(current.pack());
                    assertThat(restored.accumulators()).isEqualTo(current.accumulators());
                    assertThat(changes.accumulators()).isEqualTo(current.accumulators());
                    write();
                    current = new Groups(rollup, bound, changes);
                    current.restore(restored.pack());
                }
                default -> {}
            }
        }
        write();
        current.drop(Long.MAX_VALUE);

        // Then
        assertThat(new TreeSet<>(written.values())).isEqualTo(new TreeSet<>(expected));
        assertThat(current.accumulators()).isZero();
        assertThat(changes.accumulators()).isZero();
    }

    @Test
    void an_event_is_taken_up_to_the_last_millisecond_of_correct_for_and_not_after() {
        // When: the window ends at 2 s and is open until 4 s
        Outcome last = add(groups, sighting(0, 1, 4_000, 1_999, "a", "x", 1, 1.0, "s"), NO_WATERMARK);
        Outcome tooLate = add(groups, sighting(0, 2, 4_001, 1_999, "a", "x", 1, 1.0, "s"), NO_WATERMARK);

        // Then
        assertThat(last).isEqualTo(Outcome.TAKEN);
        assertThat(tooLate).isEqualTo(Outcome.TOO_LATE);
    }

    @Test
    void a_window_whose_state_was_dropped_never_starts_over() {
        // Given
        add(groups, sighting(0, 1, 1_500, 1_500, "a", "x", 1, 1.0, "s"), NO_WATERMARK);
        write();
        groups.drop(4_001_000);

        // When: a topic partition that was idle wakes behind the watermark
        Outcome outcome = add(groups, sighting(1, 1, 1_600, 1_600, "a", "x", 1, 1.0, "s"), 4_001_000);

        // Then
        assertThat(outcome).isEqualTo(Outcome.TOO_LATE);
        assertThat(groups.accumulators()).isZero();
    }

    @Test
    void what_is_not_yet_written_is_not_dropped() {
        // Given
        add(groups, sighting(1, 1_500, "a", "x"), NO_WATERMARK);

        // When
        groups.drop(10_000_000);
        int before = groups.accumulators();
        write();
        groups.drop(10_000_000);

        // Then
        assertThat(before).isEqualTo(1);
        assertThat(groups.accumulators()).isZero();
        assertThat(bound.held()).isZero();
        assertThat(written).hasSize(1);
    }

    @Test
    void a_change_after_the_window_was_complete_and_written_is_a_correction() {
        // Given
        add(groups, sighting(1, 1_500, "a", "x"), 1_500_000);
        write();

        // When
        Outcome early = add(groups, sighting(2, 1_600, "a", "x"), 1_999_000);
        write();
        Outcome late = add(groups, sighting(0, 3, 2_500, 1_700, "a", "x", 1, 1.0, "s"), 2_000_000);

        // Then
        assertThat(early).isEqualTo(Outcome.TAKEN);
        assertThat(late).isEqualTo(Outcome.CORRECTED);
    }

    @Test
    void at_the_bound_a_new_accumulator_is_refused_and_known_ones_go_on() {
        // Given
        Groups bounded = new Groups(rollup, new AccumulatorBound(2), changes);
        add(bounded, sighting(1, 1_500, "a", "x"), NO_WATERMARK);
        add(bounded, sighting(2, 2_500, "a", "x"), NO_WATERMARK);

        // When
        Outcome otherGroup = add(bounded, sighting(3, 1_500, "b", "x"), NO_WATERMARK);
        Outcome otherWindow = add(bounded, sighting(4, 3_500, "a", "x"), NO_WATERMARK);
        Outcome known = add(bounded, sighting(5, 1_600, "a", "x"), NO_WATERMARK);
        write();
        bounded.drop(4_500_000);
        Outcome afterRoom = add(bounded, sighting(6, 4_500, "b", "x"), NO_WATERMARK);

        // Then
        assertThat(otherGroup).isEqualTo(Outcome.NO_ROOM);
        assertThat(otherWindow).isEqualTo(Outcome.NO_ROOM);
        assertThat(known).isEqualTo(Outcome.TAKEN);
        assertThat(afterRoom).isEqualTo(Outcome.TAKEN);
    }

    @Test
    void windows_before_1970_are_aligned_too() {
        // When
        add(groups, sighting(1, -1, "a", "x"), NO_WATERMARK);
        write();

        // Then
        assertThat(written.values()).singleElement().asString().startsWith("[-1000000, 0, ");
    }

    @Test
    void groups_with_the_same_hash_are_kept_apart() {
        // When
        groups.add(sighting(1, 1_500, "a", "x"), 7, NO_WATERMARK);
        groups.add(sighting(2, 1_500, "b", "x"), 7, NO_WATERMARK);
        groups.add(sighting(3, 1_500, "a", "x"), 7, NO_WATERMARK);
        write();

        // Then
        assertThat(groups.accumulators()).isEqualTo(2);
        assertThat(written.values()).anySatisfy(row -> assertThat(row).contains(", a, x, site of a, 2,"));
    }

    @Test
    void any_text_comes_back_from_the_job_snapshot_as_it_was() {
        // Given
        String half = "half a pair \ud83d and \u0000, umlaut \u00fc, pair \ud83d\ude00";
        add(groups, sighting(1, 1_500, half, ""), NO_WATERMARK);

        // When
        Groups restored = new Groups(rollup, bound, changes);
        restored.restore(groups.pack());
        add(restored, sighting(2, 1_500, half, ""), NO_WATERMARK);

        // Then
        assertThat(restored.accumulators()).isEqualTo(1);
    }

    private Outcome add(Groups into, Event event, long watermark) {
        return into.add(event, rollup.groupBy().hash(event), watermark);
    }

    /** Writes all that has changed, as the processor does; a row replaces the one of its window and group. */
    private void write() {
        while (changes.first() != null) {
            Group group = changes.first();
            for (int index = group.nextChanged(); index >= 0; index = group.nextChanged()) {
                String key = group.windowStart(index) + Arrays.toString(group.values());
                Object[] row = group.takeRow(index, 0, 0);
                written.put(key, Arrays.toString(Arrays.copyOf(row, row.length - 2)));
            }
        }
    }
}
