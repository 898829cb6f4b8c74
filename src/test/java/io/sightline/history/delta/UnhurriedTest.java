package io.sightline.history.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnhurriedTest {
    private final List<Long> slept = new ArrayList<>();
    private long now = 1_000;

    private final Unhurried unhurried = new Unhurried(() -> now, nanos -> {
        slept.add(nanos);
        now += nanos;
    });

    @Test
    void it_rests_three_times_as_long_as_it_worked() {
        work(5_000_000);
        work(7_000_000);

        assertThat(slept).containsExactly(15_000_000L, 21_000_000L);
    }

    @Test
    void it_never_rests_for_more_than_a_second() {
        work(60_000_000_000L);

        assertThat(slept).containsExactly(1_000_000_000L);
    }

    private void work(long nanos) {
        now += nanos;
        unhurried.run();
    }
}
