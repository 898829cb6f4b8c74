package io.sightline.dedupe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.observe.Counter;
import io.sightline.observe.Counts;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GapHistogramTest {
    @Test
    void a_gap_counts_under_the_smallest_step_that_holds_it() {
        // Given
        GapHistogram gaps = new GapHistogram();
        for (long gap : new long[] {0, 1, 2, 3, 5, 6, 10, 11, 600_000, Long.MAX_VALUE}) {
            gaps.add(gap);
        }
        Counts counts = new Counts();

        // When
        gaps.moveTo(counts);

        // Then
        assertThat(counts.byLabel(Counter.DUPLICATE_GAPS))
                .isEqualTo(Map.of(
                        "1", 2L, "2", 1L, "5", 2L, "10", 2L, "20", 1L, "1000000", 1L, "9223372036854775807", 1L));
    }

    @Test
    void what_was_moved_is_not_moved_again() {
        // Given
        GapHistogram gaps = new GapHistogram();
        gaps.add(3);
        gaps.moveTo(new Counts());
        Counts counts = new Counts();

        // When
        gaps.moveTo(counts);

        // Then
        assertThat(counts.isEmpty()).isTrue();
    }
}
