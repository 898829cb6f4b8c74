package io.sightline.cli;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.sightline.grid.GridClient;
import io.sightline.spec.PipelineFile;
import io.sightline.spec.PipelineSpec;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * What {@code hz-cli submit sightline-job.jar FILE} does: the same as {@code sightline submit FILE}. Two connections to the
 * grid: the pipeline's maps are made through one of our own, because hz-cli's does not know our types; the job is handed
 * over through hz-cli's, which then watches it start.
 */
final class HzCliSubmission {
    private HzCliSubmission() {}

    /** Submits, says what became of it on stderr, and gives the exit status. */
    static int submit(String... arguments) {
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        try {
            // Without one, what follows would start a member of its own.
            if (arguments.length != 1
                    || HazelcastClient.getAllHazelcastClients().isEmpty()) {
                throw new Failure(Sightline.BAD_USAGE, "usage: hz-cli submit sightline-job.jar FILE");
            }
            submit(PipelineFile.load(Path.of(arguments[0])), Hazelcast.bootstrappedInstance(), err);
            return Sightline.DONE;
        } catch (RuntimeException e) {
            Failure failure = Failure.of(e);
            err.println("sightline: " + failure.message());
            return failure.exitStatus();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Sightline.FAILED;
        }
    }

    private static void submit(PipelineSpec spec, HazelcastInstance theirs, PrintWriter err)
            throws InterruptedException {
        HazelcastInstance ours = GridClient.like(theirs);
        try {
            SubmitCommand.submit(ours, theirs.getJet(), spec, false, err);
        } finally {
            ours.shutdown();
        }
    }
}
