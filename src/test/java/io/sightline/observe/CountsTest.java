package io.sightline.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CountsTest {
    private static final Counter[] COUNTERS = Counter.values();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void differencesThatAreDrainedAndAddedUpAnywhereGiveTheSameTotals(long seed) {
        // Given
        Random random = new Random(seed);
        Counts atOnce = new Counts();
        Counts difference = new Counts();
        Counts total = new Counts();

        // When: counted once as a whole, and once in differences
        for (int i = 0; i < 2_000; i++) {
            Counter counter = COUNTERS[random.nextInt(COUNTERS.length)];
            String label = "label" + random.nextInt(3);
            long n = random.nextInt(5);
            atOnce.add(counter, label, n);
            difference.add(counter, label, n);
            if (random.nextInt(10) == 0) {
                total.addAll(difference.drain());
                assertThat(difference.isEmpty()).as("seed %d", seed).isTrue();
            }
        }
        total.addAll(difference.drain());

        // Then
        assertThat(total.asMap()).as("seed %d", seed).isEqualTo(atOnce.asMap());
        for (Counter counter : COUNTERS) {
            assertThat(total.total(counter))
                    .as("total of %s, seed %d", counter, seed)
                    .isEqualTo(total.byLabel(counter).values().stream()
                            .mapToLong(Long::longValue)
                            .sum());
        }
    }

    @Test
    void theOrderOfAddingDoesNotMatter() {
        // Given
        Counts a = counts(Map.of("x", 1L, "y", 2L));
        Counts b = counts(Map.of("y", 5L, "z", 7L));
        Counts c = counts(Map.of("x", 11L));

        // When
        Counts abc = sum(a, b, c);
        Counts cba = sum(c, b, a);
        Counts grouped = sum(a, sum(b, c));

        // Then
        assertThat(abc.asMap()).isEqualTo(cba.asMap()).isEqualTo(grouped.asMap());
        assertThat(abc.byLabel(Counter.DEAD_LETTERS)).isEqualTo(Map.of("x", 12L, "y", 7L, "z", 7L));
        assertThat(abc.total(Counter.DEAD_LETTERS)).isEqualTo(26);
    }

    @Test
    void labelsOfOneCounterAreNotThoseOfAnother() {
        // Given
        Counts counts = new Counts();

        // When
        counts.add(Counter.UNMATCHED, "locations", 3);
        counts.add(Counter.CORRECTIONS, "locations", 4);
        counts.add(Counter.RECORDS, 5);

        // Then
        assertThat(counts.byLabel(Counter.UNMATCHED)).isEqualTo(Map.of("locations", 3L));
        assertThat(counts.byLabel(Counter.RECORDS)).isEqualTo(Map.of("", 5L));
        assertThat(counts.total(Counter.LATE)).isZero();
        assertThat(counts.byLabel(Counter.LATE)).isEmpty();
    }

    @Test
    void addingNothingLeavesNoTrace() {
        // Given
        Counts counts = new Counts();

        // When
        counts.add(Counter.LATE, 0);
        counts.add(Counter.DEAD_LETTERS, "empty", 0);
        counts.addAll(new Counts());

        // Then
        assertThat(counts.isEmpty()).isTrue();
        assertThat(counts.asMap()).isEmpty();
    }

    @Test
    void whatWasDrainedDoesNotChangeWithTheBagItCameFrom() {
        // Given
        Counts counts = counts(Map.of("x", 1L));
        Counts drained = counts.drain();

        // When
        counts.add(Counter.DEAD_LETTERS, "x", 9);

        // Then
        assertThat(drained.byLabel(Counter.DEAD_LETTERS)).isEqualTo(Map.of("x", 1L));
    }

    private static Counts counts(Map<String, Long> deadLetters) {
        Counts counts = new Counts();
        deadLetters.forEach((label, n) -> counts.add(Counter.DEAD_LETTERS, label, n));
        return counts;
    }

    private static Counts sum(Counts... all) {
        Counts sum = new Counts();
        List.of(all).forEach(sum::addAll);
        return sum;
    }
}
