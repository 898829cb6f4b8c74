package io.sightline.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sightline bench}: the benchmarks. */
@Command(
        name = "bench",
        description = "Measures the pipeline on this machine.",
        subcommands = {DrainBench.class, LatencyBench.class, ServeBench.class, HistoryBench.class},
        mixinStandardHelpOptions = true)
final class BenchCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec command;

    @Override
    public void run() {
        throw new ParameterException(
                Objects.requireNonNull(command).commandLine(),
                "which benchmark? There are: drain, latency, serve, history");
    }
}
