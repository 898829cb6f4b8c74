package io.sightline.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.history.ProtocolWorld.Crash;
import io.sightline.history.ProtocolWorld.Mutation;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The protocol over a log and a storage that fail, against each of its invariants; and each invariant broken once. */
class ProtocolModelTest {
    private static final int SEEDS = 2_000;
    private static final int STEPS = 400;
    private static final int FAULTS_IN_100 = 20;

    @ParameterizedTest
    @EnumSource(Crash.class)
    void a_crash_after_any_step_leaves_each_row_once(Crash crash) {
        for (long seed = 0; seed < 20; seed++) {
            for (int steps = 1; steps < 150; steps++) {
                ProtocolWorld world = new ProtocolWorld(seed, Mutation.NONE, 0);

                world.runWithCrashAfter(steps, crash);

                assertThat(world.violations)
                        .as("seed %d, %s after %d steps", seed, crash, steps)
                        .isEmpty();
            }
        }
    }

    @Test
    void any_interleaving_leaves_each_row_once() {
        for (long seed = 0; seed < SEEDS; seed++) {
            assertThat(run(seed, Mutation.NONE).violations).as("seed %d", seed).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void an_invariant_that_is_broken_is_missed(Mutation mutation) {
        long found = 0;
        for (long seed = 0; seed < SEEDS / 10; seed++) {
            found += run(seed, mutation).violations.isEmpty() ? 0 : 1;
        }

        assertThat(found).as("seeds that find %s", mutation).isPositive();
    }

    @Test
    void the_world_has_what_the_invariants_are_about() {
        Map<String, Integer> seen = new TreeMap<>();
        for (long seed = 0; seed < SEEDS / 10; seed++) {
            ProtocolWorld world = run(seed, Mutation.NONE);
            world.seen.forEach((what, times) -> seen.merge(what, times, Integer::sum));
            seen.merge("unknown, applied", world.log.unknownApplied, Integer::sum);
            seen.merge("unknown, not applied", world.log.unknownNotApplied, Integer::sum);
            seen.merge("landed late", world.log.landedLate, Integer::sum);
            seen.merge("conflict", world.log.conflicts, Integer::sum);
            seen.merge("committed without a look", world.log.unread, Integer::sum);
        }

        assertThat(seen)
                .containsKeys(
                        "RESTART",
                        "OLDER_SNAPSHOT",
                        "LOSS_OF_ALL",
                        "CUT_OFF",
                        "job snapshot failed",
                        "claim refused",
                        "stopped",
                        "restored DONE",
                        "restored COMMIT",
                        "restored DISCARD",
                        "restored TABLE_ELSEWHERE",
                        "Committed",
                        "Unsettled",
                        "Refused",
                        "unknown, applied",
                        "unknown, not applied",
                        "landed late",
                        "conflict",
                        "committed without a look");
        assertThat(seen).allSatisfy((what, times) -> assertThat(times).as(what).isGreaterThan(5));
    }

    private static ProtocolWorld run(long seed, Mutation mutation) {
        ProtocolWorld world = new ProtocolWorld(seed, mutation, FAULTS_IN_100);
        world.runAtRandom(STEPS);
        return world;
    }
}
