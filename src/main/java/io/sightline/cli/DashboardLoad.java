package io.sightline.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Dashboards that are looked at: each has a connection of its own and refreshes every panel once a second. Panels are due
 * evenly over the second, and dashboards begin evenly over it, so that each is on its own. Latency counts from when a panel was due,
 * so what the door keeps waiting is measured; a panel more than a second late is missed, as a browser that still waits
 * for the last answer does not ask again.
 */
final class DashboardLoad {
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private DashboardLoad() {}

    /**
     * What the dashboards saw.
     *
     * @param latencies in milliseconds, ascending, of panels that were answered
     * @param missed panels that were not asked for
     * @param failed panels that were refused or broke
     * @param failure what the first of those was told; null if there is none
     */
    record Result(
            double[] latencies,
            long missed,
            long failed,
            @Nullable String failure) {
        private static Result of(List<Result> parts) {
            return new Result(
                    parts.stream()
                            .flatMapToDouble(part -> Arrays.stream(part.latencies))
                            .sorted()
                            .toArray(),
                    parts.stream().mapToLong(Result::missed).sum(),
                    parts.stream().mapToLong(Result::failed).sum(),
                    parts.stream()
                            .map(Result::failure)
                            .flatMap(Stream::ofNullable)
                            .findFirst()
                            .orElse(null));
        }
    }

    /**
     * Looks at dashboards for a while.
     *
     * @param port of a PostgreSQL door on this machine
     * @param panels the statements of one dashboard; all have the same
     */
    static Result run(int port, int dashboards, List<String> panels, Duration length) throws InterruptedException {
        ExecutorService viewers = Executors.newFixedThreadPool(dashboards);
        long start = System.nanoTime() + SECOND_NANOS;
        try {
            List<Future<Result>> running = new ArrayList<>();
            for (int i = 0; i < dashboards; i++) {
                long first = start + i * SECOND_NANOS / dashboards;
                running.add(viewers.submit(() -> look(port, panels, first, first + length.toNanos())));
            }
            List<Result> parts = new ArrayList<>();
            for (Future<Result> part : running) {
                parts.add(part.get());
            }
            return Result.of(parts);
        } catch (ExecutionException e) {
            throw new Failure(Sightline.FAILED, "a dashboard cannot reach the gateway: " + e.getCause(), e);
        } finally {
            viewers.shutdownNow();
        }
    }

    private static Result look(int port, List<String> panels, long start, long end) throws IOException {
        List<Double> latencies = new ArrayList<>();
        long missed = 0;
        long failed = 0;
        String failure = null;
        try (PgClient door = new PgClient(port, "dashboard", "sightline")) {
            long share = SECOND_NANOS / panels.size();
            int panel = 0;
            for (long due = start; due - end < 0; due += share) {
                String statement = panels.get(panel++ % panels.size());
                if (System.nanoTime() - due > SECOND_NANOS) {
                    missed++;
                    continue;
                }
                for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                try {
                    door.query(statement);
                    latencies.add((System.nanoTime() - due) / 1e6);
                } catch (PgClient.RefusedException e) {
                    failed++;
                    failure = failure == null ? e.getMessage() : failure;
                }
            }
        }
        return new Result(latencies.stream().mapToDouble(Double::doubleValue).toArray(), missed, failed, failure);
    }
}
