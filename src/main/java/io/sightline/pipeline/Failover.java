package io.sightline.pipeline;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.jet.Job;
import com.hazelcast.jet.core.JobNotFoundException;
import com.hazelcast.jet.core.JobStatus;
import com.hazelcast.jet.core.JobSuspensionCause;
import com.hazelcast.map.IMap;
import io.sightline.dedupe.imap.DeduplicateP;
import io.sightline.grid.GridNames;
import io.sightline.grid.Submission;
import io.sightline.rollup.imap.StateHandOver;
import io.sightline.spec.PipelineSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts pipelines again from their history whose job can go on no other way: its marks, its job snapshot, or all that Jet knew
 * of it were lost with more members at once than there are backups. Every member watches; of a cluster the oldest acts, and a
 * part of one does not where a majority is needed.
 *
 * <p>That a pipeline is to be started again is written down before its old job is ended, so that the next oldest goes on if this
 * one dies in between. A start that fails, as while the storage is away, is tried again.
 */
public final class Failover {
    private static final Logger LOG = LoggerFactory.getLogger(Failover.class);
    private static final long LOOK_SECONDS = 2;

    /** Between two tries: each claims the tables anew. */
    private static final long PAUSE_SECONDS = 10;

    private static final Future<?> NONE = CompletableFuture.completedFuture(null);

    /** So often in a row a job is not there before it is taken for lost. */
    private static final int LOOKS = 5;

    /** How the reasons read that no restart of the job helps against, and a start from the history does. */
    private static final List<String> LOST = List.of(
            DeduplicateP.MARKS_LOST,
            StateHandOver.LOST,
            // Jet's record of the job is gone, and the member that coordinates it has it in memory.
            JobNotFoundException.class.getName(),
            // Jet's own, of a job snapshot: the entry that says what it holds is gone, or others are, or it is
            // another's.
            "is damaged. Unable to restore the state",
            "is corrupted: it should have",
            "was supposed to contain snapshotId");

    private final HazelcastInstance member;
    private final IMap<String, Submission> submissions;
    private final IMap<String, Boolean> begun;

    /** Starts that are on their way, by pipeline: each may wait for a storage or a broker of its own. */
    private final Map<String, Future<?>> starts = new HashMap<>();

    private final ExecutorService starting = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "sightline-failover-start");
        thread.setDaemon(true);
        return thread;
    });

    /** How often in a row a submitted job that has not ended was not there. */
    private final Map<String, Integer> missed = new HashMap<>();

    private Failover(HazelcastInstance member) {
        this.member = member;
        this.submissions = Submission.all(member);
        this.begun = member.getMap(GridNames.FAILOVERS);
    }

    /** Watches from now on until the member shuts down, on a thread of its own. */
    public static void watch(HazelcastInstance member) {
        Failover failover = new Failover(member);
        Thread thread = new Thread(failover::lookAgainAndAgain, "sightline-failover");
        thread.setDaemon(true);
        thread.start();
    }

    private void lookAgainAndAgain() {
        try {
            while (member.getLifecycleService().isRunning()) {
                TimeUnit.SECONDS.sleep(LOOK_SECONDS);
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            starting.shutdownNow();
        }
    }

    private void look() {
        try {
            Member oldest = member.getCluster().getMembers().iterator().next();
            if (oldest.localMember()) {
                member.<String, PipelineSpec>getMap(GridNames.PIPELINES).forEach(this::lookAt);
            }
        } catch (HazelcastInstanceNotActiveException e) {
            // The member is on its way down, and another one is the oldest.
        } catch (RuntimeException e) {
            LOG.warn("the pipelines cannot be looked at now", e);
        }
    }

    private void lookAt(String name, PipelineSpec spec) {
        try {
            look(name, spec);
        } catch (HazelcastInstanceNotActiveException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.atWarn().addKeyValue("pipeline", name).setCause(e).log("a pipeline cannot be looked at now");
        }
    }

    private void look(String name, PipelineSpec spec) {
        Job job = Submission.job(member, name);
        boolean lost = (job == null || job.getStatus().isTerminal()) ? isMissing(name, job) : cannotGoOn(name, job);
        if (lost && spec.history() != null) {
            begun.set(name, true);
        }
        if (begun.containsKey(name) && starts.getOrDefault(name, NONE).isDone()) {
            Submission last = submissions.get(name);
            int members = last == null ? 1 : last.members();
            starts.put(name, starting.submit(() -> startAgain(name, spec, members)));
        }
    }

    /** Whether a job has gone without an end: there is nothing of its name, or what is there is an earlier one. */
    private boolean isMissing(String name, @Nullable Job ended) {
        Submission last = submissions.get(name);
        if (last == null || (ended != null && ended.getId() == last.jobId())) {
            missed.remove(name);
            if (last != null) {
                submissions.remove(name, last);
            }
            return false;
        }
        return last.isDecidedBy(members()) && missed.merge(name, 1, Integer::sum) >= LOOKS;
    }

    /** Whether a job that has not ended is lost. It is written down where who submitted it died before that. */
    private boolean cannotGoOn(String name, Job job) {
        missed.remove(name);
        Submission last = submissions.get(name);
        if (last == null || last.jobId() != job.getId()) {
            submissions.set(name, new Submission(job.getId(), members()));
        }
        return isLost(job);
    }

    private int members() {
        return member.getCluster().getMembers().size();
    }

    /** Whether a job is suspended for want of something that a start from the history makes anew. */
    static boolean isLost(Job job) {
        if (job.getStatus() != JobStatus.SUSPENDED) {
            return false;
        }
        try {
            JobSuspensionCause why = job.getSuspensionCause();
            return why.dueToError() && LOST.stream().anyMatch(why.errorCause()::contains);
        } catch (IllegalStateException e) {
            // It has been resumed since.
            return false;
        }
    }

    private void startAgain(String name, PipelineSpec spec, int members) {
        try {
            Job job = Submission.job(member, name);
            if (job != null && !job.getStatus().isTerminal()) {
                if (job.getStatus() != JobStatus.SUSPENDED) {
                    // Somebody was faster.
                    begun.delete(name);
                    return;
                }
                LOG.atWarn()
                        .addKeyValue("pipeline", name)
                        .log("a pipeline has lost what it needs to go on, and starts again from its history");
                ColdStart.end(job);
            }
            Job started = PipelineJob.submitAgain(member, spec, members);
            if (begun.remove(name) == null) {
                // It was stopped meanwhile.
                started.cancel();
                return;
            }
            LOG.atInfo().addKeyValue("pipeline", name).log("a pipeline goes on from its history");
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("pipeline", name)
                    .addKeyValue("why", e.getMessage())
                    .log("a pipeline cannot be started from its history now, trying again");
            pause();
        }
    }

    private static void pause() {
        try {
            TimeUnit.SECONDS.sleep(PAUSE_SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
