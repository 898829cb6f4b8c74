package io.sightline.pipeline;

import com.hazelcast.function.SupplierEx;
import io.sightline.history.EventRows;
import io.sightline.history.HistoryRows;
import io.sightline.history.jet.CommitListener;
import io.sightline.history.jet.HistoryTable;
import io.sightline.rollup.PartialRows;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One table of a pipeline's history, and how what comes to it becomes its rows. Each table has writers, a committer and a
 * vector of its own, and is alone exactly once: they share barriers, but no commit.
 *
 * @param rows asked once a writer
 */
record HistoryBranch(HistoryTable table, SupplierEx<? extends HistoryRows<?>> rows) {
    private static final Duration SHORTEST_WINDOW = Duration.ofMinutes(1);

    /** That of the enriched events: the one by which the others are aligned. */
    static HistoryBranch ofEvents(PipelineSpec spec) {
        return new HistoryBranch(HistoryTable.ofEvents(spec), () -> new EventRows(spec));
    }

    /** That of the dead letters. */
    static HistoryBranch ofDeadLetters(PipelineSpec spec) {
        String pipeline = spec.name();
        HistoryTable table = new HistoryTable(spec, pipeline + "_dead_letters", DeadLetterRows.COLUMNS);
        return new HistoryBranch(table, () -> new DeadLetterHistory(pipeline));
    }

    /** That of a rollup. */
    static HistoryBranch ofRollup(PipelineSpec spec, RollupSpec rollup) {
        HistoryTable table = new HistoryTable(spec, rollup.name(), new PartialRows(rollup, spec).columns());
        return new HistoryBranch(table, () -> new RollupHistory(rollup, spec));
    }

    /** Whether a rollup has a table: what is finer would be about as large as the events themselves. */
    static boolean keeps(RollupSpec rollup) {
        return rollup.window().compareTo(SHORTEST_WINDOW) >= 0;
    }

    boolean isOfDeadLetters() {
        return table.columns().equals(DeadLetterRows.COLUMNS);
    }

    /** The name of its writers' or its committer's vertex. */
    String vertex(String step) {
        return table.isOfEvents() ? step : step + "-" + table.name();
    }

    /** What is told of its commits. */
    CommitListener.Source listener() {
        return HistoryStatus.of(table);
    }

    /** All of a pipeline; that of the events is the first. */
    static List<HistoryBranch> all(PipelineSpec spec) {
        List<HistoryBranch> all = new ArrayList<>();
        all.add(ofEvents(spec));
        all.add(ofDeadLetters(spec));
        spec.rollups().stream()
                .filter(HistoryBranch::keeps)
                .map(rollup -> ofRollup(spec, rollup))
                .forEach(all::add);
        return all;
    }

    /** The tables of {@link #all}. */
    static List<HistoryTable> tables(PipelineSpec spec) {
        return all(spec).stream().map(HistoryBranch::table).toList();
    }
}
