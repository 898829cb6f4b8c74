package io.sightline.cli;

import com.hazelcast.jet.Job;
import com.hazelcast.jet.core.JobStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Why a job does not run, in one line. */
final class JobFailure {
    private static final long LOOK_MILLIS = 100;

    private JobFailure() {}

    static String of(Job job) {
        try {
            if (job.getStatus() == JobStatus.SUSPENDED) {
                return innermost(job.getSuspensionCause().description());
            }
            if (job.getStatus() == JobStatus.FAILED) {
                if (job.isUserCancelled()) {
                    return "it was stopped";
                }
                job.getFuture().getNow(null);
            }
            return job.getStatus().name().toLowerCase(java.util.Locale.ROOT);
        } catch (RuntimeException e) {
            return Failure.of(e).message();
        }
    }

    /** The job's status, in capitals; a job that was cancelled is {@code STOPPED}, which Jet calls failed. */
    static String status(Job job) {
        JobStatus status = job.getStatus();
        return status == JobStatus.FAILED && job.isUserCancelled() ? "STOPPED" : status.name();
    }

    /** Waits until the job runs. */
    static void awaitRunning(Job job, Duration within) throws InterruptedException {
        await(job, status -> status == JobStatus.RUNNING || isOver(status), within);
        if (isOver(job.getStatus())) {
            throw new Failure(Sightline.FAILED, of(job));
        }
    }

    private static boolean isOver(JobStatus status) {
        return status == JobStatus.SUSPENDED || status.isTerminal();
    }

    /** Waits until the job has such a status. */
    static void await(Job job, Predicate<JobStatus> wanted, Duration within) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        while (!wanted.test(job.getStatus())) {
            if (System.nanoTime() > deadline) {
                throw new Failure(
                        Sightline.FAILED,
                        "the job is still " + job.getStatus() + " after " + within.toSeconds()
                                + " s; `sightline jobs` shows what becomes of it");
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    /** The message of the innermost cause in a printed stack trace; the text itself if it is none. */
    static String innermost(String description) {
        List<String> lines = description.lines().toList();
        // Jet's heading, which says nothing.
        boolean headed = lines.size() > 1 && lines.get(0).equals("Execution failure:");
        String found = lines.isEmpty() ? description : lines.get(headed ? 1 : 0);
        for (String line : lines) {
            if (line.startsWith("Caused by: ")) {
                found = line.substring("Caused by: ".length());
            }
        }
        int afterClass = found.indexOf(": ");
        boolean namesAClass = afterClass > 0 && found.substring(0, afterClass).matches("[\\w.$]+");
        return namesAClass ? found.substring(afterClass + 2) : found;
    }
}
