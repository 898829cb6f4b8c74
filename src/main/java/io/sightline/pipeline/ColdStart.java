package io.sightline.pipeline;

import static java.util.Objects.requireNonNull;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.Job;
import com.hazelcast.jet.config.JobConfig;
import com.hazelcast.jet.core.DAG;
import com.hazelcast.jet.core.Edge;
import com.hazelcast.jet.core.Vertex;
import com.hazelcast.jet.core.processor.Processors;
import io.sightline.dedupe.imap.DeduplicateP;
import io.sightline.event.Event;
import io.sightline.event.imap.BucketPartitioner;
import io.sightline.grid.GridNames;
import io.sightline.history.HistoryException;
import io.sightline.history.jet.HistoryTable;
import io.sightline.rollup.imap.RollupP;
import io.sightline.rollup.imap.StateHandOver;
import io.sightline.source.SourceException;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupSpec;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * Starts a pipeline from its history, where there is no job snapshot: at its first start, after the loss of all members or of
 * the marks, in a new grid, and when its file was changed.
 *
 * <ol>
 *   <li>{@link #plan}: the tables are claimed, so their vectors stand still, and the broker is asked what is unread: what
 *       comes from the least of them, N, on.
 *   <li>{@link #rebuild}: a batch job makes of the rows of the events' table what the first unread record may need: the marks of the
 *       horizon, and the accumulators of the windows still open. Exactly those, because the table holds exactly the
 *       originals below N, and each knows its source time and origin.
 *   <li>The pipeline's job starts, reads from N on, and is live.
 *   <li>{@link #refill}: another batch job puts the recent rows into the hot window, beside the job.
 * </ol>
 *
 * Each step may be done again after a death in its middle: marks are added only where they are missing, a hand-over of
 * accumulators replaces the one before, rows have the key of their origin.
 */
final class ColdStart {
    private static final String EXECUTOR = "sightline";

    private ColdStart() {}

    /**
     * Claims the tables, and finds what to read.
     *
     * @throws SourceException if the broker is away, or has another topic than the one that was read
     * @throws HistoryException if the table is another's or cannot be used
     * @throws SubmissionException if the table cannot be reached
     */
    static StartPlan plan(HazelcastInstance hazelcast, PipelineSpec spec, boolean takeOver) {
        return onMember(hazelcast, spec, new StartPlan.Task(spec, takeOver));
    }

    /**
     * Sees whether the pipeline's columns fit the tables, without claiming any.
     *
     * @throws HistoryException if they do not
     * @throws SubmissionException if the table cannot be reached
     */
    static void check(HazelcastInstance hazelcast, PipelineSpec spec) {
        onMember(hazelcast, spec, new StartPlan.Look(spec));
    }

    private static <T> T onMember(HazelcastInstance hazelcast, PipelineSpec spec, Callable<T> task) {
        try {
            return hazelcast.getExecutorService(EXECUTOR).submit(task).get();
        } catch (ExecutionException e) {
            Throwable cause = requireNonNull(e.getCause());
            if (cause instanceof RuntimeException refused) {
                throw refused;
            }
            throw SubmissionException.noTable(spec.name(), String.valueOf(cause.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw SubmissionException.interrupted(spec.name());
        }
    }

    /**
     * Rebuilds marks and accumulators, and returns when they are there.
     *
     * @throws SubmissionException if the table's rows cannot be read
     */
    static void rebuild(HazelcastInstance hazelcast, PipelineSpec spec, long incarnation, StartPlan plan) {
        DAG dag = new DAG();
        Vertex done = dag.newVertex("done", Processors.noopP());
        int arrivals = 0;

        Vertex recall = recall(dag, plan, StartPlan.MARKS);
        Vertex remember =
                dag.newVertex("remember", DeduplicateP.remembering(GridNames.marks(spec.name()), incarnation));
        dag.edge(Edge.from(recall)
                .to(remember)
                .partitioned(Event::idHigh, new BucketPartitioner())
                .distributed());
        for (int ordinal : List.of(DeduplicateP.ORIGINALS, DeduplicateP.DUPLICATES, DeduplicateP.COUNTS)) {
            dag.edge(Edge.from(remember, ordinal).to(done, arrivals++));
        }

        for (RollupSpec rollup : spec.rollups()) {
            Vertex rows = recall(dag, plan, StartPlan.rollup(rollup));
            Vertex rollups = dag.newVertex(
                    StartPlan.rollup(rollup),
                    RollupP.metaSupplier(
                            rollup,
                            spec,
                            GridNames.rollup(rollup.name()),
                            PipelineMaps.ACCUMULATORS,
                            StateHandOver.giving(GridNames.rebuiltRollup(rollup.name()), plan.oldestUnreadMicros())));
            dag.edge(Edge.from(rows)
                    .to(rollups)
                    .partitioned(RollupP.groupHash(rollup, spec), new BucketPartitioner())
                    .distributed());
            dag.edge(Edge.from(rollups).to(done, arrivals++));
        }
        try {
            hazelcast
                    .getJet()
                    .newJob(dag, new JobConfig().setName(rebuildName(spec)))
                    .join();
        } catch (CompletionException e) {
            throw SubmissionException.noTable(spec.name(), String.valueOf(e.getCause()));
        }
    }

    /** Begins to fill the hot window with what it held, and does not wait. */
    static Job refill(HazelcastInstance hazelcast, PipelineSpec spec, StartPlan plan) {
        DAG dag = new DAG();
        Vertex recall = recall(dag, plan, StartPlan.HOT_WINDOW);
        Vertex hotWindow = dag.newVertex(
                "hot-window", HotRows.writer(spec, spec.hotWindow().keep()));
        dag.edge(Edge.between(recall, hotWindow));
        dag.edge(Edge.between(hotWindow, dag.newVertex("done", Processors.noopP())));
        return hazelcast.getJet().newJob(dag, new JobConfig().setName(refillName(spec)));
    }

    /** Ends what an earlier start of this pipeline may have left running. */
    static void cancelEarlier(HazelcastInstance hazelcast, PipelineSpec spec) {
        for (String name : List.of(rebuildName(spec), refillName(spec))) {
            for (Job job : hazelcast.getJet().getJobs(name)) {
                if (!job.getStatus().isTerminal()) {
                    job.cancel();
                }
            }
        }
    }

    private static String rebuildName(PipelineSpec spec) {
        return spec.name() + "-rebuild";
    }

    private static String refillName(PipelineSpec spec) {
        return spec.name() + "-refill";
    }

    private static Vertex recall(DAG dag, StartPlan plan, String what) {
        Recall recall = plan.recalls().get(what);
        if (recall == null) {
            throw new IllegalArgumentException("nothing to recall for " + what);
        }
        return dag.newVertex("recall-" + what, RecallP.metaSupplier(HistoryTable.ofEvents(plan.spec()), recall));
    }
}
