package io.sightline.cli;

import static java.util.Objects.requireNonNull;

import io.sightline.cli.BenchMember.Progress;
import io.sightline.demo.Broker;
import io.sightline.demo.FeedOptions;
import io.sightline.demo.FeedOptions.Faults;
import io.sightline.demo.FeedTruth;
import io.sightline.demo.Fleet;
import io.sightline.demo.LatencyProbe;
import io.sightline.demo.SeededFeed;
import io.sightline.demo.SupervisedMember;
import io.sightline.spec.PipelineFile;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code sightline bench latency}: how long after an event was due at the broker SQL sees it, at a steady rate. The feed is
 * open loop; what the whole is too slow for shows as latency. CPU and memory are the member's.
 */
@Command(
        name = "latency",
        description =
                "Sends at a steady rate, and measures how long it takes from due at the broker to visible over SQL.",
        mixinStandardHelpOptions = true)
final class LatencyBench implements Callable<Integer> {
    private static final String TOPIC = "detections";
    private static final int TOPIC_PARTITIONS = 4;
    private static final Duration RAMP_UP = Duration.ofSeconds(10);
    private static final long START_IN_MILLIS = 200;
    private static final int SAMPLES_A_SECOND = 20;

    @Parameters(
            paramLabel = "FILE",
            arity = "0..1",
            defaultValue = "pipelines/detections.yaml",
            description = "The pipeline file; declares produced_at (default: ${DEFAULT-VALUE}).")
    private Path file = Path.of("");

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Fresh events a second; 5 %% more are copies (default: ${DEFAULT-VALUE}).")
    private double rate = 10_000;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "90",
            description = "How long events are sent (default: ${DEFAULT-VALUE}).")
    private long seconds = 90;

    @Option(
            names = "--warm-up",
            paramLabel = "S",
            defaultValue = "30",
            description = "The first seconds are not measured, while the JVM compiles (default: ${DEFAULT-VALUE}).")
    private long warmUp = 30;

    @Option(
            names = "--heap",
            paramLabel = "SIZE",
            defaultValue = "4g",
            description = "Heap of the member, as -Xmx takes it (default: ${DEFAULT-VALUE}).")
    private String heap = "4g";

    @Mixin
    private BenchSource source = new BenchSource();

    @Option(names = "--json", description = "Prints one JSON object on stdout.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() throws IOException, InterruptedException {
        CommandSpec spec = requireNonNull(command);
        if (!(rate > 0) || warmUp < 0 || seconds <= warmUp) {
            throw new ParameterException(spec.commandLine(), "--rate must be above 0, and --seconds above --warm-up");
        }
        PrintWriter err = spec.commandLine().getErr();
        PipelineSpec pipeline = PipelineFile.load(file);
        BenchSource.Topic given = source.given(pipeline);
        Map<String, @Nullable Object> result = given == null ? ofOwnFeed(pipeline, err) : of(given, err);
        return BenchMember.report(result, json, err);
    }

    private Map<String, @Nullable Object> ofOwnFeed(PipelineSpec file, PrintWriter err)
            throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("sightline-bench-");
        try (Broker broker = Broker.start(directory.resolve("broker"), 0)) {
            broker.createTopic(TOPIC, TOPIC_PARTITIONS, TimestampType.LOG_APPEND_TIME);
            PipelineSpec pipeline = source.own(file, broker.bootstrapServers(), TOPIC, directory);
            Clock clock = Clock.systemUTC();
            try (BenchMember member = start(pipeline, err);
                    LatencyProbe probe = probe(broker.bootstrapServers(), pipeline, member, clock)) {
                Instant start = clock.instant().plusMillis(START_IN_MILLIS);
                long count = FeedOptions.count(rate, RAMP_UP, Duration.ofSeconds(seconds));
                SeededFeed feed = new SeededFeed(FeedOptions.live(1, rate, count, start, RAMP_UP, Faults.onlyResent()));
                err.printf("sightline: sending %,.0f events a second for %,d s%n", rate, seconds);
                Fleet fleet = Fleet.start(broker.bootstrapServers(), TOPIC, feed, clock);
                Instant measured = start.plusSeconds(warmUp);
                Progress first = member.await(progress -> !clock.instant().isBefore(measured));
                FeedTruth truth = fleet.await();
                Progress last = member.await(progress -> progress.hasAll(truth.events()));
                Map<String, @Nullable Object> result = result(first, last, probe, measured, clock.instant(), member);
                result.put("exact", last.agreesWith(truth));
                return result;
            }
        } finally {
            Directories.delete(directory);
        }
    }

    private Map<String, @Nullable Object> of(BenchSource.Topic topic, PrintWriter err)
            throws IOException, InterruptedException {
        Clock clock = Clock.systemUTC();
        try (BenchMember member = start(topic.pipeline(), err);
                LatencyProbe probe = probe(topic.bootstrapServers(), topic.pipeline(), member, clock)) {
            err.println("sightline: the job runs; send now");
            Progress begun = member.await(progress -> progress.value("records") > 0);
            Instant measured = clock.instant().plusSeconds(warmUp);
            Progress warm =
                    member.await(progress -> !clock.instant().isBefore(measured) || progress.hasAll(topic.expect()));
            Progress last = member.await(progress -> progress.hasAll(topic.expect()));
            boolean longEnough = warm.value("events") < last.value("events");
            return result(
                    longEnough ? warm : begun,
                    last,
                    probe,
                    longEnough ? measured : Instant.EPOCH,
                    clock.instant(),
                    member);
        }
    }

    private BenchMember start(PipelineSpec pipeline, PrintWriter err) throws IOException, InterruptedException {
        Path log = Path.of("data", "bench-latency.log");
        err.println("sightline: starting the member; its log is " + log);
        return BenchMember.start(pipeline, heap, SupervisedMember.SHORT_PAUSES, log);
    }

    private static LatencyProbe probe(String bootstrapServers, PipelineSpec pipeline, BenchMember member, Clock clock) {
        return new LatencyProbe(bootstrapServers, pipeline, SAMPLES_A_SECOND, member::client, clock);
    }

    private static Map<String, @Nullable Object> result(
            Progress first, Progress last, LatencyProbe probe, Instant from, Instant to, BenchMember member) {
        double[] latencies = probe.latencies(from.toEpochMilli(), to.toEpochMilli());
        Map<String, @Nullable Object> result = BenchMember.counts(first, last);
        result.put("samples", latencies.length);
        result.put("p50_ms", Rounded.millis(latencies, 0.5));
        result.put("p95_ms", Rounded.millis(latencies, 0.95));
        result.put("p99_ms", Rounded.millis(latencies, 0.99));
        result.put("p99_9_ms", Rounded.millis(latencies, 0.999));
        result.put("max_ms", Rounded.millis(latencies, 1));
        result.put("cpu_s_per_million", Rounded.hundredths(last.cpuSecondsPerMillionSince(first)));
        member.addResources(result, last);
        return result;
    }
}
