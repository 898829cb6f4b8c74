package io.sightline.grid;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StandingTest {
    private static final Instant NOW = Instant.parse("2026-03-14T09:00:00Z");
    private static final Duration EVERY = Duration.ofSeconds(30);

    @Test
    void nothingIsWrongWithAJobThatRunsReportsAndCommits() {
        Standing well = standing("RUNNING", 1, null, 89, null);

        assertThat(well.whyNotRunning()).isEmpty();
        assertThat(well.troubles(NOW)).isEmpty();
    }

    @Test
    void aJobThatDoesNotRunIsNotBlamedForWhatFollowsFromIt() {
        assertThat(standing("SUSPENDED", 900, null, 900, null).whyNotRunning()).contains("the job p is SUSPENDED");
        assertThat(standing("SUSPENDED", 900, null, 900, null).troubles(NOW)).isEmpty();
        assertThat(standing(null, 900, null, 900, null).whyNotRunning()).contains("the job p is not there");
    }

    @Test
    void eachTroubleOfAJobThatRunsIsSaid() {
        assertThat(standing("RUNNING", 12, "no answer within 5 s", 91, "No space left on device")
                        .troubles(NOW))
                .containsExactly(
                        "the job p runs, but has not reported for 12 s",
                        "the broker of p cannot be reached: no answer within 5 s",
                        "the last commit of p is 91 s old, and one is due every 30 s",
                        "nothing can be committed to the history of p: No space left on device");
    }

    @Test
    void aPipelineWithoutAHistoryOwesNoCommit() {
        assertThat(new Standing("p", "RUNNING", NOW, null, null, null, null).troubles(NOW))
                .isEmpty();
    }

    private static Standing standing(
            @Nullable String status,
            long reportedSecondsAgo,
            @Nullable String sourceProblem,
            long committedSecondsAgo,
            @Nullable String stalledBecause) {
        return new Standing(
                "p",
                status,
                NOW.minusSeconds(reportedSecondsAgo),
                sourceProblem,
                EVERY,
                NOW.minusSeconds(committedSecondsAgo),
                stalledBecause);
    }
}
