package io.sightline.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatenciesTest {
    private static final double[] SHARES = {0.0, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0};

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aQuantileIsThatOfTheSortedLatenciesOrAtMostAnEighthAboveIt(long seed) {
        // Given: latencies of every order of magnitude up to a few hours
        Random random = new Random(seed);
        long[] sorted = random.longs(1 + random.nextInt(5_000), 0, 24)
                .map(magnitude -> random.nextLong(1L << magnitude))
                .toArray();
        Latencies latencies = new Latencies();
        Arrays.stream(sorted).forEach(latencies::record);
        Arrays.sort(sorted);

        for (double share : SHARES) {
            // When
            long quantile = latencies.quantile(share);

            // Then
            long exact = sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
            assertThat(quantile).as("quantile %s, seed %d", share, seed).isBetween(exact, exact + exact / 8);
        }
        assertThat(latencies.total()).isEqualTo(sorted.length);
    }

    @Test
    void belowEightMillisecondsEachCountsApart() {
        for (long millis = 0; millis < 8; millis++) {
            Latencies latencies = new Latencies();
            latencies.record(millis);
            assertThat(latencies.quantile(1)).isEqualTo(millis);
        }
    }

    @Test
    void clocksThatDisagreeMakeNoNegativeLatency() {
        // Given
        Latencies latencies = new Latencies();

        // When
        latencies.record(-1);
        latencies.record(Long.MIN_VALUE);

        // Then
        assertThat(latencies.quantile(1)).isZero();
        assertThat(latencies.total()).isEqualTo(2);
    }

    @Test
    void whatTakesDaysCountsAsTheLongestThatIsToldApart() {
        // Given
        Latencies latencies = new Latencies();

        // When
        latencies.record(Duration.ofDays(3).toMillis());
        latencies.record(Long.MAX_VALUE);

        // Then
        assertThat(latencies.total()).isEqualTo(2);
        assertThat(latencies.quantile(0.5))
                .isEqualTo(latencies.quantile(1))
                .isGreaterThan(Duration.ofHours(36).toMillis());
    }

    @Test
    void nothingCountedHasNoQuantile() {
        assertThat(new Latencies().quantile(0.5)).isEqualTo(-1);
        assertThat(new Latencies().isEmpty()).isTrue();
    }

    @Test
    void drainingMovesAllAndAddingItBackRestoresIt() {
        // Given
        Latencies latencies = new Latencies();
        new Random(1).longs(1_000, 0, 100_000).forEach(latencies::record);
        long[] before = latencies.counts();

        // When
        Latencies drained = latencies.drain();
        boolean emptied = latencies.isEmpty();
        latencies.addAll(drained);

        // Then
        assertThat(emptied).isTrue();
        assertThat(drained.counts()).isEqualTo(before);
        assertThat(latencies.counts()).isEqualTo(before);
    }
}
