package io.sightline.cli;

import static java.util.Objects.requireNonNull;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.sql.SqlResult;
import com.hazelcast.sql.SqlRow;
import io.sightline.cli.BenchMember.Progress;
import io.sightline.demo.Broker;
import io.sightline.demo.FeedLoader;
import io.sightline.demo.FeedLoader.Pace;
import io.sightline.demo.FeedOptions;
import io.sightline.demo.FeedOptions.Faults;
import io.sightline.demo.FeedTruth;
import io.sightline.demo.SeededFeed;
import io.sightline.spec.PipelineFile;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code sightline bench drain}: how fast one member empties a full topic. A broker in its own process holds the feed
 * before the member starts; CPU time and memory are those of the member's process alone, as the operating system counts
 * them. The rate is that of the events behind the warm-up; CPU per million events is given with the member's start and
 * warm-up, too.
 */
@Command(
        name = "drain",
        description = "Fills a topic, then measures how fast one member empties it through the whole job.",
        mixinStandardHelpOptions = true)
final class DrainBench implements Callable<Integer> {
    private static final String TOPIC = "detections";
    private static final int TOPIC_PARTITIONS = 8;
    private static final double EVENTS_PER_SECOND_OF_THE_FEED = 10_000;
    private static final int QUERIES_TO_WARM_UP = 20;
    private static final int QUERIES_FOR_A_MEDIAN = 21;

    @Parameters(
            paramLabel = "FILE",
            arity = "0..1",
            defaultValue = "pipelines/detections.yaml",
            description = "The pipeline file (default: ${DEFAULT-VALUE}).")
    private Path file = Path.of("");

    @Option(
            names = "--events",
            paramLabel = "N",
            defaultValue = "3000000",
            description = "Fresh events in the topic; 5 %% more are copies (default: ${DEFAULT-VALUE}).")
    private long events = 3_000_000;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "1000000",
            description =
                    "So many more come first and are not measured, while the JVM compiles (default: ${DEFAULT-VALUE}).")
    private long warmUp = 1_000_000;

    @Option(
            names = "--heap",
            paramLabel = "SIZE",
            defaultValue = "8g",
            description = "Heap of the member, as -Xmx takes it (default: ${DEFAULT-VALUE}).")
    private String heap = "8g";

    @Option(
            names = "--gc",
            paramLabel = "NAME",
            defaultValue = "Parallel",
            description = "Garbage collector of the member: Parallel or G1 (default: ${DEFAULT-VALUE}).")
    private String gc = "Parallel";

    @Mixin
    private BenchSource source = new BenchSource();

    @Option(names = "--json", description = "Prints one JSON object on stdout.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PipelineSpec pipeline = PipelineFile.load(file);
        PrintWriter err = requireNonNull(command).commandLine().getErr();
        BenchSource.Topic given = source.given(pipeline);
        Map<String, @Nullable Object> result = given == null
                ? ofOwnFeed(pipeline, err)
                : drain(given.pipeline(), given.expect(), Math.min(warmUp, given.expect() / 4), null, err);
        return BenchMember.report(result, json, err);
    }

    private Map<String, @Nullable Object> ofOwnFeed(PipelineSpec file, PrintWriter err)
            throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("sightline-bench-");
        try (Broker broker = Broker.start(directory.resolve("broker"), 0)) {
            broker.createTopic(TOPIC, TOPIC_PARTITIONS, TimestampType.CREATE_TIME);
            // The feed ends now, so that nothing in it is too old for the hot window.
            Instant start = Instant.now()
                    .minusMillis((long) ((events + warmUp) / EVENTS_PER_SECOND_OF_THE_FEED * 1_000))
                    .minusSeconds(30)
                    .truncatedTo(ChronoUnit.SECONDS);
            SeededFeed feed = new SeededFeed(
                    FeedOptions.of(1, EVENTS_PER_SECOND_OF_THE_FEED, events + warmUp, start, Faults.onlyResent()));
            err.println("sightline: filling the topic with " + (events + warmUp) + " events and their copies");
            FeedLoader.load(broker.bootstrapServers(), TOPIC, feed, Pace.AT_ONCE);
            PipelineSpec pipeline = source.own(file, broker.bootstrapServers(), TOPIC, directory);
            FeedTruth truth = feed.truth();
            return drain(pipeline, truth.events(), Math.max(1, warmUp), truth, err);
        } finally {
            Directories.delete(directory);
        }
    }

    private Map<String, @Nullable Object> drain(
            PipelineSpec pipeline, long expect, long warmUpEvents, @Nullable FeedTruth truth, PrintWriter err)
            throws IOException, InterruptedException {
        Path log = Path.of("data", "bench-drain.log");
        err.println("sightline: starting the member; its log is " + log);
        long started = System.nanoTime();
        List<String> options = List.of("-XX:+Use" + gc + "GC", "-Xlog:gc:file=data/bench-drain-gc.log");
        try (BenchMember member = BenchMember.start(pipeline, heap, options, log)) {
            Progress first = member.await(progress -> progress.value("records") >= warmUpEvents);
            Progress last = member.await(progress -> progress.hasAll(expect));
            Map<String, @Nullable Object> result = result(member, first, last, started);
            if (truth != null) {
                result.put("exact", last.agreesWith(truth));
            }
            err.println("sightline: the topic is empty; asking for the last 100 rows, of all places and of one");
            String rows = "SELECT * FROM " + pipeline.name();
            String newest = " ORDER BY " + pipeline.event().schema().timeField() + " DESC LIMIT 100";
            medianMillis(member.client(), rows + newest).ifPresent(millis -> result.put("last_100_ms", millis));
            medianMillis(member.client(), rows + " WHERE location_id = 'loc-042'" + newest)
                    .ifPresent(millis -> result.put("last_100_of_a_place_ms", millis));
            return result;
        }
    }

    private static Map<String, @Nullable Object> result(
            BenchMember member, Progress first, Progress last, long startedNanos) {
        Map<String, @Nullable Object> result = BenchMember.counts(first, last);
        result.put("cpu_s_per_million", Rounded.hundredths(last.cpuSecondsPerMillionSince(first)));
        result.put(
                "cpu_s_per_million_with_start", Rounded.hundredths(last.cpu().toNanos() / 1e3 / last.value("events")));
        result.put("seconds", Rounded.hundredths(last.secondsSince(first)));
        result.put("seconds_with_start", Rounded.hundredths((last.nanos() - startedNanos) / 1e9));
        member.addResources(result, last);
        return result;
    }

    /** How long a query takes from here until its last row is here, once the grid knows it. Empty if 100 rows are not there. */
    private static OptionalDouble medianMillis(HazelcastInstance client, String query) {
        double[] millis = new double[QUERIES_FOR_A_MEDIAN];
        for (int run = -QUERIES_TO_WARM_UP; run < millis.length; run++) {
            long started = System.nanoTime();
            long rows = 0;
            try (SqlResult result = client.getSql().execute(query)) {
                for (SqlRow row : result) {
                    rows += row.getMetadata().getColumnCount() > 0 ? 1 : 0;
                }
            }
            if (rows != 100) {
                return OptionalDouble.empty();
            }
            if (run >= 0) {
                millis[run] = (System.nanoTime() - started) / 1e6;
            }
        }
        Arrays.sort(millis);
        return OptionalDouble.of(Rounded.hundredths(millis[millis.length / 2]));
    }
}
