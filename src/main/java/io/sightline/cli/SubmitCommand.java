package io.sightline.cli;

import static java.util.Objects.requireNonNull;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.JetService;
import com.hazelcast.jet.Job;
import io.sightline.pipeline.PipelineJob;
import io.sightline.spec.PipelineFile;
import io.sightline.spec.PipelineSpec;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sightline submit}: a pipeline onto a running grid. */
@Command(
        name = "submit",
        description = "Submits a pipeline to a running grid and returns when its job runs.",
        mixinStandardHelpOptions = true)
final class SubmitCommand implements Callable<Integer> {
    private static final Duration STARTS_WITHIN = Duration.ofSeconds(60);

    @Parameters(paramLabel = "FILE", description = "The pipeline file.")
    private Path file = Path.of("");

    @Option(
            names = "--take-over",
            description = "Write the history's table even if another grid does; that one stops at its next commit.")
    private boolean takeOver;

    @Mixin
    private GridOptions grid = new GridOptions();

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() throws InterruptedException {
        PipelineSpec spec = PipelineFile.load(file);
        HazelcastInstance client = grid.connect();
        try {
            submit(
                    client,
                    client.getJet(),
                    spec,
                    takeOver,
                    requireNonNull(command).commandLine().getErr());
            return Sightline.DONE;
        } finally {
            client.shutdown();
        }
    }

    /** Submits it, waits until its job runs and says so. */
    static void submit(HazelcastInstance client, JetService jobs, PipelineSpec spec, boolean takeOver, PrintWriter err)
            throws InterruptedException {
        Job job = PipelineJob.submit(client, jobs, spec, takeOver);
        // Asked through our own client: the other one may not know the exception that a job ended with.
        JobFailure.awaitRunning(requireNonNull(client.getJet().getJob(job.getId())), STARTS_WITHIN);
        err.println("sightline: pipeline " + spec.name() + " runs; `sightline status " + spec.name()
                + " --watch` shows how it is doing");
    }
}
