package io.sightline.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SourceTimesTest {
    private final SourceTimes times = new SourceTimes();

    @Test
    void neverDecreasesInATopicPartition() {
        assertThat(times.next(0, 100)).isEqualTo(100);
        assertThat(times.next(0, 90)).isEqualTo(100);
        assertThat(times.next(0, 101)).isEqualTo(101);
    }

    @Test
    void topicPartitionsDoNotDisturbEachOther() {
        times.next(0, 100);
        assertThat(times.next(1, 5)).isEqualTo(5);
    }

    @Test
    void goesOnFromTheGreatestOfWhatWasSaved() {
        // When
        times.restore(3, 100);
        times.restore(3, 80);

        // Then
        assertThat(times.next(3, 90)).isEqualTo(100);
        assertThat(times.greatest()).containsOnly(Map.entry(3, 100L));
    }
}
