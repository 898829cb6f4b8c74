package io.sightline.pipeline;

import com.hazelcast.function.SupplierEx;
import com.hazelcast.jet.config.EdgeConfig;
import com.hazelcast.jet.core.DAG;
import com.hazelcast.jet.core.Edge;
import com.hazelcast.jet.core.ProcessorMetaSupplier;
import com.hazelcast.jet.core.ProcessorSupplier;
import com.hazelcast.jet.core.Vertex;
import io.sightline.dedupe.Rule;
import io.sightline.dedupe.imap.DeduplicateP;
import io.sightline.enrich.imap.EnrichSupplier;
import io.sightline.enrich.imap.ReferenceRefreshP;
import io.sightline.enrich.imap.ReferenceSource;
import io.sightline.event.Event;
import io.sightline.event.imap.BucketPartitioner;
import io.sightline.grid.GridNames;
import io.sightline.history.jet.HistorySupplier;
import io.sightline.history.jet.HistoryTable;
import io.sightline.observe.AtBarrier;
import io.sightline.rollup.imap.RollupP;
import io.sightline.rollup.imap.StateHandOver;
import io.sightline.source.EndOffsets;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one job, top-down: records are read, decoded, deduplicated and enriched; the hot window and every rollup then take
 * the same originals, and so does the history. Every step reports to the status, which counts, and tells the history's
 * committer.
 *
 * <p>Items move between members on three edges only: into deduplication by id, into rollups by group, and into the
 * status. On all others they pass between neighbours, so what a topic partition or a bucket sends stays in order.
 */
final class Topology {
    private static final int HISTORY_QUEUE_ROWS = 65_536;

    private Topology() {}

    /**
     * What differs between the job in production, the same job over a recorded file, and over the past.
     *
     * @param parallelism processors that read, on each member; as many decode
     * @param endless whether the source never ends; then reference data is looked at again and again
     * @param endOffsets opens the view of what the broker holds; null without a broker
     * @param hotWindow writes the hot window; null without one
     * @param history where the job goes on in its history; null without one
     */
    record Ends(
            ProcessorMetaSupplier source,
            int parallelism,
            boolean endless,
            @Nullable SupplierEx<EndOffsets> endOffsets,
            @Nullable ProcessorSupplier hotWindow,
            @Nullable StartPlan history) {

        /** How a rollup gets the accumulators that were rebuilt for it; null where it begins with none. */
        private @Nullable StateHandOver rebuilt(RollupSpec rollup) {
            return history == null || !history.goesOn()
                    ? null
                    : StateHandOver.taking(GridNames.rebuiltRollup(rollup.name()));
        }

        private AtBarrier start() {
            return history == null ? AtBarrier.NOTHING : history.standing();
        }
    }

    /** @param incarnation the number that the pipeline's marks bear since they were created */
    static DAG of(PipelineSpec spec, long incarnation, Ends ends) {
        return of(spec, incarnation, ends, Rule.ORIGIN);
    }

    /** The same with another rule of deduplication, for the test that proves what the right one is for. */
    static DAG of(PipelineSpec spec, long incarnation, Ends ends, Rule rule) {
        DAG dag = new DAG();

        Vertex read = dag.newVertex("read", ends.source()).localParallelism(ends.parallelism());
        Vertex decode = dag.newVertex("decode", DecodeP.supplier(spec)).localParallelism(ends.parallelism());
        Vertex deduplicate = dag.newVertex(
                "deduplicate",
                DeduplicateP.supplier(
                        GridNames.marks(spec.name()),
                        incarnation,
                        spec.deduplicate().horizon(),
                        rule));
        List<ReferenceSource> references = references(spec);
        if (ends.endless()) {
            dag.newVertex("refresh-references", ReferenceRefreshP.metaSupplier(references))
                    .localParallelism(1);
        }
        Vertex enrich = dag.newVertex("enrich", new EnrichSupplier(references));
        Vertex ledger = dag.newVertex("duplicate-ledger", LedgerRows.writer(spec));
        Vertex deadLetters =
                dag.newVertex("dead-letters", DeadLetterRows.writer(spec)).localParallelism(ends.parallelism());
        Vertex redrives = dag.newVertex("redrives", RedriveRows.writer(spec)).localParallelism(ends.parallelism());
        Vertex status = dag.newVertex(
                        "status",
                        StatusP.supplier(spec.name(), ends.endOffsets(), ends.start(), ends.history() != null))
                .localParallelism(1);

        dag.edge(Edge.from(read).to(decode).isolated());
        dag.edge(Edge.from(decode, DecodeP.EVENTS)
                .to(deduplicate)
                .partitioned(Event::idHigh, new BucketPartitioner())
                .distributed());
        dag.edge(Edge.from(decode, DecodeP.DEAD_LETTERS).to(deadLetters).isolated());
        dag.edge(Edge.from(decode, DecodeP.REDRIVEN).to(redrives).isolated());
        dag.edge(Edge.from(deduplicate, DeduplicateP.ORIGINALS).to(enrich).isolated());
        dag.edge(Edge.from(deduplicate, DeduplicateP.DUPLICATES).to(ledger).isolated());

        int branch = 0;
        int reports = 0;
        if (ends.hotWindow() != null) {
            Vertex hotWindow = dag.newVertex("hot-window", ends.hotWindow());
            dag.edge(Edge.from(enrich, branch++).to(hotWindow).isolated());
            dag.edge(report(hotWindow, 0, status, reports++));
        }
        for (RollupSpec rollup : spec.rollups()) {
            Vertex rollups = dag.newVertex(
                    "rollup-" + rollup.name(),
                    RollupP.metaSupplier(
                            rollup,
                            spec,
                            GridNames.rollup(rollup.name()),
                            PipelineMaps.ACCUMULATORS,
                            ends.rebuilt(rollup)));
            dag.edge(Edge.from(enrich, branch++)
                    .to(rollups)
                    .partitioned(RollupP.groupHash(rollup, spec), new BucketPartitioner())
                    .distributed());
            dag.edge(report(rollups, 0, status, reports++));
        }

        if (ends.history() != null) {
            int told = 0;
            for (HistoryBranch kept : ends.history().branches()) {
                Edge items = kept.isOfDeadLetters() ? Edge.from(decode, DecodeP.KEPT) : Edge.from(enrich, branch++);
                history(dag, kept, items, Edge.from(status, told++), ends.history());
            }
            dag.newVertex(
                    "care",
                    HistorySupplier.care(ends.history().branches().stream()
                            .map(kept -> new HistorySupplier.Cared(kept.table(), kept.listener()))
                            .toList()));
        }
        dag.edge(report(decode, DecodeP.STATUS, status, reports++));
        dag.edge(report(deduplicate, DeduplicateP.COUNTS, status, reports++));
        dag.edge(report(enrich, branch, status, reports++));
        dag.edge(report(ledger, 0, status, reports++));
        dag.edge(report(deadLetters, 0, status, reports++));
        dag.edge(report(redrives, 0, status, reports));
        return dag;
    }

    /** A branch that no query waits for: it has a long queue, so that closing a file does not halt the others. */
    private static void history(DAG dag, HistoryBranch branch, Edge items, Edge barriers, StartPlan plan) {
        HistoryTable table = branch.table();
        Vertex history = dag.newVertex(
                        branch.vertex("history"), HistorySupplier.writers(table, branch.rows(), branch.listener()))
                .localParallelism(1);
        Vertex commit = dag.newVertex(
                        branch.vertex("commit"), HistorySupplier.committer(table, plan.at(table), branch.listener()))
                .localParallelism(1);
        dag.edge(items.to(history).setConfig(new EdgeConfig().setQueueSize(HISTORY_QUEUE_ROWS)));
        dag.edge(Edge.from(history)
                .to(commit, 0)
                .allToOne(HistorySupplier.committerKey())
                .distributed());
        dag.edge(barriers.to(commit, 1).allToOne(HistorySupplier.committerKey()).distributed());
    }

    private static List<ReferenceSource> references(PipelineSpec spec) {
        return spec.enrich().stream()
                .map(reference -> ReferenceSource.of(
                        spec,
                        reference,
                        () -> ReferenceLocation.of(spec, reference),
                        GridNames.reference(reference.reference())))
                .toList();
    }

    private static Edge report(Vertex vertex, int ordinal, Vertex status, int inbound) {
        return Edge.from(vertex, ordinal)
                .to(status, inbound)
                .allToOne(StatusP.KEY)
                .distributed();
    }
}
