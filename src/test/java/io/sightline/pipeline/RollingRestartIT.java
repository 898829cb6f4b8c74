package io.sightline.pipeline;

import static io.sightline.pipeline.PacedFeed.assertCounters;
import static io.sightline.pipeline.PacedFeed.assertExactHistory;
import static io.sightline.pipeline.PacedFeed.assertMinutes;
import static io.sightline.pipeline.PacedFeed.await;
import static io.sightline.pipeline.PacedFeed.origins;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.hazelcast.core.HazelcastInstance;
import io.sightline.demo.FeedOptions;
import io.sightline.demo.FeedOptions.Faults;
import io.sightline.demo.Fleet;
import io.sightline.demo.MemberProcess;
import io.sightline.demo.Places;
import io.sightline.demo.Ports;
import io.sightline.demo.SeededFeed;
import io.sightline.fixture.Eventually;
import io.sightline.fixture.KafkaBroker;
import io.sightline.fixture.LauncherOptions;
import io.sightline.gateway.TestCertificate;
import io.sightline.gateway.access.ScramVerifier;
import io.sightline.gateway.server.TlsFiles;
import io.sightline.grid.GridClient;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Three members, a gateway and the job, each a process with the arguments and options that the manifests of {@code k8s} give
 * it. The members are replaced one by one, as a StatefulSet does it, while events come in and somebody reads. What is not
 * Kubernetes' here: names lead to addresses of the loopback range (see {@code ServiceDnsIT}), and ports are free ones.
 *
 * <p>{@code ./mvnw -Dquick -Dlong -Dtest=RollingRestartIT -Drate=10000 test}: eight processes, some minutes; three members that
 * compile, while they also work at such a rate, want more than two cores. Prints how long the
 * members took, and how long the dashboard went without an answer; that is a figure of the machine, and so no test.
 */
@Tag("long")
@Timeout(1_800)
final class RollingRestartIT {
    private static final int MEMBERS = 3;
    private static final double EVENTS_A_SECOND = Integer.getInteger("rate", 500);
    private static final String CLUSTER = "sightline";
    private static final List<String> QUICK = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    private static final double QUICK_UP_TO = 1_000;
    private static final boolean IS_QUICK = EVENTS_A_SECOND <= QUICK_UP_TO;
    /** So long the cameras have sent when the pipeline is submitted: they are no JVMs that start then. */
    private static final Duration SENT_BEFORE = Duration.ofSeconds(10);

    private static final Duration KEEPS_UP_WITHIN = Duration.ofMinutes(5);
    private static final int OK = 200;

    /** The exit status of a process that a SIGTERM ended, if it does not say another. */
    private static final int SIGTERM = 128 + 15;

    @RegisterExtension
    static final KafkaBroker BROKER = new KafkaBroker();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private final int port;
    private final int metricsPort;
    private final Path hosts;

    /** At full rate as the launcher in a container runs members, each with cores of its own; else what starts sooner. */
    private final List<String> tuning;

    RollingRestartIT(@TempDir Path names, @TempDir Path home) throws IOException, InterruptedException {
        tuning = IS_QUICK ? QUICK : LauncherOptions.of("member", home);
        port = Ports.free();
        metricsPort = Ports.free();
        hosts = Files.writeString(
                names.resolve("hosts"),
                String.join(
                        "\n",
                        IntStream.range(0, MEMBERS)
                                .mapToObj(RollingRestartIT::address)
                                .flatMap(address ->
                                        Stream.of(address + " sightline-members", address + " sightline-grid"))
                                .toList()));
    }

    @Test
    void membersThatAreReplacedOneByOneLoseNothingAndWhoReadsGoesOnReading() throws Exception {
        // Given
        List<MemberProcess> members = new ArrayList<>();
        List<AutoCloseable> open = new ArrayList<>();
        try {
            for (int i = 0; i < MEMBERS; i++) {
                members.add(member(i));
            }
            HazelcastInstance client = GridClient.connect(CLUSTER, addresses(), Duration.ofMinutes(2));
            open.add(client::shutdown);
            String topic = BROKER.newTopic(8);
            SeededFeed feed = feed();
            Fleet fleet = Fleet.start(BROKER.broker().bootstrapServers(), topic, feed, Clock.systemUTC());
            open.add(fleet::stop);
            Eventually.eventually("the cameras send", () -> fleet.sent() >= SENT_BEFORE.toSeconds() * EVENTS_A_SECOND);
            GridUnderTest grid = GridUnderTest.of(client);
            long submitted = System.nanoTime();
            MemberProcess job = process(
                    "pipeline.yaml",
                    "256m",
                    "pipeline.log",
                    Map.of(
                            "/etc/sightline/pipelines/detections.yaml",
                            pipeline(topic).toString()));
            Eventually.eventually("a row can be read", () -> PacedFeed.status(grid, "originals") > 0);
            double firstRow = (System.nanoTime() - submitted) / 1e9;
            assertThat(job.awaitEnd()).as(log("pipeline.log")).isZero();
            for (int i = 0; i < MEMBERS; i++) {
                awaitReady(i);
            }
            int pgPort = Ports.free();
            Dashboard dashboard = gateway(pgPort, open);
            Eventually.eventually("somebody reads", () -> dashboard.answers() > 0);

            // When: the last first, each once those before have caught up
            List<String> figures = new ArrayList<>();
            for (int i = MEMBERS - 1; i >= 0; i--) {
                awaitKeepsUp(grid);
                dashboard.forgetGaps();
                long before = dashboard.answers();
                long began = System.nanoTime();
                members.get(i).terminate();
                assertThat(members.get(i).awaitEnd()).as(log(memberLog(i))).isIn(0, SIGTERM);
                double left = (System.nanoTime() - began) / 1e9;
                members.set(i, member(i));
                awaitReady(i);
                figures.add(
                        "member %d: left after %.1f s, ready again after %.1f s, the longest time without an answer %.1f s"
                                .formatted(i, left, (System.nanoTime() - began) / 1e9, dashboard.longestGapSeconds()));
                assertThat(dashboard.answers()).as("answers meanwhile").isGreaterThan(before);
            }
            fleet.stop();
            Expected expected = Expected.of(fleet.await());

            // Then
            await(grid, expected.records(), true);
            assertCounters(grid, expected);
            assertThat(origins(grid, "detections")).hasSize((int) expected.unique());
            assertThat(origins(grid, "duplicates")).hasSize((int) expected.duplicates());
            assertMinutes(grid, expected.uniquePerLocationAndMinute());
            assertThat(grid.longs("SELECT SUM(detections) FROM detections_per_second"))
                    .containsExactly(expected.unique());
            assertExactHistory(directory, expected);
            dashboard.close();
            System.out.printf(
                    "rolling restart, %,.0f events/s: first row %.1f s after the submission; %s; %,d answers%n",
                    EVENTS_A_SECOND, firstRow, String.join("; ", figures), dashboard.answers());
        } finally {
            for (AutoCloseable each : open) {
                each.close();
            }
            members.forEach(MemberProcess::kill);
        }
    }

    /** What is not read yet came within the last second. */
    private static void awaitKeepsUp(GridUnderTest grid) throws InterruptedException {
        long deadline = System.nanoTime() + KEEPS_UP_WITHIN.toNanos();
        while (PacedFeed.status(grid, "lag_events") > EVENTS_A_SECOND) {
            assertThat(System.nanoTime()).as("lag_events stays above a second").isLessThan(deadline);
            TimeUnit.SECONDS.sleep(1);
        }
    }

    private MemberProcess member(int number) throws IOException {
        String address = address(number);
        return MemberProcess.start(
                IS_QUICK ? "1g" : "4g",
                Stream.of(tuning, List.of("-Dhazelcast.local.localAddress=" + address), options("member.yaml"))
                        .flatMap(List::stream)
                        .toList(),
                Map.of("KAFKA_BOOTSTRAP_SERVERS", BROKER.broker().bootstrapServers()),
                directory.resolve(memberLog(number)),
                Stream.concat(
                                arguments("member.yaml", Map.of("$(POD_IP)", address)).stream(),
                                Stream.of("--port=" + port, "--metrics-port=" + metricsPort))
                        .toList());
    }

    private Dashboard gateway(int pgPort, List<AutoCloseable> open) throws Exception {
        TlsFiles tls = TestCertificate.in(directory, "EC");
        ScramVerifier pencil = ScramVerifier.of("pencil", "0123456789abcdef".getBytes(StandardCharsets.US_ASCII), 4096);
        Path access = Files.writeString(directory.resolve("access.yaml"), """
                roles: [{role: reader, reads: [{relation: "*"}]}]
                users: [{user: ann, role: reader, verifier: "%s"}]
                """.formatted(pencil));
        MemberProcess gateway = process(
                "gateway.yaml",
                "256m",
                "gateway.log",
                Map.of(
                        "--listen=0.0.0.0", "--listen=127.0.0.1",
                        "--http-port=8443", "--http-port=" + Ports.free(),
                        "/etc/sightline/access/access.yaml", access.toString(),
                        "/etc/sightline/tls/tls.crt", tls.certificate().toString(),
                        "/etc/sightline/tls/tls.key", tls.key().toString()),
                "--pg-port=" + pgPort,
                "--audit=" + directory.resolve("audit.jsonl"));
        open.add(gateway);
        Eventually.eventually("the gateway is ready", () -> log("gateway.log").contains("gateway ready"));
        Dashboard dashboard = Dashboard.start(
                "jdbc:postgresql://127.0.0.1:" + pgPort + "/sightline?sslmode=verify-full&sslrootcert="
                        + tls.certificate(),
                "ann",
                "pencil",
                "SELECT location_name, SUM(detections) FROM detections_per_minute GROUP BY location_name");
        open.add(dashboard);
        return dashboard;
    }

    private MemberProcess process(
            String manifest, String heap, String log, Map<String, String> replaced, String... more) throws IOException {
        return MemberProcess.start(
                heap,
                Stream.concat(QUICK.stream(), options(manifest).stream()).toList(),
                Map.of("KAFKA_BOOTSTRAP_SERVERS", BROKER.broker().bootstrapServers()),
                directory.resolve(log),
                Stream.concat(arguments(manifest, replaced).stream(), Stream.of(more))
                        .toList());
    }

    /** The arguments of the only container with some, with these texts in place of those. */
    private List<String> arguments(String manifest, Map<String, String> replaced) throws IOException {
        List<String> arguments = new ArrayList<>();
        for (JsonNode argument : container(manifest).path("args")) {
            String text = argument.asText().replace(":5701", ":" + port);
            for (Map.Entry<String, String> each : replaced.entrySet()) {
                text = text.replace(each.getKey(), each.getValue());
            }
            arguments.add(text);
        }
        return arguments;
    }

    /** What the manifest gives the JVM, and the names that Kubernetes would know. */
    private List<String> options(String manifest) throws IOException {
        List<String> options = new ArrayList<>(List.of("-Djdk.net.hosts.file=" + hosts));
        for (JsonNode variable : container(manifest).path("env")) {
            if (variable.path("name").asText().equals("JAVA_OPTS")) {
                options.addAll(List.of(variable.path("value").asText().split(" ")));
            }
        }
        return options;
    }

    /** The only container with arguments. */
    private static JsonNode container(String manifest) throws IOException {
        Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
        ObjectMapper mapper = new ObjectMapper();
        for (Object document : yaml.loadAll(Files.readString(Path.of("k8s", "base", manifest)))) {
            JsonNode container = mapper.valueToTree(document).at("/spec/template/spec/containers/0");
            if (container.has("args")) {
                return container;
            }
        }
        throw new AssertionError("no container of " + manifest + " has arguments");
    }

    private void awaitReady(int number) {
        Eventually.eventually("member " + number + " is ready", () -> {
            try {
                HttpURLConnection asked = (HttpURLConnection)
                        URI.create("http://" + address(number) + ":" + metricsPort + "/health/ready")
                                .toURL()
                                .openConnection();
                asked.setReadTimeout(5_000);
                return asked.getResponseCode() == OK;
            } catch (IOException e) {
                return false;
            }
        });
    }

    private SeededFeed feed() {
        Instant start = Instant.now().plusMillis(500);
        Places.writeCsv(directory.resolve("locations.csv"), FeedOptions.DEFAULT_PLACES);
        long count = FeedOptions.count(EVENTS_A_SECOND, Duration.ZERO, Duration.ofMinutes(25));
        return new SeededFeed(FeedOptions.live(7, EVENTS_A_SECOND, count, start, Duration.ZERO, Faults.all()));
    }

    private Path pipeline(String topic) throws IOException {
        String yaml = Files.readString(Path.of("pipelines", "detections.yaml"))
                .replace("  topic: detections", "  topic: " + topic)
                .replaceFirst("from: pipelines/reference/locations.csv", "from: " + directory.resolve("locations.csv"))
                .replaceFirst("table: \\S+", "table: " + directory.resolve("history"));
        return Files.writeString(
                directory.resolve("detections.yaml"),
                IS_QUICK ? yaml.replaceFirst("commit-every: \\S+", "commit-every: 5s") : yaml);
    }

    private List<String> addresses() {
        return IntStream.range(0, MEMBERS)
                .mapToObj(i -> address(i) + ":" + port)
                .toList();
    }

    private static String address(int number) {
        return "127.0.0." + (number + 1);
    }

    private static String memberLog(int number) {
        return "member-" + number + ".log";
    }

    private String log(String name) {
        try {
            return Files.readString(directory.resolve(name));
        } catch (IOException e) {
            return "";
        }
    }
}
