package io.sightline.cli;

import static java.util.Objects.requireNonNull;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.sql.SqlResult;
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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code sightline bench serve}: how soon dashboards get their panels over the PostgreSQL door, and what that does to the
 * pipeline, while events come in at a steady rate. Twice: with identical statements sharing one execution, and without. In
 * between, what live pages cost the gateway.
 * Member, gateway and broker are processes of their own; the cameras and the dashboards are this one.
 */
@Command(
        name = "serve",
        description =
                "Refreshes dashboards every second over the gateway, and opens live pages, while events come in, and"
                        + " measures them all.",
        mixinStandardHelpOptions = true)
final class ServeBench implements Callable<Integer> {
    private static final String TOPIC = "detections";
    private static final int TOPIC_PARTITIONS = 4;
    private static final Duration RAMP_UP = Duration.ofSeconds(10);
    private static final long START_IN_MILLIS = 200;
    private static final int SAMPLES_A_SECOND = 10;
    private static final int QUERIES_TO_WARM_UP = 200;
    private static final int QUERIES_FOR_A_MEDIAN = 301;
    /** Not measured, while the gateway's JVM compiles. */
    private static final Duration DASHBOARDS_WARM_UP = Duration.ofSeconds(60);
    /** The longest for all that happens beside measuring: warming up, starting gateways, comparing without dashboards. */
    private static final Duration BETWEEN_PHASES = Duration.ofMinutes(5);

    /** A gateway that shares executions, and one that does not: its options. */
    private static final Map<String, List<String>> GATEWAYS =
            Map.of("shared", List.of(), "unshared", List.of("--no-sharing"));

    /** What a dashboard of the fleet asks for: the last minute, and of one place the last five. */
    private static final List<String> PANELS = List.of(
            "SELECT SUM(detections) / 10.0 AS detections FROM detections_per_second"
                    + " WHERE window_start >= now() - INTERVAL '12 seconds'",
            "SELECT window_start AS time, item AS metric, SUM(detections) AS detections FROM detections_per_second"
                    + " WHERE window_start >= now() - INTERVAL '1 minute' GROUP BY window_start, item ORDER BY 1",
            "SELECT window_start AS time, site AS metric, SUM(detections) AS detections FROM detections_per_second"
                    + " WHERE window_start >= now() - INTERVAL '1 minute' GROUP BY window_start, site ORDER BY 1",
            "SELECT window_start AS time, detections FROM detections_per_place"
                    + " WHERE window_start >= now() - INTERVAL '5 minutes' AND location_id = 'loc-007' ORDER BY 1",
            "SELECT location_id, location_name, site, SUM(detections) AS detections FROM detections_per_place"
                    + " WHERE window_start >= now() - INTERVAL '1 minute'"
                    + " GROUP BY location_id, location_name, site ORDER BY detections DESC LIMIT 20",
            "SELECT item, SUM(detections) AS detections FROM detections_per_second"
                    + " WHERE window_start >= now() - INTERVAL '1 minute' GROUP BY item ORDER BY detections DESC",
            "SELECT latitude, longitude, SUM(detections) AS detections FROM detections_per_place"
                    + " WHERE window_start >= now() - INTERVAL '1 minute' GROUP BY latitude, longitude",
            "SELECT window_start AS time, SUM(confidence_avg * detections) / SUM(detections) AS confidence"
                    + " FROM detections_per_place WHERE window_start >= now() - INTERVAL '1 minute'"
                    + " GROUP BY window_start ORDER BY 1");

    /** One that costs the grid next to nothing. */
    private static final String SMALL_QUERY = "SELECT lag_events FROM pipeline_status";

    @Parameters(
            paramLabel = "FILE",
            arity = "0..1",
            defaultValue = "pipelines/detections.yaml",
            description = "The pipeline file; declares produced_at (default: ${DEFAULT-VALUE}).")
    private Path file = Path.of("");

    @Option(
            names = "--dashboards",
            paramLabel = "N",
            defaultValue = "50",
            description = "Dashboards, each with eight panels refreshed every second (default: ${DEFAULT-VALUE}).")
    private int dashboards = 50;

    @Option(
            names = "--pages",
            paramLabel = "N",
            defaultValue = "200",
            description = "Live pages that are open together, when no dashboard is (default: ${DEFAULT-VALUE}).")
    private int pages = 200;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Fresh events a second; 5 %% more are copies (default: ${DEFAULT-VALUE}).")
    private double rate = 10_000;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "60",
            description = "How long dashboards are looked at, each of the two times (default: ${DEFAULT-VALUE}).")
    private long seconds = 60;

    @Option(
            names = "--warm-up",
            paramLabel = "S",
            defaultValue = "60",
            description = "Events come in for so long before, while the JVM compiles (default: ${DEFAULT-VALUE}).")
    private long warmUp = 60;

    @Option(
            names = "--heap",
            paramLabel = "SIZE",
            defaultValue = "6g",
            description = "Heap of the member, as -Xmx takes it (default: ${DEFAULT-VALUE}).")
    private String heap = "6g";

    @Option(names = "--json", description = "Prints one JSON object on stdout.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() throws IOException, InterruptedException {
        CommandSpec spec = requireNonNull(command);
        if (!(rate > 0) || warmUp < 0 || seconds < 1 || dashboards < 1 || pages < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--rate, --seconds, --dashboards and --pages must be above 0, and --warm-up not below");
        }
        PrintWriter err = spec.commandLine().getErr();
        PipelineSpec pipeline = PipelineFile.load(file);
        Path directory = Files.createTempDirectory("sightline-bench-");
        try (Broker broker = Broker.start(directory.resolve("broker"), 0)) {
            broker.createTopic(TOPIC, TOPIC_PARTITIONS, TimestampType.LOG_APPEND_TIME);
            PipelineSpec own = new BenchSource().own(pipeline, broker.bootstrapServers(), TOPIC, directory);
            return BenchMember.report(measure(own, broker.bootstrapServers(), err), json, err);
        } finally {
            Directories.delete(directory);
        }
    }

    private Map<String, @Nullable Object> measure(PipelineSpec pipeline, String bootstrapServers, PrintWriter err)
            throws IOException, InterruptedException {
        Path log = Path.of("data", "bench-serve.log");
        Clock clock = Clock.systemUTC();
        err.println("sightline: starting the member; its log is " + log);
        try (BenchMember member = BenchMember.start(pipeline, heap, SupervisedMember.SHORT_PAUSES, log);
                LatencyProbe probe =
                        new LatencyProbe(bootstrapServers, pipeline, SAMPLES_A_SECOND, member::client, clock)) {
            Instant start = clock.instant().plusMillis(START_IN_MILLIS);
            Duration longest = Duration.ofSeconds(warmUp + 2 * seconds).plus(BETWEEN_PHASES);
            long count = FeedOptions.count(rate, RAMP_UP, longest);
            SeededFeed feed = new SeededFeed(FeedOptions.live(1, rate, count, start, RAMP_UP, Faults.onlyResent()));
            err.printf("sightline: sending %,.0f events a second%n", rate);
            Fleet fleet = Fleet.start(bootstrapServers, TOPIC, feed, clock);
            Instant warm = start.plusSeconds(warmUp);
            Progress first = member.await(progress -> !clock.instant().isBefore(warm));
            Map<String, @Nullable Object> result = new LinkedHashMap<>();
            result.put("dashboards", dashboards);
            for (String sharing : List.of("shared", "unshared")) {
                try (BenchGateway gateway = gateway(member, sharing)) {
                    err.printf("sightline: %d dashboards for %d s, executions %s%n", dashboards, seconds, sharing);
                    look(member, gateway, probe, clock)
                            .forEach((name, value) -> result.put(sharing + "_" + name, value));
                    if (sharing.equals("shared")) {
                        err.printf("sightline: %d live pages for %d s%n", pages, seconds);
                        result.putAll(openPages(gateway));
                    } else {
                        // Unshared dashboards may have held up what comes in.
                        member.await(progress -> progress.value("lag_events") < rate / 10);
                        result.putAll(compared(member.client(), gateway));
                    }
                }
            }
            fleet.stop();
            FeedTruth truth = fleet.await();
            Progress last = member.await(progress -> progress.hasAll(truth.events()));
            result.putAll(BenchMember.counts(first, last));
            member.addResources(result, last);
            result.put("exact", last.agreesWith(truth));
            return result;
        }
    }

    private static BenchGateway gateway(BenchMember member, String sharing) throws IOException, InterruptedException {
        return BenchGateway.start(
                member, GATEWAYS.getOrDefault(sharing, List.of()), Path.of("data", "bench-serve-gateway.log"));
    }

    /** Dashboards over one gateway: theirs, the pipeline's and the processes' figures meanwhile. */
    private Map<String, @Nullable Object> look(
            BenchMember member, BenchGateway gateway, LatencyProbe probe, Clock clock) throws InterruptedException {
        run(gateway.port(), DASHBOARDS_WARM_UP);
        Progress before = member.await(progress -> true);
        Duration gatewayBefore = gateway.cpu();
        Instant from = clock.instant();
        CompletableFuture<DashboardLoad.Result> looking =
                CompletableFuture.supplyAsync(() -> run(gateway.port(), Duration.ofSeconds(seconds)));
        long[] mostLag = {0};
        Progress after = member.await(progress -> {
            mostLag[0] = Math.max(mostLag[0], progress.value("lag_events"));
            return looking.isDone();
        });
        DashboardLoad.Result seen = looking.join();
        double wall = after.secondsSince(before);
        double[] visible = probe.latencies(from.toEpochMilli(), clock.millis());

        Map<String, @Nullable Object> result = new LinkedHashMap<>();
        result.put("panels_per_s", Math.round(seen.latencies().length / wall));
        result.put("panel_p50_ms", Rounded.millis(seen.latencies(), 0.5));
        result.put("panel_p99_ms", Rounded.millis(seen.latencies(), 0.99));
        result.put("panels_missed", seen.missed());
        result.put("panels_failed", seen.failed());
        if (seen.failure() != null) {
            result.put("first_failure", seen.failure());
        }
        result.put("most_lag_events", mostLag[0]);
        result.put("due_to_visible_p50_ms", Rounded.millis(visible, 0.5));
        result.put("due_to_visible_p99_ms", Rounded.millis(visible, 0.99));
        result.put(
                "gateway_cores",
                Rounded.hundredths(gateway.cpu().minus(gatewayBefore).toNanos() / 1e9 / wall));
        result.put(
                "member_cores",
                Rounded.hundredths(after.cpu().minus(before.cpu()).toNanos() / 1e9 / wall));
        return result;
    }

    /** Live pages over one gateway: what they get, and what it takes. */
    private Map<String, @Nullable Object> openPages(BenchGateway gateway) throws InterruptedException {
        try (PageLoad load = PageLoad.open(gateway.http(), pages)) {
            TimeUnit.NANOSECONDS.sleep(DASHBOARDS_WARM_UP.toNanos());
            load.take();
            Duration before = gateway.cpu();
            TimeUnit.SECONDS.sleep(seconds);
            PageLoad.Result seen = load.take();
            Map<String, @Nullable Object> result = new LinkedHashMap<>();
            result.put("pages", pages);
            result.put("pages_frames_per_s", Rounded.hundredths((double) seen.frames() / seconds));
            result.put("pages_query_p50_ms", Rounded.millis(seen.latencies(), 0.5));
            result.put("pages_query_p99_ms", Rounded.millis(seen.latencies(), 0.99));
            result.put("pages_queries_failed", seen.failed());
            result.put(
                    "pages_gateway_cores",
                    Rounded.hundredths(gateway.cpu().minus(before).toNanos() / 1e9 / seconds));
            return result;
        }
    }

    private DashboardLoad.Result run(int port, Duration length) {
        try {
            return DashboardLoad.run(port, dashboards, PANELS, length);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Sightline.FAILED, "interrupted while dashboards were looked at", e);
        }
    }

    /** The same small query, by turns over the grid's own client and over the gateway: the gateway's share. */
    private static Map<String, @Nullable Object> compared(HazelcastInstance client, BenchGateway gateway)
            throws IOException {
        double[] direct = new double[QUERIES_FOR_A_MEDIAN];
        double[] through = new double[QUERIES_FOR_A_MEDIAN];
        try (PgClient door = new PgClient(gateway.port(), "bench", "sightline")) {
            for (int run = -QUERIES_TO_WARM_UP; run < QUERIES_FOR_A_MEDIAN; run++) {
                long begun = System.nanoTime();
                try (SqlResult rows = client.getSql().execute(SMALL_QUERY)) {
                    rows.iterator().forEachRemaining(row -> {});
                }
                long between = System.nanoTime();
                door.query(SMALL_QUERY);
                if (run >= 0) {
                    direct[run] = (between - begun) / (double) TimeUnit.MILLISECONDS.toNanos(1);
                    through[run] = (System.nanoTime() - between) / (double) TimeUnit.MILLISECONDS.toNanos(1);
                }
            }
        }
        Arrays.sort(direct);
        Arrays.sort(through);
        Map<String, @Nullable Object> result = new LinkedHashMap<>();
        result.put("direct_p50_ms", Rounded.hundredths(direct[QUERIES_FOR_A_MEDIAN / 2]));
        result.put("through_gateway_p50_ms", Rounded.hundredths(through[QUERIES_FOR_A_MEDIAN / 2]));
        return result;
    }
}
