package io.sightline.cli;

import io.sightline.demo.MemberProcess;
import io.sightline.demo.Ports;
import java.io.IOException;
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

    private BenchGateway(MemberProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts it and returns when it listens.
     *
     * @param options of {@code sightline gateway}, beside those that lead to the grid
     */
    static BenchGateway start(BenchMember grid, List<String> options, Path log)
            throws IOException, InterruptedException {
        int port = Ports.free();
        List<String> arguments = new ArrayList<>(List.of(
                "gateway",
                "--address",
                grid.settings().address(),
                "--cluster-name",
                grid.settings().clusterName(),
                "--pg-port",
                String.valueOf(port),
                "--audit",
                Path.of("data", "bench-serve-audit.jsonl").toString()));
        arguments.addAll(options);
        MemberProcess process =
                MemberProcess.start(HEAP, List.of("-XX:+UseSerialGC"), Map.of(), log, List.copyOf(arguments));
        long deadline = System.nanoTime() + READY_WITHIN.toNanos();
        while (!Ports.answers(port)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                process.close();
                throw new Failure(Sightline.FAILED, "the gateway does not start; its log is " + log);
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        return new BenchGateway(process, port);
    }

    /** The port of its PostgreSQL door. */
    int port() {
        return port;
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
