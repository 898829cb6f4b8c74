package io.sightline.cli;

import static java.util.Objects.requireNonNull;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.sql.SqlResult;
import io.sightline.demo.Broker;
import io.sightline.demo.FeedOptions;
import io.sightline.demo.FeedOptions.Faults;
import io.sightline.demo.Fleet;
import io.sightline.demo.LatencyProbe;
import io.sightline.demo.MemberProcess;
import io.sightline.demo.Ports;
import io.sightline.demo.SeededFeed;
import io.sightline.demo.SupervisedMember;
import io.sightline.spec.HistorySpec;
import io.sightline.spec.PipelineFile;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.Setting;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code sightline demo}: everything on this machine, in one process tree. This process is the camera fleet and the screen;
 * broker, member and gateway are processes of their own, which end with it.
 */
@Command(
        name = "demo",
        description = {
            "Starts a Kafka broker, a fleet of cameras, a grid member, the job and a gateway on this machine, and shows what"
                    + " happens.",
            "Ends with Ctrl-C, or after --seconds with a verdict: every count compared with what the cameras sent."
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final String TOPIC = "detections";
    private static final int TOPIC_PARTITIONS = 4;
    /** A JVM that has just started is slow; it gets up to speed on fewer events. */
    private static final Duration RAMP_UP = Duration.ofSeconds(15);

    /** So long the demo keeps events and ids in memory: then it is full, and stays so. Copies come within 30 s. */
    private static final Duration KEEP = Duration.ofMinutes(2);

    private static final Duration COMMIT_EVERY = Duration.ofSeconds(5);
    private static final Duration FIRST_ROW_WITHIN = Duration.ofSeconds(60);
    private static final Duration CATCHES_UP_WITHIN = Duration.ofMinutes(10);
    private static final int SAMPLES_A_SECOND = 5;
    private static final long START_IN_MILLIS = 200;
    private static final long LOOK_MILLIS = 20;
    private static final long FRAME_MILLIS = 1_000;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Detections a second, copies not counted (default: ${DEFAULT-VALUE}).")
    private double rate = 10_000;

    @Option(names = "--seconds", paramLabel = "S", description = "Ends after so long, with a verdict.")
    private @Nullable Long seconds;

    @Option(names = "--fresh", description = "Forgets what earlier demos left in data/demo.")
    private boolean fresh;

    @Option(names = "--no-browser", description = "Does not open the live page in a browser.")
    private boolean noBrowser;

    @Option(
            names = "--broker-port",
            paramLabel = "PORT",
            defaultValue = "9092",
            description = "The broker's port (default: ${DEFAULT-VALUE}).")
    private int brokerPort = 9092;

    @Option(
            names = "--member-port",
            paramLabel = "PORT",
            defaultValue = "5701",
            description = "The member's port (default: ${DEFAULT-VALUE}).")
    private int memberPort = 5701;

    @Option(
            names = "--pg-port",
            paramLabel = "PORT",
            defaultValue = "5433",
            description = "The port of the gateway's PostgreSQL door (default: ${DEFAULT-VALUE}).")
    private int pgPort = 5433;

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "The port of the live page (default: ${DEFAULT-VALUE}).")
    private int httpPort = 8080;

    @Option(names = "--json", description = "Prints one JSON object on stdout at the end; needs --seconds.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec command;

    private volatile boolean stopping;
    private volatile @Nullable MemberProcess gateway;

    @Override
    public Integer call() throws IOException, InterruptedException {
        CommandSpec spec = requireNonNull(command);
        if (!(rate > 0) || (seconds != null && seconds < 1)) {
            throw new ParameterException(spec.commandLine(), "--rate and --seconds must be above 0");
        }
        if (json && seconds == null) {
            throw new ParameterException(spec.commandLine(), "--json tells the verdict, so it needs --seconds");
        }
        PrintWriter err = spec.commandLine().getErr();
        checkPort(brokerPort, "--broker-port");
        checkPort(memberPort, "--member-port");
        checkPort(MemberOptions.metricsPortOf(memberPort), "--member-port");
        checkPort(pgPort, "--pg-port");
        checkPort(httpPort, "--http-port");
        Path home = Path.of(System.getProperty("sightline.home", "")).toAbsolutePath();
        PipelineSpec file = pipeline(home);
        DemoMemory memory = DemoMemory.of(rate, file);
        Path folder = home.resolve("data").resolve("demo");
        try (DemoFolder data = DemoFolder.open(folder, fresh)) {
            PipelineSpec pipeline = withHistoryIn(data, file);
            err.println("sightline: starting a broker (heap 512 MB) and a member (heap " + memory.heap() + ") under "
                    + folder);
            return run(pipeline, memory, data, err);
        }
    }

    private static void checkPort(int port, String option) {
        if (Ports.answers(port)) {
            throw new Failure(Sightline.FAILED, "port " + port + " is taken; name another with " + option);
        }
    }

    /** That of the project's file, from the demo's broker, and small enough for a laptop. */
    private PipelineSpec pipeline(Path home) {
        PipelineSpec file = LocalPipeline.at(
                PipelineFile.load(home.resolve("pipelines").resolve("detections.yaml")),
                "127.0.0.1:" + brokerPort,
                TOPIC);
        return file.withHotWindowKept(KEEP).withHorizon(KEEP);
    }

    private static PipelineSpec withHistoryIn(DemoFolder data, PipelineSpec file) {
        HistorySpec history = file.history();
        return history == null
                ? file
                : file.withHistory(history.at(new Setting(data.history().toString()), COMMIT_EVERY));
    }

    private int run(PipelineSpec pipeline, DemoMemory memory, DemoFolder data, PrintWriter err)
            throws IOException, InterruptedException {
        SupervisedMember.Settings settings = new SupervisedMember.Settings(
                "sightline", memberPort, memory.heap(), SupervisedMember.SHORT_PAUSES, data.memberLog(), pipeline);
        try (SupervisedMember member = SupervisedMember.launch(settings);
                Broker broker = Broker.start(data.broker(), brokerPort)) {
            Thread onSignal = new Thread(() -> stop(member, broker, data, err), "stop-on-signal");
            Runtime.getRuntime().addShutdownHook(onSignal);
            boolean resumed = broker.hasTopic(TOPIC);
            if (!resumed) {
                broker.createTopic(TOPIC, TOPIC_PARTITIONS, TimestampType.LOG_APPEND_TIME);
            }
            int exit = live(pipeline, member, broker, data, resumed, err);
            if (!stopping) {
                closeGateway();
                Runtime.getRuntime().removeShutdownHook(onSignal);
            }
            return exit;
        } catch (RuntimeException e) {
            if (stopping) {
                // What was under way found its member or broker gone.
                return Sightline.DONE;
            }
            throw e;
        }
    }

    private void stop(SupervisedMember member, Broker broker, DemoFolder data, PrintWriter err) {
        stopping = true;
        err.println("\nsightline: stopping; what the broker holds stays in " + data);
        err.flush();
        closeGateway();
        member.close();
        broker.close();
    }

    private void closeGateway() {
        MemberProcess started = gateway;
        if (started != null) {
            started.close();
        }
    }

    /** Reads what earlier demos left in the topic, so that this one's counts can be told from theirs. */
    private static Tally catchUp(HazelcastInstance grid, PipelineSpec pipeline, PrintWriter err)
            throws InterruptedException {
        err.println("sightline: reading what the broker still holds; --fresh would forget it");
        await(
                CATCHES_UP_WITHIN,
                "the member did not catch up with the broker",
                () -> StatusTable.read(grid, pipeline.name()).stream()
                        .anyMatch(row -> Long.valueOf(0).equals(row.get("lag_events"))));
        Tally tally = Tally.read(grid, pipeline);
        Tally next = later(grid, pipeline);
        while (!next.equals(tally)) {
            tally = next;
            next = later(grid, pipeline);
        }
        err.printf("sightline: %,d events of earlier demos are there again%n", tally.get("events"));
        return tally;
    }

    private static Tally later(HazelcastInstance grid, PipelineSpec pipeline) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(FRAME_MILLIS);
        return Tally.read(grid, pipeline);
    }

    private int live(
            PipelineSpec pipeline,
            SupervisedMember member,
            Broker broker,
            DemoFolder data,
            boolean resumed,
            PrintWriter err)
            throws IOException, InterruptedException {
        HazelcastInstance grid = member.awaitReady();
        Tally before = resumed ? catchUp(grid, pipeline, err) : Tally.NOTHING;
        Clock clock = Clock.systemUTC();
        Instant start = clock.instant().plusMillis(START_IN_MILLIS);
        Duration length = seconds == null ? Duration.ofDays(10_000) : Duration.ofSeconds(seconds);
        long count = FeedOptions.count(rate, RAMP_UP, length);
        SeededFeed feed =
                new SeededFeed(FeedOptions.live(start.toEpochMilli(), rate, count, start, RAMP_UP, Faults.all()));
        try (LatencyProbe probe =
                new LatencyProbe(broker.bootstrapServers(), pipeline, SAMPLES_A_SECOND, member::client, clock)) {
            Fleet fleet = Fleet.start(broker.bootstrapServers(), TOPIC, feed, clock);
            await(FIRST_ROW_WITHIN, "no row became visible", () -> hasRow(member.client(), pipeline));
            err.printf("sightline: first row visible %.1f s after the start%n", secondsSinceStart());
            gateway = startGateway(data);
            err.println("sightline: and soon in a browser: http://127.0.0.1:" + httpPort + "/");
            err.println("sightline: and over PostgreSQL's protocol: " + psql());
            if (!noBrowser) {
                PageOpener.open(httpPort);
            }
            DemoScreen screen =
                    new DemoScreen(err, pipeline, member, fleet, probe, start, memberPort, httpPort, this::psql);
            while (!fleet.isDone() && !stopping) {
                if (!broker.isAlive()) {
                    throw data.brokerEnded();
                }
                screen.show(clock.instant());
                TimeUnit.MILLISECONDS.sleep(FRAME_MILLIS);
            }
            if (stopping) {
                fleet.stop();
                return Sightline.DONE;
            }
            DemoVerdict verdict = DemoVerdict.await(pipeline, member, fleet.await(), before);
            DemoVerdict.Latency latency = DemoVerdict.Latency.of(probe, start, clock.instant());
            verdict.print(err, latency, length.toSeconds());
            if (json) {
                System.out.println(Json.object(verdict.fields(latency, length.toSeconds())));
            }
            return verdict.isExact() ? Sightline.DONE : Sightline.FAILED;
        }
    }

    /**
     * A process of its own, as where people use one: the garbage of a large result stops neither the cameras nor the probe
     * whose figures are shown, nor the member. It starts when the first row is there, so as not to take the member's
     * start its processor; it comes back to a member that died by itself, and ends with this process.
     */
    private MemberProcess startGateway(DemoFolder data) {
        return MemberProcess.start(
                "256m",
                List.of("-XX:+UseSerialGC", "-XX:-AlwaysPreTouch"),
                Map.of(),
                data.gatewayLog(),
                List.of(
                        "gateway",
                        "--address",
                        "127.0.0.1:" + memberPort,
                        "--pg-port",
                        String.valueOf(pgPort),
                        "--http-port",
                        String.valueOf(httpPort),
                        "--audit",
                        data.auditLog().toString()));
    }

    /** What reaches the gateway. */
    private String psql() {
        MemberProcess started = gateway;
        return started != null && started.isAlive()
                ? "psql -h 127.0.0.1 -p " + pgPort + " sightline"
                : "(the gateway has ended; data/demo/gateway.log says why)";
    }

    private static boolean hasRow(@Nullable HazelcastInstance grid, PipelineSpec pipeline) {
        if (grid == null) {
            return false;
        }
        try (SqlResult rows = grid.getSql().execute("SELECT 1 FROM " + pipeline.name() + " LIMIT 1")) {
            return rows.iterator().hasNext();
        } catch (HazelcastException | IllegalStateException e) {
            // The member died before its first row, and is coming back.
            return false;
        }
    }

    private static double secondsSinceStart() {
        return (System.currentTimeMillis()
                        - ManagementFactory.getRuntimeMXBean().getStartTime())
                / 1e3;
    }

    private static void await(Duration limit, String otherwise, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new Failure(Sightline.FAILED, otherwise + " within " + limit.toSeconds() + " s");
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }
}
