package io.sightline.cli;

import static java.util.Objects.requireNonNull;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.Job;
import com.hazelcast.jet.core.JobStatus;
import io.sightline.grid.Submission;
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

/** {@code sightline upgrade}: a running pipeline, replaced by a changed file of its. */
@Command(
        name = "upgrade",
        description = {
            "Replaces a running pipeline by a changed file of the same name: checks the file against the history, stops the job"
                    + " after a last commit, and starts the new one from there.",
            "Nothing is lost or counted twice; rows and rollups of the last minutes are rebuilt from the history.",
            "If it does not run, it is submitted; if it runs as the file says, nothing is done."
        },
        mixinStandardHelpOptions = true)
final class UpgradeCommand implements Callable<Integer> {
    private static final Duration STOPS_WITHIN = Duration.ofMinutes(2);

    @Parameters(paramLabel = "FILE", description = "The changed pipeline file.")
    private Path file = Path.of("");

    @Option(
            names = "--members",
            paramLabel = "N",
            defaultValue = "1",
            description = "Waits until the grid has so many members, as long as for the first one to answer"
                    + " (default: ${DEFAULT-VALUE}).")
    private int members = 1;

    @Mixin
    private GridOptions grid = new GridOptions();

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() throws InterruptedException {
        PipelineSpec spec = PipelineFile.load(file);
        PrintWriter err = requireNonNull(command).commandLine().getErr();
        HazelcastInstance client = grid.connect();
        try {
            grid.awaitMembers(client, members);
            Job running = Submission.job(client, spec.name());
            if (running != null && running.getStatus() == JobStatus.RUNNING && PipelineJob.isSubmitted(client, spec)) {
                err.println("sightline: pipeline " + spec.name() + " runs already as the file says; nothing to do");
                return Sightline.DONE;
            }
            PipelineJob.checkUpgrade(client, spec);
            if (running != null && !running.getStatus().isTerminal()) {
                StopCommand.stop(running, STOPS_WITHIN);
                err.println("sightline: pipeline " + spec.name() + " stopped after its last commit");
            }
            SubmitCommand.submit(client, client.getJet(), spec, false, err);
            return Sightline.DONE;
        } finally {
            client.shutdown();
        }
    }
}
