package io.sightline.rollup;

import static io.sightline.rollup.Sightings.sighting;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.event.Column;
import io.sightline.event.Event;
import io.sightline.spec.RollupSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PartialsTest {
    private static final Duration WINDOW = Duration.ofSeconds(1);
    private static final Duration CORRECT_FOR = Duration.ofHours(1);
    private static final RollupSpec SPEC = Sightings.rollup(WINDOW, CORRECT_FOR);

    private final PartialRows format = new PartialRows(SPEC, Sightings.PIPELINE);
    private final Partials partials = new Partials(SPEC, Sightings.PIPELINE);

    static LongStream seeds() {
        return LongStream.range(0, 40);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void parts_put_together_in_any_order_are_the_rollup(long seed) {
        // Given events that are taken out at barriers anywhere, by two writers
        Random random = new Random(seed);
        List<Event> events = Sightings.seeded(random, 400, 6_000);
        Partials other = new Partials(SPEC, Sightings.PIPELINE);
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (Event event : events) {
            (random.nextBoolean() ? partials : other).add(event);
            if (random.nextInt(30) == 0) {
                takeOut(partials, rows);
            }
        }
        takeOut(partials, rows);
        takeOut(other, rows);
        Collections.shuffle(rows, random);

        // When
        Rollup rollup = new Rollup(SPEC, Sightings.PIPELINE);
        Changes changes = new Changes();
        Groups together = new Groups(rollup, new AccumulatorBound(1_000), changes);
        rows.forEach(row -> assertThat(together.merge(format.partial(row))).isEqualTo(Groups.Outcome.TAKEN));

        // Then
        Set<String> expected = NaiveRollup.rows(events, WINDOW.toMillis(), CORRECT_FOR.toMillis());
        assertThat(rows).hasSizeGreaterThan(expected.size());
        assertThat(written(changes)).isEqualTo(new TreeSet<>(expected));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void the_columns_of_parts_add_up_for_a_reader_who_knows_no_state(long seed) {
        // Given
        Random random = new Random(seed);
        List<Event> events = Sightings.seeded(random, 300, 6_000);
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (Event event : events) {
            partials.add(event);
            if (random.nextInt(20) == 0) {
                takeOut(partials, rows);
            }
        }
        takeOut(partials, rows);

        // When
        long counted = sum(rows, "sightings");
        long heads = sum(rows, "heads_avg_sum");
        long withHeads = sum(rows, "heads_avg_count");

        // Then
        assertThat(counted).isEqualTo(events.size());
        assertThat(heads)
                .isEqualTo(events.stream()
                        .filter(event -> event.value(2) != null)
                        .mapToLong(event -> (Integer) requireNonNull(event.value(2)))
                        .sum());
        assertThat(withHeads)
                .isEqualTo(
                        events.stream().filter(event -> event.value(2) != null).count());
    }

    @Test
    void the_rows_are_as_wide_as_their_columns_and_each_value_is_of_its_type() {
        // Given
        partials.add(sighting(1, 1_500, "a", "x"));

        // When
        List<@Nullable Object[]> rows = new ArrayList<>();
        takeOut(partials, rows);

        // Then
        List<Column> columns = format.columns();
        assertThat(rows).singleElement().satisfies(row -> {
            assertThat(row).hasSameSizeAs(columns);
            for (int i = 0; i < row.length; i++) {
                assertThat(row[i])
                        .as(columns.get(i).name())
                        .isInstanceOf(columns.get(i).type().javaType());
            }
        });
    }

    @Test
    void an_event_that_comes_too_late_for_the_grid_is_in_the_history() {
        // When
        partials.add(sighting(0, 1, 40_000_000, 1_500, "a", "x", 1, 1.0, "s"));

        // Then
        assertThat(partials.poll()).isNotNull();
        assertThat(partials.poll()).isNull();
    }

    @Test
    void parts_may_be_put_together_only_where_group_carry_and_measures_are_the_same() {
        // When
        RollupSpec byItemFirst = new RollupSpec(
                SPEC.name(), WINDOW, List.of("item", "place"), SPEC.carry(), SPEC.measures(), CORRECT_FOR, SPEC.keep());
        RollupSpec keptLonger = new RollupSpec(
                SPEC.name(), WINDOW, SPEC.by(), SPEC.carry(), SPEC.measures(), CORRECT_FOR, Duration.ofDays(3));

        // Then
        assertThat(new PartialRows(byItemFirst, Sightings.PIPELINE).definition())
                .isNotEqualTo(format.definition());
        assertThat(new PartialRows(keptLonger, Sightings.PIPELINE).definition()).isEqualTo(format.definition());
    }

    private static void takeOut(Partials from, List<@Nullable Object[]> to) {
        for (@Nullable Object[] row; (row = from.poll()) != null; ) {
            to.add(row);
        }
    }

    private long sum(List<@Nullable Object[]> rows, String column) {
        int position = format.columns().stream().map(Column::name).toList().indexOf(column);
        return rows.stream()
                .filter(row -> row[position] != null)
                .mapToLong(row -> (Long) requireNonNull(row[position]))
                .sum();
    }

    private static Set<String> written(Changes changes) {
        Set<String> written = new TreeSet<>();
        for (Group group; (group = changes.first()) != null; ) {
            for (int index = group.nextChanged(); index >= 0; index = group.nextChanged()) {
                Object[] row = group.takeRow(index, 0, 0);
                written.add(Arrays.toString(Arrays.copyOf(row, row.length - 2)));
            }
        }
        return written;
    }
}
