package io.sightline.cli;

import static java.util.Objects.requireNonNull;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.Job;
import com.hazelcast.jet.core.JobStatus;
import io.sightline.grid.GridNames;
import io.sightline.grid.Submission;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sightline stop}: a job of a running grid, ended. */
@Command(
        name = "stop",
        description =
                "Stops a pipeline: its job ends after a last snapshot. Its rows stay readable until they expire; a later"
                        + " submit goes on where its history ends or, without one, begins anew where the file's `start`"
                        + " says.",
        mixinStandardHelpOptions = true)
final class StopCommand implements Callable<Integer> {
    private static final Duration WITHIN = Duration.ofSeconds(30);

    @Parameters(paramLabel = "NAME", description = "The pipeline's name.")
    private String name = "";

    @Mixin
    private GridOptions grid = new GridOptions();

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() throws InterruptedException {
        HazelcastInstance client = grid.connect();
        try {
            // One that the grid is about to start again from its history may have no job just now.
            boolean startsAgain = client.getMap(GridNames.FAILOVERS).remove(name) != null;
            Job job = Submission.job(client, name);
            // Or one whose job is lost would be started again and again.
            Submission.all(client).delete(name);
            if (job != null && !job.getStatus().isTerminal()) {
                stop(job, WITHIN);
            } else if (!startsAgain) {
                throw new Failure(
                        Sightline.FAILED, "no pipeline `" + name + "` runs on this grid; `sightline jobs` lists them");
            }
            requireNonNull(command).commandLine().getErr().println("sightline: pipeline " + name + " stopped");
            return Sightline.DONE;
        } finally {
            client.shutdown();
        }
    }

    /** Suspends the job, which takes a last snapshot and with it a last commit, and ends it. */
    static void stop(Job job, Duration within) throws InterruptedException {
        if (job.getStatus() == JobStatus.RUNNING) {
            job.suspend();
            JobFailure.await(job, status -> status == JobStatus.SUSPENDED || status.isTerminal(), within);
        }
        job.cancel();
        JobFailure.await(job, JobStatus::isTerminal, within);
    }
}
