package io.sightline.cli;

import com.hazelcast.core.HazelcastInstance;
import io.sightline.demo.FeedTruth;
import io.sightline.demo.Ports;
import io.sightline.demo.SupervisedMember;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The member that a benchmark measures, in a process of its own, and what is seen of it. */
final class BenchMember implements AutoCloseable {
    private static final long LOOK_MILLIS = 250;
    private static final Duration NO_PROGRESS = Duration.ofSeconds(60);

    private final SupervisedMember member;
    private final HazelcastInstance client;
    private final SupervisedMember.Settings settings;

    private BenchMember(SupervisedMember member, HazelcastInstance client, SupervisedMember.Settings settings) {
        this.member = member;
        this.client = client;
        this.settings = settings;
    }

    /** Starts it and returns when the pipeline's job runs. */
    static BenchMember start(PipelineSpec pipeline, String heap, List<String> jvmOptions, Path log)
            throws IOException, InterruptedException {
        int port = Ports.free();
        SupervisedMember.Settings settings =
                new SupervisedMember.Settings("sightline-bench-" + port, port, heap, jvmOptions, log, pipeline);
        SupervisedMember member = SupervisedMember.launch(settings);
        try {
            return new BenchMember(member, member.awaitReady(), settings);
        } catch (RuntimeException | InterruptedException e) {
            member.close();
            throw e;
        }
    }

    HazelcastInstance client() {
        return client;
    }

    /** How another process reaches it. */
    SupervisedMember.Settings settings() {
        return settings;
    }

    /** A row of pipeline_status, when it was seen and what CPU time the member had used. */
    record Progress(Map<String, @Nullable Object> row, long nanos, Duration cpu) {
        long value(String column) {
            return row.get(column) instanceof Long value ? value : -1;
        }

        /** Whether every event that was read is judged. */
        boolean isJudged() {
            return value("originals") + value("duplicates") == value("events");
        }

        /** Whether so many are read, however they were counted, and none is left. */
        boolean hasAll(long recordsOrEvents) {
            return Math.max(value("records"), value("events")) >= recordsOrEvents
                    && value("lag_events") == 0
                    && isJudged();
        }

        /** Whether every count is what was sent. */
        boolean agreesWith(FeedTruth truth) {
            return value("records") == truth.records()
                    && value("events") == truth.events()
                    && value("originals") == truth.unique()
                    && value("duplicates") == truth.duplicates();
        }

        double secondsSince(Progress earlier) {
            return (nanos - earlier.nanos) / 1e9;
        }

        double cpuSecondsPerMillionSince(Progress earlier) {
            return cpu.minus(earlier.cpu).toNanos() / 1e3 / Math.max(1, value("events") - earlier.value("events"));
        }
    }

    /**
     * Waits for a state of progress.
     *
     * @throws Failure if the member dies, or reads nothing for a minute
     */
    Progress await(Predicate<Progress> wanted) throws InterruptedException {
        long lastRecords = -1;
        long lastChange = System.nanoTime();
        while (true) {
            Optional<Progress> seen = look();
            if (seen.isPresent()) {
                Progress now = seen.get();
                if (wanted.test(now)) {
                    return now;
                }
                if (now.value("records") != lastRecords) {
                    lastRecords = now.value("records");
                    lastChange = System.nanoTime();
                }
            }
            if (member.restarts() > 0 || System.nanoTime() - lastChange > NO_PROGRESS.toNanos()) {
                throw new Failure(
                        Sightline.FAILED,
                        "the member made no progress beyond " + Math.max(0, lastRecords) + " records; its log is "
                                + settings.log());
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    private Optional<Progress> look() {
        Duration cpu = member.process().cpuTime().orElse(Duration.ZERO);
        return StatusTable.look(client, settings.pipeline().name())
                .map(row -> new Progress(row, System.nanoTime(), cpu));
    }

    /** The counts, and the rate since the first of the two. */
    static Map<String, @Nullable Object> counts(Progress first, Progress last) {
        Map<String, @Nullable Object> result = new LinkedHashMap<>();
        result.put("records", last.value("records"));
        result.put("events", last.value("events"));
        result.put("unique", last.value("originals"));
        result.put("duplicates", last.value("duplicates"));
        result.put(
                "events_per_s", Math.round((last.value("events") - first.value("events")) / last.secondsSince(first)));
        return result;
    }

    /** Adds what the member needed, and what it had. */
    void addResources(Map<String, @Nullable Object> result, Progress last) {
        result.put(
                "peak_memory_mb",
                member.process().peakMemoryBytes().map(bytes -> bytes >> 20).orElse(-1L));
        result.put("hot_evicted", last.value("hot_evicted"));
        result.put("processors", Runtime.getRuntime().availableProcessors());
    }

    /** Prints a result, and gives the exit status: failed if it has an {@code exact} that is false. */
    static int report(Map<String, @Nullable Object> result, boolean json, PrintWriter err) {
        if (json) {
            System.out.println(Json.object(result));
        } else {
            result.forEach((name, value) -> err.printf("%-28s %s%n", name, value));
        }
        return Boolean.FALSE.equals(result.get("exact")) ? Sightline.FAILED : Sightline.DONE;
    }

    @Override
    public void close() {
        member.close();
    }
}
