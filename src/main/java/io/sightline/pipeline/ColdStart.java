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
import io.sightline.rollup.Partial;
import io.sightline.rollup.imap.RollupP;
import io.sightline.rollup.imap.StateHandOver;
import io.sightline.source.SourceException;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupSpec;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Starts a pipeline from its history, where there is no job snapshot: at its first start, after the loss of all members or of
 * the marks, in a new grid, and when its file was changed.
 *
 * <ol>
 *   <li>{@link #plan}: the tables are claimed, so their vectors stand still, and the broker is asked what is unread: what
 *       comes from the least of them, N, on.
 *   <li>{@link #rebuild}: a batch job makes of the tables' rows what the first unread record may need: the marks of the
 *       horizon, and the accumulators of the windows still open. Exactly those, because a table holds exactly what came of
 *       the records below its vector: accumulators come from the parts in the rollup's table if its vector is N and its
 *       parts are all there ({@link PartsCoverage}), else from the events below N.
 *   <li>{@link #refill}: another batch job, which nobody waits for, puts the recent events into the hot window, and what is kept
 *       of closed windows and of dead letters in their places.
 *   <li>The pipeline's job starts, reads from N on, and is live.
 * </ol>
 *
 * Each step may be done again after a death in its middle: marks are added only where they are missing, a hand-over of
 * accumulators replaces the one before, rows have the key of their origin.
 */
final class ColdStart {
    private static final String EXECUTOR = "sightline";
    private static final long ENDS_WITHIN_SECONDS = 60;

    private ColdStart() {}

    /**
     * Claims the tables, and finds what to read.
     *
     * @throws SourceException if the broker is away, or has another topic than the one that was read
     * @throws HistoryException if the table is another's or cannot be used
     * @throws SubmissionException if the table cannot be reached
     */
    static StartPlan plan(HazelcastInstance hazelcast, PipelineSpec spec, boolean takeOver) {
        return onMember(hazelcast, spec, new PlanStart(spec, takeOver));
    }

    /**
     * Sees whether a start would find all it needs, without claiming any table.
     *
     * @throws HistoryException if the pipeline's columns do not fit the tables
     * @throws SubmissionException if a table cannot be reached
     * @throws SourceException if the topic cannot be read
     * @throws io.sightline.enrich.ReferenceException if reference data cannot be used
     */
    static void check(HazelcastInstance hazelcast, PipelineSpec spec) {
        onMember(hazelcast, spec, new StartPlan.Check(spec));
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
     * @throws SubmissionException if the tables' rows cannot be read
     */
    static void rebuild(HazelcastInstance hazelcast, PipelineSpec spec, long incarnation, StartPlan plan) {
        DAG dag = new DAG();
        Vertex done = dag.newVertex("done", Processors.noopP());
        int arrivals = 0;

        Vertex recall = recallEvents(dag, recallOf(plan, StartPlan.MARKS), "recall-marks");
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
            StateHandOver given =
                    StateHandOver.giving(GridNames.rebuiltRollup(rollup.name()), plan.oldestUnreadMicros());
            Vertex rollups = rollup(dag, rollup, recallOf(plan, StartPlan.open(rollup)), given);
            dag.edge(Edge.from(rollups).to(done, arrivals++));
        }
        try {
            hazelcast
                    .getJet()
                    .newJob(dag, new JobConfig().setName(rebuildName(spec)))
                    .join();
        } catch (CompletionException e) {
            throw SubmissionException.noTable(spec.name(), String.valueOf(e.getCause()));
        } catch (CancellationException e) {
            throw SubmissionException.overtaken(spec.name());
        }
    }

    /** The vertex that makes rows, and perhaps a state to hand over, of what the history has of a rollup. */
    private static Vertex rollup(DAG dag, RollupSpec rollup, Recall recall, @Nullable StateHandOver given) {
        PipelineSpec spec = recall.table().spec();
        Vertex rollups = dag.newVertex(
                "rollup-" + rollup.name(),
                RollupP.rebuilding(rollup, spec, GridNames.rollup(rollup.name()), PipelineMaps.ACCUMULATORS, given));
        String name = "recall-" + rollup.name();
        Edge edge = recall.table().isOfEvents()
                ? Edge.from(recallEvents(dag, recall, name))
                        .to(rollups)
                        .partitioned(RollupP.groupHash(rollup, spec), new BucketPartitioner())
                : Edge.from(dag.newVertex(
                                name,
                                RecallP.metaSupplier(
                                        recall, (parts, files) -> Recalled.partials(parts, rollup, files))))
                        .to(rollups)
                        .partitioned(Partial::hash, new BucketPartitioner());
        dag.edge(edge.distributed());
        return rollups;
    }

    /** Begins to fill the grid with what it held besides, and does not wait. */
    static Job refill(HazelcastInstance hazelcast, PipelineSpec spec, StartPlan plan) {
        DAG dag = new DAG();
        Vertex done = dag.newVertex("done", Processors.noopP());
        int arrivals = 0;
        Vertex events = recallEvents(dag, recallOf(plan, StartPlan.HOT_WINDOW), "recall-hot-window");
        Vertex hotWindow = dag.newVertex(
                "hot-window", HotRows.writer(spec, spec.hotWindow().keep()));
        dag.edge(Edge.between(events, hotWindow));
        dag.edge(Edge.from(hotWindow).to(done, arrivals++));

        Recall letters = recallOf(plan, StartPlan.DEAD_LETTERS);
        Vertex readLetters = dag.newVertex("recall-dead-letters", RecallP.metaSupplier(letters, Recalled::deadLetters));
        Vertex deadLetters = dag.newVertex("dead-letters", DeadLetterRows.writer(spec));
        dag.edge(Edge.between(readLetters, deadLetters));
        dag.edge(Edge.from(deadLetters).to(done, arrivals++));
        Vertex readRedrives = dag.newVertex("recall-redrives", RecallP.metaSupplier(letters, Recalled::redrives));
        Vertex redrives = dag.newVertex("redrives", RedriveRows.writer(spec));
        dag.edge(Edge.between(readRedrives, redrives));
        dag.edge(Edge.from(redrives).to(done, arrivals++));

        for (RollupSpec rollup : spec.rollups()) {
            Recall closed = plan.recalls().get(StartPlan.closed(rollup));
            if (closed != null) {
                dag.edge(Edge.from(rollup(dag, rollup, closed, null)).to(done, arrivals++));
            }
        }
        return hazelcast.getJet().newJob(dag, new JobConfig().setName(refillName(spec)));
    }

    /** Ends what an earlier start of this pipeline may have left running. */
    static void cancelEarlier(HazelcastInstance hazelcast, PipelineSpec spec) {
        for (String name : List.of(rebuildName(spec), refillName(spec))) {
            for (Job job : hazelcast.getJet().getJobs(name)) {
                if (!job.getStatus().isTerminal()) {
                    end(job);
                }
            }
        }
    }

    /**
     * Cancels a job, and returns when it has ended.
     *
     * @throws SubmissionException if it does not end within a minute, as while one of its reads hangs
     */
    static void end(Job job) {
        job.cancel();
        try {
            job.getFuture().get(ENDS_WITHIN_SECONDS, TimeUnit.SECONDS);
        } catch (CancellationException | ExecutionException e) {
            // It has ended.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw SubmissionException.interrupted(String.valueOf(job.getName()));
        } catch (TimeoutException e) {
            throw SubmissionException.doesNotEnd(String.valueOf(job.getName()), ENDS_WITHIN_SECONDS);
        }
    }

    private static String rebuildName(PipelineSpec spec) {
        return spec.name() + "-rebuild";
    }

    private static String refillName(PipelineSpec spec) {
        return spec.name() + "-refill";
    }

    private static Recall recallOf(StartPlan plan, String what) {
        Recall recall = plan.recalls().get(what);
        if (recall == null) {
            throw new IllegalArgumentException("nothing to recall for " + what);
        }
        return recall;
    }

    private static Vertex recallEvents(DAG dag, Recall recall, String name) {
        return dag.newVertex(name, RecallP.metaSupplier(recall, Recalled::events));
    }
}
