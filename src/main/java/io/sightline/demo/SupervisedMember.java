package io.sightline.demo;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.Job;
import com.hazelcast.jet.core.JobStatus;
import io.sightline.grid.GridClient;
import io.sightline.pipeline.PipelineJob;
import io.sightline.spec.PipelineSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A grid of one member in a process of its own that runs one pipeline, and comes back when it dies. With its member the grid
 * loses all it holds; the new one goes on from the history, or without one from the topic's beginning, and ends up where the
 * old one would have.
 *
 * <p>It gives up when the member has died {@value #DEATHS_IN_A_ROW} times, each within a minute of its start: what kills
 * it then will kill the next one.
 */
public final class SupervisedMember implements AutoCloseable {
    /** Options for a JVM that serves while it works, with short pauses; the launcher has the same and says why. */
    public static final List<String> SHORT_PAUSES = List.of(
            "-XX:+UseG1GC",
            "-XX:MaxGCPauseMillis=30",
            "-XX:G1RSetUpdatingPauseTimePercent=40",
            "-XX:InitiatingHeapOccupancyPercent=60",
            "-XX:G1HeapWastePercent=10",
            "-XX:G1MixedGCCountTarget=64");

    private static final int DEATHS_IN_A_ROW = 3;
    private static final Duration LIVED = Duration.ofMinutes(1);
    private static final Duration READY_WITHIN = Duration.ofSeconds(90);
    private static final long LOOK_MILLIS = 20;

    private final Settings settings;
    private final Thread supervisor = new Thread(this::supervise, "supervises-member");
    private volatile MemberProcess process;
    private volatile @Nullable HazelcastInstance client;
    private volatile @Nullable RuntimeException failure;
    private volatile boolean closing;
    private final AtomicInteger restarts = new AtomicInteger();

    /**
     * What is run and how.
     *
     * @param heap as {@code -Xmx} takes it
     * @param jvmOptions further options of the member's JVM
     * @param log where the member's outputs go
     */
    public record Settings(
            String clusterName, int port, String heap, List<String> jvmOptions, Path log, PipelineSpec pipeline) {
        /** Where clients reach it. */
        public String address() {
            return "127.0.0.1:" + port;
        }
    }

    private SupervisedMember(Settings settings) {
        this.settings = settings;
        this.process = launch();
    }

    /** Starts the member's process and returns at once; {@link #awaitReady} waits for it. */
    public static SupervisedMember launch(Settings settings) {
        return new SupervisedMember(settings);
    }

    private MemberProcess launch() {
        return MemberProcess.start(
                settings.heap,
                settings.jvmOptions,
                // So that the same pipeline file, submitted by hand, reads the same broker.
                Map.of(
                        "KAFKA_BOOTSTRAP_SERVERS",
                        settings.pipeline.source().bootstrapServers().raw()),
                settings.log,
                List.of(
                        "member",
                        "--port",
                        String.valueOf(settings.port),
                        "--cluster-name",
                        settings.clusterName,
                        "--join",
                        settings.address()));
    }

    /**
     * Waits for the member, submits the pipeline and returns when its job runs. From then on the member is supervised.
     *
     * @return a client of the grid, of use until the member dies; see {@link #client}
     * @throws MemberException if the member does not become ready
     */
    public HazelcastInstance awaitReady() throws InterruptedException {
        HazelcastInstance connected = connectAndSubmit();
        supervisor.setDaemon(true);
        supervisor.start();
        return connected;
    }

    private HazelcastInstance connectAndSubmit() throws InterruptedException {
        HazelcastInstance connected = connect();
        try {
            Job job = PipelineJob.submit(connected, settings.pipeline);
            long deadline = System.nanoTime() + READY_WITHIN.toNanos();
            while (job.getStatus() != JobStatus.RUNNING) {
                if (!process.isAlive() || job.getStatus().isTerminal() || System.nanoTime() > deadline) {
                    throw MemberException.notReady(
                            settings.log, process.lastWords().orElse("it is " + job.getStatus()));
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
            client = connected;
            return connected;
        } catch (RuntimeException | InterruptedException e) {
            connected.shutdown();
            throw e;
        }
    }

    /** A client made before the member listens would spend seconds on waiting between its tries. */
    private HazelcastInstance connect() throws InterruptedException {
        long deadline = System.nanoTime() + READY_WITHIN.toNanos();
        while (!Ports.answers(settings.port)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw MemberException.notReady(settings.log, process.lastWords().orElse("it said nothing"));
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        return GridClient.connect(settings.clusterName, List.of(settings.address()), READY_WITHIN);
    }

    private void supervise() {
        int deaths = 0;
        try {
            while (!closing) {
                long started = System.nanoTime();
                int status = process.awaitEnd();
                if (closing) {
                    return;
                }
                deaths = System.nanoTime() - started > LIVED.toNanos() ? 1 : deaths + 1;
                disconnect();
                if (deaths == DEATHS_IN_A_ROW) {
                    failure = MemberException.diesAgainAndAgain(deaths, status, settings.heap, settings.log);
                    return;
                }
                restarts.incrementAndGet();
                process = launch();
                tryToBecomeReady();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What hinders it shows in the process, which is looked at next. */
    private void tryToBecomeReady() throws InterruptedException {
        try {
            connectAndSubmit();
        } catch (RuntimeException e) {
            if (process.isAlive()) {
                process.kill();
            }
        }
    }

    private void disconnect() {
        HazelcastInstance old = client;
        client = null;
        if (old != null) {
            old.shutdown();
        }
    }

    /**
     * A client of the grid; null while there is no grid.
     *
     * @throws MemberException once supervision has given up
     */
    public @Nullable HazelcastInstance client() {
        RuntimeException gaveUp = failure;
        if (gaveUp != null) {
            throw gaveUp;
        }
        return client;
    }

    /** The process that is the member now. */
    public MemberProcess process() {
        return process;
    }

    /** How often the member died and came back. */
    public int restarts() {
        return restarts.get();
    }

    @Override
    public void close() {
        closing = true;
        disconnect();
        process.close();
    }
}
