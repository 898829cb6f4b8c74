package io.sightline.cli;

import io.sightline.demo.MemberProcess;
import io.sightline.demo.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A gateway that a benchmark measures, in a process of its own. */
final class BenchGateway implements AutoCloseable {
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);
    private static final long LOOK_MILLIS = 50;
    private static final String HEAP = "512m";

    private final MemberProcess process;
    private final int port;
    private final int httpPort;

    private BenchGateway(MemberProcess process, int port, int httpPort) {
        this.process = process;
        this.port = port;
        this.httpPort = httpPort;
    }

    /**
     * Starts it and returns when it listens.
     *
     * @param options of {@code sightline gateway}, beside those that lead to the grid
     */
    static BenchGateway start(BenchMember grid, List<String> options, Path log)
            throws IOException, InterruptedException {
        int port = Ports.free();
        int httpPort = Ports.free();
        List<String> arguments = new ArrayList<>(List.of(
                "gateway",
                "--address",
                grid.settings().address(),
                "--cluster-name",
                grid.settings().clusterName(),
                "--pg-port",
                String.valueOf(port),
                "--http-port",
                String.valueOf(httpPort),
                "--audit",
                Path.of("data", "bench-serve-audit.jsonl").toString()));
        arguments.addAll(options);
        MemberProcess process =
                MemberProcess.start(HEAP, List.of("-XX:+UseSerialGC"), Map.of(), log, List.copyOf(arguments));
        long deadline = System.nanoTime() + READY_WITHIN.toNanos();
        while (!Ports.answers(port) || !Ports.answers(httpPort)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                process.close();
                throw new Failure(Sightline.FAILED, "the gateway does not start; its log is " + log);
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        return new BenchGateway(process, port, httpPort);
    }

    /** The port of its PostgreSQL door. */
    int port() {
        return port;
    }

    /** Its HTTP door. */
    URI http() {
        return URI.create("http://127.0.0.1:" + httpPort);
    }

    /** CPU time it has used so far. */
    Duration cpu() {
        return process.cpuTime().orElse(Duration.ZERO);
    }

    @Override
    public void close() {
        process.close();
    }
}
