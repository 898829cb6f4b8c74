package io.sightline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TallyTest {
    @Test
    void whatIsZeroIsAsIfItWereNotThere() {
        assertThat(new Tally(Map.of("events", 3L, "unmatched", 0L))).isEqualTo(new Tally(Map.of("events", 3L)));
    }

    @Test
    void whatCameSinceIsTheDifference() {
        // Given
        Tally before = new Tally(Map.of("events", 3L, "loc-001|2026-01-31T12:00:00.000Z", 3L));
        Tally after = new Tally(Map.of("events", 5L, "loc-001|2026-01-31T12:00:00.000Z", 3L, "unique", 2L));

        // Then
        assertThat(after.minus(before)).isEqualTo(new Tally(Map.of("events", 2L, "unique", 2L)));
    }

    @Test
    void everyCountThatIsNotAsExpectedIsNamed() {
        // Given
        Tally expected = new Tally(Map.of("events", 1_200L, "unique", 1_000L, "unmatched", 1L));
        Tally found = new Tally(Map.of("events", 1_200L, "unique", 1_001L, "duplicates", 7L));

        // Then
        assertThat(found.differencesFrom(expected))
                .containsExactly(
                        "duplicates: 7 instead of 0", "unique: 1,001 instead of 1,000", "unmatched: 0 instead of 1");
        assertThat(found.differencesFrom(found)).isEmpty();
    }
}
