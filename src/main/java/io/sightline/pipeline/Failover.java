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
import io.sightline.rollup.imap.StateHandOver;
import io.sightline.spec.PipelineSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts pipelines again from their history whose job can go on no other way: its marks, its job snapshot, or all that Jet knew
 * of it were lost with more members at once than there are backups. Every member watches; of a cluster the oldest acts.
 *
 * <p>That a pipeline is to be started again is written down before its old job is ended, so that the next oldest goes on if this
 * one dies in between. A start that fails, as while the storage is away, is tried again.
 */
public final class Failover {
    private static final Logger LOG = LoggerFactory.getLogger(Failover.class);
    private static final long LOOK_SECONDS = 2;
    private static final long ENDS_WITHIN_SECONDS = 60;

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
    private final IMap<String, Long> submitted;
    private final IMap<String, Boolean> begun;

    /** How often in a row a submitted job that has not ended was not there. */
    private final Map<String, Integer> missed = new HashMap<>();

    private Failover(HazelcastInstance member) {
        this.member = member;
        this.submitted = member.getMap(GridNames.SUBMITTED);
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
        }
    }

    private void look() {
        try {
            Member oldest = member.getCluster().getMembers().iterator().next();
            if (oldest.localMember()) {
                member.<String, PipelineSpec>getMap(GridNames.PIPELINES).forEach(this::look);
            }
        } catch (HazelcastInstanceNotActiveException e) {
            // The member is on its way down, and another one is the oldest.
        } catch (RuntimeException e) {
            LOG.warn("the pipelines cannot be looked at now", e);
        }
    }

    private void look(String name, PipelineSpec spec) {
        if (spec.history() == null) {
            return;
        }
        Job job = member.getJet().getJob(name);
        if (job == null || job.getStatus().isTerminal()) {
            if (isMissing(name, job)) {
                begun.set(name, true);
            }
        } else {
            missed.remove(name);
            if (isLost(job)) {
                begun.set(name, true);
            }
        }
        if (begun.containsKey(name)) {
            startAgain(name, spec, job);
        }
    }

    /** Whether a job has gone without an end: there is nothing of its name, or what is there is an earlier one. */
    private boolean isMissing(String name, @Nullable Job ended) {
        Long id = submitted.get(name);
        if (id == null) {
            return false;
        }
        if (ended != null && ended.getId() == id) {
            submitted.delete(name);
            return false;
        }
        return missed.merge(name, 1, Integer::sum) >= LOOKS;
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

    private void startAgain(String name, PipelineSpec spec, @Nullable Job job) {
        try {
            if (job != null && !job.getStatus().isTerminal()) {
                if (job.getStatus() != JobStatus.SUSPENDED) {
                    // Somebody was faster.
                    begun.delete(name);
                    return;
                }
                LOG.atWarn()
                        .addKeyValue("pipeline", name)
                        .log("a pipeline has lost what it needs to go on, and starts again from its history");
                job.cancel();
                job.getFuture().get(ENDS_WITHIN_SECONDS, TimeUnit.SECONDS);
            }
        } catch (CancellationException | ExecutionException e) {
            // It has ended.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        } catch (TimeoutException e) {
            LOG.atWarn().addKeyValue("pipeline", name).log("the job of a pipeline does not end; trying again");
            return;
        }
        try {
            PipelineJob.submit(member, spec);
            begun.delete(name);
            LOG.atInfo().addKeyValue("pipeline", name).log("a pipeline goes on from its history");
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("pipeline", name)
                    .addKeyValue("why", e.getMessage())
                    .log("a pipeline cannot be started from its history now, trying again");
        }
    }
}
