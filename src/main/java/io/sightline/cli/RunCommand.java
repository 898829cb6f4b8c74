package io.sightline.cli;

import static java.util.Objects.requireNonNull;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.Job;
import com.hazelcast.jet.core.JobStatus;
import io.sightline.gateway.server.GatewayServer;
import io.sightline.grid.MemberDoor;
import io.sightline.grid.Submission;
import io.sightline.pipeline.MemoryEstimate;
import io.sightline.pipeline.PipelineJob;
import io.sightline.spec.PipelineFile;
import io.sightline.spec.PipelineSpec;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sightline run}: member, job and gateway in one process. */
@Command(
        name = "run",
        description =
                "Runs a pipeline against an existing broker: member, job and gateway in one process, until Ctrl-C.",
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(10);
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);
    private static final long SUSPEND_SECONDS = 5;

    @Parameters(paramLabel = "FILE", description = "The pipeline file.")
    private Path file = Path.of("");

    @Mixin
    private MemberOptions options = new MemberOptions();

    @Mixin
    private GatewayOptions gatewayOptions = new GatewayOptions();

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() throws InterruptedException {
        PipelineSpec spec = PipelineFile.load(file);
        PrintWriter err = requireNonNull(command).commandLine().getErr();
        PipelineJob.checkReferences(spec);
        PipelineJob.checkSource(spec);
        try (MemberDoor door = options.openDoor(err)) {
            HazelcastInstance member = options.start();
            door.serve(member);
            run(member, spec, err);
        }
        return Sightline.DONE;
    }

    private void run(HazelcastInstance member, PipelineSpec spec, PrintWriter err) throws InterruptedException {
        GatewayServer gateway = gatewayOptions.startOrShutDown(member, err);
        try (Foreground foreground = new Foreground(member, () -> stop(gateway, member, spec))) {
            Job job = PipelineJob.submit(member, spec);
            MemoryEstimate.of(member, spec).lines().forEach(line -> err.println("sightline: " + line));
            err.println("sightline: pipeline " + spec.name()
                    + " runs; look: sightline sql \"SELECT * FROM pipeline_status\"; end it with Ctrl-C");
            watch(job, foreground, member, err);
        }
    }

    private static void watch(Job job, Foreground foreground, HazelcastInstance member, PrintWriter err)
            throws InterruptedException {
        long lastProgress = System.nanoTime();
        while (!foreground.awaitEnd(LOOK_INTERVAL)) {
            JobStatus status = job.getStatus();
            if (status == JobStatus.SUSPENDED) {
                throw new Failure(Sightline.FAILED, JobFailure.of(job));
            }
            if (status.isTerminal()) {
                throw new Failure(Sightline.FAILED, "the job ended: " + JobFailure.of(job));
            }
            if (System.nanoTime() - lastProgress > PROGRESS_INTERVAL.toNanos()) {
                lastProgress = System.nanoTime();
                StatusTable.line(member, job.getName()).ifPresent(err::println);
            }
        }
    }

    private static void stop(GatewayServer gateway, HazelcastInstance member, PipelineSpec spec) {
        gateway.close();
        suspend(member, spec);
    }

    private static void suspend(HazelcastInstance member, PipelineSpec spec) {
        Job job = Submission.job(member, spec.name());
        if (job != null && job.getStatus() == JobStatus.RUNNING) {
            job.suspend();
            for (long second = 0; second < 10 * SUSPEND_SECONDS && job.getStatus() != JobStatus.SUSPENDED; second++) {
                java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
        }
    }
}
