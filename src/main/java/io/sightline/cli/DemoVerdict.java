package io.sightline.cli;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import io.sightline.demo.FeedTruth;
import io.sightline.demo.LatencyProbe;
import io.sightline.demo.SupervisedMember;
import io.sightline.spec.PipelineSpec;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the pipeline reported of a demo, against what its cameras sent.
 *
 * @param expected by the fleet's own count
 * @param found over SQL
 * @param lagAtEnd events that were not read yet when the last was sent; empty if it could not be told
 * @param restarts how often the member died and came back
 */
record DemoVerdict(Tally expected, Tally found, OptionalLong lagAtEnd, int restarts) {
    private static final Duration NO_CHANGE = Duration.ofSeconds(20);
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final long LOOK_MILLIS = 250;
    private static final int DIFFERENCES_TOLD = 10;
    private static final double MEDIAN = 0.5;
    private static final double P99 = 0.99;

    /**
     * How long after it was due an event could be read by SQL, in milliseconds.
     *
     * @param afterWarmUp whether the first thirty seconds are left out
     */
    record Latency(OptionalDouble p50, OptionalDouble p99, int samples, boolean afterWarmUp) {
        private static final Duration WARM_UP = Duration.ofSeconds(30);

        /** Of the events due from the start, or from thirty seconds after it if there are any. */
        static Latency of(LatencyProbe probe, Instant start, Instant end) {
            double[] warm = probe.latencies(start.plus(WARM_UP).toEpochMilli(), end.toEpochMilli());
            boolean afterWarmUp = warm.length > 0;
            double[] all = afterWarmUp ? warm : probe.latencies(start.toEpochMilli(), end.toEpochMilli());
            return new Latency(
                    LatencyProbe.quantile(all, MEDIAN), LatencyProbe.quantile(all, P99), all.length, afterWarmUp);
        }
    }

    /** Waits until the pipeline has read all that was sent and its counts agree, or no longer change while the member answers. */
    static DemoVerdict await(PipelineSpec pipeline, SupervisedMember member, FeedTruth truth, Tally before)
            throws InterruptedException {
        Tally expected = Tally.of(truth, pipeline);
        OptionalLong lagAtEnd = lag(member.client(), pipeline);
        Tally found = Tally.NOTHING;
        long limit = System.nanoTime() + LIMIT.toNanos();
        long lastChange = System.nanoTime();
        while (System.nanoTime() < limit && System.nanoTime() - lastChange < NO_CHANGE.toNanos()) {
            Tally now = read(member.client(), pipeline, before);
            if (now != null && now.equals(expected)) {
                return new DemoVerdict(expected, now, lagAtEnd, member.restarts());
            }
            if (now == null || !now.equals(found)) {
                found = now == null ? Tally.NOTHING : now;
                lastChange = System.nanoTime();
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        return new DemoVerdict(expected, found, lagAtEnd, member.restarts());
    }

    /** Null while the member is away. */
    private static @Nullable Tally read(@Nullable HazelcastInstance grid, PipelineSpec pipeline, Tally before) {
        try {
            return grid == null ? null : Tally.read(grid, pipeline).minus(before);
        } catch (HazelcastException | IllegalStateException e) {
            return null;
        }
    }

    private static OptionalLong lag(@Nullable HazelcastInstance grid, PipelineSpec pipeline) {
        return StatusTable.look(grid, pipeline.name()).stream()
                .filter(row -> row.get("lag_events") instanceof Long)
                .mapToLong(row -> (Long) row.get("lag_events"))
                .findFirst();
    }

    boolean isExact() {
        return found.equals(expected);
    }

    /** For people. */
    void print(PrintWriter err, Latency latency, long seconds) {
        err.printf(
                "%n%,d records in %,d s: %,d events, %,d unique, %,d duplicates, %,d dead letters, %,d unmatched%n",
                found.get("records"),
                seconds,
                found.get("events"),
                found.get("unique"),
                found.get("duplicates"),
                found.get("dead_letters"),
                found.get("unmatched"));
        lagAtEnd.ifPresent(lag -> err.printf("%,d events were not read yet when the last was sent%n", lag));
        if (latency.p50.isPresent() && latency.p99.isPresent()) {
            err.printf(
                    "due to visible over SQL: p50 %.0f ms, p99 %.0f ms (%,d events looked for%s)%n",
                    latency.p50.getAsDouble(),
                    latency.p99.getAsDouble(),
                    latency.samples,
                    latency.afterWarmUp ? ", the first 30 s left out" : "");
        }
        if (restarts > 0) {
            err.printf("the member died and came back %d times%n", restarts);
        }
        List<String> differences = found.differencesFrom(expected);
        if (differences.isEmpty()) {
            err.printf(
                    "verdict: exact. %,d counts are what the cameras sent%n",
                    expected.counts().size());
        } else {
            err.printf(
                    "verdict: DIFFERENT in %,d of %,d counts%n",
                    differences.size(), expected.counts().size());
            differences.stream().limit(DIFFERENCES_TOLD).forEach(line -> err.println("  " + line));
        }
        err.flush();
    }

    /** For scripts. */
    Map<String, @Nullable Object> fields(Latency latency, long seconds) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (String name : List.of("records", "events", "unique", "duplicates", "dead_letters", "unmatched")) {
            fields.put(name, found.get(name));
        }
        fields.put("seconds", seconds);
        fields.put("events_per_s", found.get("events") / seconds);
        fields.put("p50_ms", Rounded.tenths(latency.p50));
        fields.put("p99_ms", Rounded.tenths(latency.p99));
        fields.put("lag_events", lagAtEnd.isPresent() ? lagAtEnd.getAsLong() : null);
        fields.put("restarts", restarts);
        fields.put("verdict", isExact() ? "exact" : "different");
        return fields;
    }
}
