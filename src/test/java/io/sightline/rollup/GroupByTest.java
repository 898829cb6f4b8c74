package io.sightline.rollup;

import static io.sightline.rollup.Sightings.sighting;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GroupByTest {
    private final GroupBy groupBy =
            new GroupBy(Sightings.rollup(Duration.ofSeconds(1), Duration.ofSeconds(2)), Sightings.PIPELINE);

    @Test
    void the_hash_is_the_same_in_every_java_process() {
        // A value computed once, in another process: it must hold for ever, for rows and state are found by it.
        assertThat(groupBy.hash(sighting(1, 1_500, "place-1", "item-1"))).isEqualTo(-2560403242067158198L);
        assertThat(groupBy.hash(sighting(0, 9, 1, 1, null, "item-1", 1, 1.0, null)))
                .isEqualTo(5089333751662109116L);
    }

    @Test
    void groups_spread_evenly_over_the_buckets() {
        // Given
        int[] perBucket = new int[31];

        // When
        for (int place = 0; place < 100; place++) {
            for (int item = 0; item < 31; item++) {
                long hash = groupBy.hash(sighting(1, 1_500, "place-" + place, "item-" + item));
                perBucket[(int) Long.remainderUnsigned(hash, perBucket.length)]++;
            }
        }

        // Then: 100 each on average, with a standard deviation of 10
        assertThat(IntStream.of(perBucket).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(50, 150));
    }
}
