package io.sightline.cli;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import io.sightline.demo.FeedTruth;
import io.sightline.demo.MemberProcess;
import io.sightline.demo.Ports;
import io.sightline.demo.SupervisedMember;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
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
    private final String pipeline;
    private final Path log;

    private BenchMember(SupervisedMember member, HazelcastInstance client, String pipeline, Path log) {
        this.member = member;
        this.client = client;
        this.pipeline = pipeline;
        this.log = log;
    }

    /** Starts it and returns when the pipeline's job runs. */
    static BenchMember start(PipelineSpec pipeline, String heap, List<String> jvmOptions, Path log)
            throws IOException, InterruptedException {
        int port = Ports.free();
        SupervisedMember member = SupervisedMember.launch(
                new SupervisedMember.Settings("sightline-bench-" + port, port, heap, jvmOptions, log, pipeline));
        try {
            return new BenchMember(member, member.awaitReady(), pipeline.name(), log);
        } catch (RuntimeException | InterruptedException e) {
            member.close();
            throw e;
        }
    }

    HazelcastInstance client() {
        return client;
    }

    MemberProcess process() {
        return member.process();
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
                                + log);
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    private Optional<Progress> look() {
        try {
            Duration cpu = member.process().cpuTime().orElse(Duration.ZERO);
            return StatusTable.read(client, pipeline).stream()
                    .findFirst()
                    .map(row -> new Progress(row, System.nanoTime(), cpu));
        } catch (HazelcastException | IllegalStateException e) {
            return Optional.empty();
        }
    }

    long peakMemoryMegabytes() {
        return member.process().peakMemoryBytes().map(bytes -> bytes >> 20).orElse(-1L);
    }

    @Override
    public void close() {
        member.close();
    }
}
