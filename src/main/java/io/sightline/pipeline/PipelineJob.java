package io.sightline.pipeline;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.function.FunctionEx;
import com.hazelcast.jet.JetService;
import com.hazelcast.jet.Job;
import com.hazelcast.jet.config.JobConfig;
import com.hazelcast.jet.config.ProcessingGuarantee;
import io.sightline.dedupe.Rule;
import io.sightline.enrich.ReferenceException;
import io.sightline.enrich.ReferenceLayout;
import io.sightline.enrich.ReferenceLimits;
import io.sightline.enrich.ReferenceWatch;
import io.sightline.grid.GridNames;
import io.sightline.grid.Relation;
import io.sightline.grid.SqlCatalog;
import io.sightline.grid.Submission;
import io.sightline.history.delta.TableFolder;
import io.sightline.history.jet.HistoryTable;
import io.sightline.source.KafkaEndOffsets;
import io.sightline.source.KafkaSource;
import io.sightline.source.SourceException;
import io.sightline.spec.EnrichSpec;
import io.sightline.spec.Environment;
import io.sightline.spec.HistorySpec;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.Setting;
import io.sightline.spec.SourceSpec;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Submits a pipeline as a job of a running grid. */
public final class PipelineJob {
    /** A job snapshot is taken this often without a history: so much at most is replayed after a failure. */
    private static final Duration SNAPSHOT_INTERVAL = Duration.ofSeconds(2);

    /** What a setting stands for on the member that asks. */
    static final FunctionEx<Setting, String> RESOLVE_ON_MEMBER =
            setting -> setting.resolve(Environment.ofThisProcess());

    private PipelineJob() {}

    /**
     * Sees whether this process reaches the source, as a member will: a clear error before a job is made.
     *
     * @throws SourceException if the broker does not answer, refuses, or has no such topic
     */
    public static void checkSource(PipelineSpec spec) {
        KafkaSource.check(spec.source(), RESOLVE_ON_MEMBER);
    }

    /**
     * Sees whether the reference data can be used as this process sees it: a clear error before a job is made.
     *
     * @throws ReferenceException if files are missing, unreadable or wrong; the message names the rows
     */
    public static void checkReferences(PipelineSpec spec) {
        for (EnrichSpec reference : spec.enrich()) {
            ReferenceWatch files = new ReferenceWatch(
                    ReferenceLayout.of(reference, spec.event().schema()),
                    ReferenceLocation.of(spec, reference),
                    ReferenceLimits.DEFAULT);
            if (files.load() instanceof ReferenceWatch.Outcome.Refused refused) {
                throw refused.cause();
            }
        }
    }

    /**
     * Sees whether the pipeline's columns fit the tables of its history, as this process sees those.
     *
     * @throws IOException if their storage does not answer
     * @throws io.sightline.history.HistoryException if they do not fit
     */
    public static void checkHistory(PipelineSpec spec) throws IOException {
        new StartPlan.Look(spec).call();
    }

    /**
     * Where the tables of a pipeline's history are, besides that of its events: those of them that have been begun.
     *
     * @throws IOException if the storage does not answer
     */
    public static List<TableFolder> tablesBesideEvents(PipelineSpec spec) throws IOException {
        List<TableFolder> folders = new ArrayList<>();
        for (HistoryTable table : HistoryBranch.tables(spec)) {
            if (!table.isOfEvents() && table.log().read().fence() != null) {
                folders.add(table.folder());
            }
        }
        return folders;
    }

    /**
     * Submits a pipeline that does not run yet. Without a history it begins without progress, where the file's {@code start}
     * says; with one it goes on where the table ends ({@link ColdStart}). What an earlier job of this name left in the grid
     * is cleared, but for dead letters that are not read again.
     *
     * @param hazelcast a member or a client
     * @throws SubmissionException if it cannot be submitted as things are
     */
    public static Job submit(HazelcastInstance hazelcast, PipelineSpec spec) {
        return submit(hazelcast, hazelcast.getJet(), spec, false);
    }

    /**
     * The same, with the job handed over through another connection to the same grid.
     *
     * @param jobs takes the job, and may know none of our classes: it is what {@code hz-cli submit} watches
     * @param takeOver whether the history's table may be taken from another grid that writes it
     */
    public static Job submit(HazelcastInstance hazelcast, JetService jobs, PipelineSpec spec, boolean takeOver) {
        return submit(hazelcast, jobs, spec, takeOver, Rule.ORIGIN, 1);
    }

    /**
     * Submits one again that the grid has lost.
     *
     * @param members so many the grid had when it was submitted before
     */
    static Job submitAgain(HazelcastInstance hazelcast, PipelineSpec spec, int members) {
        return submit(hazelcast, hazelcast.getJet(), spec, false, Rule.ORIGIN, members);
    }

    /** The same with another rule of deduplication, for the test that proves what the right one is for. */
    static Job submit(HazelcastInstance hazelcast, PipelineSpec spec, Rule rule) {
        return submit(hazelcast, hazelcast.getJet(), spec, false, rule, 1);
    }

    private static Job submit(
            HazelcastInstance hazelcast,
            JetService jobs,
            PipelineSpec spec,
            boolean takeOver,
            Rule rule,
            int membersBefore) {
        refuseIfRunning(hazelcast, spec);
        refuseIfNamesAreTaken(hazelcast, spec);
        ColdStart.cancelEarlier(hazelcast, spec);
        StartPlan plan = spec.history() == null ? null : ColdStart.plan(hazelcast, spec, takeOver);
        PipelineMaps.prepare(hazelcast, spec);
        // Before the relations: a member that joins meanwhile makes those of the file that is here.
        hazelcast.<String, PipelineSpec>getMap(GridNames.PIPELINES).set(spec.name(), spec);
        SqlCatalog.create(hazelcast, Relations.of(spec));
        long incarnation = PipelineMaps.createMarks(hazelcast, spec);
        if (plan != null && plan.goesOn()) {
            ColdStart.rebuild(hazelcast, spec, incarnation, plan);
            // Before the job: once that is there, nobody would know that it is missing.
            ColdStart.refill(hazelcast, spec, plan);
        }
        int members =
                Math.max(membersBefore, hazelcast.getCluster().getMembers().size());
        Job job = jobs.newJob(Topology.of(spec, incarnation, ends(spec, plan), rule), config(spec, members));
        Submission.all(hazelcast).set(spec.name(), new Submission(job.getId(), members));
        return job;
    }

    /**
     * Whether what was last submitted under the pipeline's name is the same in every setting.
     *
     * @param hazelcast a member or a client
     */
    public static boolean isSubmitted(HazelcastInstance hazelcast, PipelineSpec spec) {
        return spec.equals(
                hazelcast.<String, PipelineSpec>getMap(GridNames.PIPELINES).get(spec.name()));
    }

    /**
     * Sees whether a running pipeline may be replaced by this one, before anything is stopped.
     *
     * @param hazelcast a member or a client
     * @throws SubmissionException if it has no history to go on from, or the grid has maps of its names with other settings
     * @throws io.sightline.history.HistoryException if its columns do not fit the table
     * @throws io.sightline.source.SourceException if the topic cannot be read
     * @throws ReferenceException if reference data cannot be used
     */
    public static void checkUpgrade(HazelcastInstance hazelcast, PipelineSpec spec) {
        if (spec.history() == null) {
            throw SubmissionException.noHistory(spec.name());
        }
        refuseIfNamesAreTaken(hazelcast, spec);
        ColdStart.check(hazelcast, spec);
        PipelineMaps.configure(hazelcast, spec);
    }

    private static Topology.Ends ends(PipelineSpec spec, @Nullable StartPlan plan) {
        SourceSpec source = spec.source();
        String name = spec.name();
        return new Topology.Ends(
                KafkaSource.metaSupplier(
                        source,
                        RESOLVE_ON_MEMBER,
                        plan == null ? null : plan.next(),
                        (hazelcast, firstOffsets) -> DeadLetterRows.forgetReadAgain(hazelcast, name, firstOffsets)),
                KafkaSource.LOCAL_PARALLELISM,
                true,
                () -> KafkaEndOffsets.start(source, RESOLVE_ON_MEMBER, Clock.systemUTC()),
                HotRows.writer(spec, spec.hotWindow().keep()),
                plan);
    }

    private static JobConfig config(PipelineSpec spec, int members) {
        return new CodelessJobConfig(spec.name())
                .setProcessingGuarantee(ProcessingGuarantee.EXACTLY_ONCE)
                .setSnapshotIntervalMillis(snapshotInterval(spec).toMillis())
                // A job that fails keeps its snapshot: mend the cause, then resume.
                .setSuspendOnFailure(true)
                .setSplitBrainProtection(Submission.needsMajority(members));
    }

    /** Each job snapshot of a pipeline with a history is a commit of its table. */
    private static Duration snapshotInterval(PipelineSpec spec) {
        HistorySpec history = spec.history();
        return history == null ? SNAPSHOT_INTERVAL : history.commitEvery();
    }

    private static void refuseIfRunning(HazelcastInstance hazelcast, PipelineSpec spec) {
        Job job = Submission.job(hazelcast, spec.name());
        if (job != null && !job.getStatus().isTerminal()) {
            throw SubmissionException.runsAlready(spec.name());
        }
    }

    /** Two pipelines may share reference data only if both declare it alike; no other name may be shared. */
    private static void refuseIfNamesAreTaken(HazelcastInstance hazelcast, PipelineSpec spec) {
        Map<String, PipelineSpec> others = hazelcast.getMap(GridNames.PIPELINES);
        others.forEach((name, other) -> {
            Job job = Submission.job(hazelcast, name);
            if (name.equals(spec.name()) || job == null || job.getStatus().isTerminal()) {
                return;
            }
            Set<String> taken = Relations.of(other).stream().map(Relation::view).collect(Collectors.toSet());
            for (Relation relation : Relations.of(spec)) {
                boolean alike = spec.enrich().stream()
                        .anyMatch(reference -> reference.reference().equals(relation.view())
                                && other.enrich().contains(reference));
                if (taken.contains(relation.view()) && !alike) {
                    throw SubmissionException.nameTaken(relation.view(), name);
                }
            }
        });
    }
}
