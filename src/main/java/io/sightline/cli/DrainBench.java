package io.sightline.cli;

import static java.util.Objects.requireNonNull;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.sql.SqlResult;
import com.hazelcast.sql.SqlRow;
import io.sightline.demo.Broker;
import io.sightline.demo.FeedLoader;
import io.sightline.demo.FeedLoader.Pace;
import io.sightline.demo.FeedOptions;
import io.sightline.demo.FeedOptions.Faults;
import io.sightline.demo.FeedTruth;
import io.sightline.demo.MemberProcess;
import io.sightline.demo.Places;
import io.sightline.demo.Ports;
import io.sightline.demo.SeededFeed;
import io.sightline.grid.GridClient;
import io.sightline.spec.PipelineFile;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
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
    private static final long LOOK_MILLIS = 250;
    private static final Duration NO_PROGRESS = Duration.ofSeconds(60);
    private static final double MILLION = 1e6;
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

    @Option(names = "--json", description = "Prints one JSON object on stdout.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PipelineSpec spec = PipelineFile.load(file);
        PrintWriter err = requireNonNull(command).commandLine().getErr();
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
            Path reference = directory.resolve("locations.csv");
            Places.writeCsv(reference, FeedOptions.DEFAULT_PLACES);
            Map<String, Object> result = drain(broker, spec, reference, feed.truth(), directory, err);
            if (json) {
                System.out.println(Json.object(result));
            } else {
                result.forEach((name, value) -> err.printf("%-28s %s%n", name, value));
            }
            return Boolean.TRUE.equals(result.get("exact")) ? Sightline.DONE : Sightline.FAILED;
        } finally {
            Directories.delete(directory);
        }
    }

    private Map<String, Object> drain(
            Broker broker, PipelineSpec spec, Path reference, FeedTruth truth, Path directory, PrintWriter err)
            throws IOException, InterruptedException {
        Path pipeline = directory.resolve("pipeline.yaml");
        Files.writeString(pipeline, withReference(Files.readString(file), spec, reference));
        int port = Ports.free();
        String cluster = "sightline-bench-" + port;
        List<String> arguments = List.of(
                "run",
                pipeline.toString(),
                "--port",
                String.valueOf(port),
                "--cluster-name",
                cluster,
                "--join",
                "127.0.0.1:" + port);
        Path log = Path.of("data", "bench-drain.log");
        err.println("sightline: starting the member; its log is " + log);
        long started = System.nanoTime();
        try (MemberProcess member = MemberProcess.start(
                heap, jvmOptions(), Map.of("KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers()), log, arguments)) {
            HazelcastInstance client =
                    GridClient.connect(cluster, List.of("127.0.0.1:" + port), Duration.ofSeconds(60));
            try {
                Map<String, Object> result = measure(client, member, spec.name(), truth, started);
                err.println("sightline: the topic is empty; asking for the last 100 rows, of all places and of one");
                String rows = "SELECT * FROM " + spec.name();
                String newest = " ORDER BY " + spec.event().schema().timeField() + " DESC LIMIT 100";
                medianMillis(client, rows + newest).ifPresent(millis -> result.put("last_100_ms", millis));
                medianMillis(client, rows + " WHERE location_id = 'loc-042'" + newest)
                        .ifPresent(millis -> result.put("last_100_of_a_place_ms", millis));
                return result;
            } finally {
                client.shutdown();
            }
        }
    }

    private List<String> jvmOptions() {
        return List.of("-XX:+Use" + gc + "GC", "-Xlog:gc:file=data/bench-drain-gc.log");
    }

    private Map<String, Object> measure(
            HazelcastInstance client, MemberProcess member, String pipeline, FeedTruth truth, long startedNanos)
            throws InterruptedException {
        Progress first = await(client, member, pipeline, Math.max(1, warmUp), false);
        Progress last = await(client, member, pipeline, truth.records(), true);
        double seconds = (last.nanos - first.nanos) / 1e9;
        double cpuSeconds = last.cpu.minus(first.cpu).toNanos() / 1e9;
        long drained = last.events() - first.events();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("records", last.records());
        result.put("events", last.events());
        result.put("unique", last.value("originals"));
        result.put("duplicates", last.value("duplicates"));
        result.put("events_per_s", Math.round(drained / seconds));
        result.put("cpu_s_per_million", rounded(cpuSeconds / drained * MILLION));
        result.put("cpu_s_per_million_with_start", rounded(last.cpu.toNanos() / 1e9 / last.events() * MILLION));
        result.put("seconds", rounded(seconds));
        result.put("seconds_with_start", rounded((last.nanos - startedNanos) / 1e9));
        result.put(
                "peak_memory_mb",
                member.peakMemoryBytes().map(bytes -> bytes >> 20).orElse(-1L));
        result.put("hot_evicted", last.value("hot_evicted"));
        result.put("processors", Runtime.getRuntime().availableProcessors());
        result.put(
                "exact",
                last.records() == truth.records()
                        && last.events() == truth.events()
                        && last.value("originals") == truth.unique()
                        && last.value("duplicates") == truth.duplicates());
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
        return OptionalDouble.of(rounded(millis[millis.length / 2]));
    }

    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }

    /** A row of pipeline_status, when it was seen and what CPU time the member had used. */
    private record Progress(Map<String, @Nullable Object> row, long nanos, Duration cpu) {
        long value(String column) {
            return row.get(column) instanceof Long value ? value : -1;
        }

        long records() {
            return value("records");
        }

        long events() {
            return value("events");
        }
    }

    /** Waits until so many records are read, and at the end every event of them judged. */
    private static Progress await(
            HazelcastInstance client, MemberProcess member, String pipeline, long records, boolean toTheEnd)
            throws InterruptedException {
        long lastRecords = -1;
        long lastChange = System.nanoTime();
        while (true) {
            Optional<Progress> seen = look(client, member, pipeline);
            if (seen.isPresent()) {
                Progress now = seen.get();
                boolean judged = now.value("originals") + now.value("duplicates") == now.events();
                if (now.records() >= records && (judged || !toTheEnd)) {
                    return now;
                }
                if (now.records() != lastRecords) {
                    lastRecords = now.records();
                    lastChange = System.nanoTime();
                }
            }
            if (!member.isAlive() || System.nanoTime() - lastChange > NO_PROGRESS.toNanos()) {
                throw new Failure(
                        Sightline.FAILED,
                        "the member made no progress beyond " + Math.max(0, lastRecords) + " records; see its log");
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    private static Optional<Progress> look(HazelcastInstance client, MemberProcess member, String pipeline) {
        try {
            Duration cpu = member.cpuTime().orElse(Duration.ZERO);
            return StatusTable.read(client, pipeline).stream()
                    .findFirst()
                    .map(row -> new Progress(row, System.nanoTime(), cpu));
        } catch (RuntimeException e) {
            // The view is not there before the member has created it.
            return Optional.empty();
        }
    }

    /** The pipeline file with the feed's own Dataset B. */
    private static String withReference(String yaml, PipelineSpec spec, Path reference) {
        String changed = yaml;
        for (var enrich : spec.enrich()) {
            changed = changed.replace("from: " + enrich.from().raw(), "from: " + reference);
        }
        return changed;
    }
}
