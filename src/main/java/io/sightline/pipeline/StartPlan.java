package io.sightline.pipeline;

import io.sightline.history.ProgressVector;
import io.sightline.history.delta.DeltaTableLog;
import io.sightline.history.jet.HistoryTable;
import io.sightline.observe.AtBarrier;
import io.sightline.observe.Counts;
import io.sightline.observe.Progress;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupSpec;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * Where a job with a history goes on when no job snapshot says so, and what of the history the grid needs for it. The table
 * obeys this grid from then on, so nothing moves it before the job does.
 *
 * @param at N of each table that is written, by its name: it holds what came of the records below
 * @param next the offset of the first record to read, for every topic partition there is: the least of all tables' N
 * @param counted what had been counted there
 * @param recalls what is to be read back, by the name of the step that needs it
 */
record StartPlan(
        PipelineSpec spec,
        Map<String, ProgressVector> at,
        SortedMap<Integer, Long> next,
        Counts counted,
        long oldestUnreadMillis,
        Map<String, Recall> recalls)
        implements Serializable {
    static final String MARKS = "marks";
    static final String HOT_WINDOW = "hot-window";
    static final String DEAD_LETTERS = "dead-letters";

    /** The name among the recalls of what a rollup's open windows hold. */
    static String open(RollupSpec rollup) {
        return "rollup-" + rollup.name();
    }

    /** The name among the recalls of what the closed windows of a rollup hold. */
    static String closed(RollupSpec rollup) {
        return "closed-" + rollup.name();
    }

    /** Of a table of events that is not there yet, and of no other, over a topic that is read from these offsets on. */
    static StartPlan fresh(HistoryTable events, SortedMap<Integer, Long> from) {
        ProgressVector at = ProgressVector.NONE;
        for (Map.Entry<Integer, Long> first : from.entrySet()) {
            at = at.with(first.getKey(), first.getValue());
        }
        return new StartPlan(events.spec(), Map.of(events.name(), at), from, new Counts(), 0, Map.of());
    }

    /** The tables that are written, each with what fills it. */
    List<HistoryBranch> branches() {
        return HistoryBranch.all(spec).stream()
                .filter(branch -> at.containsKey(branch.table().name()))
                .toList();
    }

    /** Whether the table holds anything that was read before. */
    boolean goesOn() {
        return !recalls.isEmpty();
    }

    /** The vector of a table. */
    ProgressVector at(HistoryTable table) {
        return at.getOrDefault(table.name(), ProgressVector.NONE);
    }

    /** Reads the tables' logs, on a member. */
    record Look(PipelineSpec spec) implements Callable<Boolean>, Serializable {
        @Override
        public Boolean call() throws IOException {
            for (HistoryTable table : HistoryBranch.tables(spec)) {
                table.log().read();
            }
            return true;
        }
    }

    /** Looks at all that a start needs, on a member. */
    record Check(PipelineSpec spec) implements Callable<Boolean>, Serializable {
        @Override
        public Boolean call() throws IOException {
            PipelineJob.checkReferences(spec);
            PipelineJob.checkSource(spec);
            DeltaTableLog events = HistoryTable.ofEvents(spec).log();
            PlanStart.firstUnread(spec, events, events.read().progress());
            return new Look(spec).call();
        }
    }

    /** How far the topic has been read, without those before it, and what was counted. */
    AtBarrier standing() {
        List<Progress> progress = new ArrayList<>();
        next.tailMap(spec.source().partitionsFrom())
                .forEach((partition, offset) -> progress.add(new Progress(partition, offset, Progress.NONE_READ)));
        return new AtBarrier(progress, counted);
    }

    long oldestUnreadMicros() {
        return TimeUnit.MILLISECONDS.toMicros(oldestUnreadMillis);
    }
}
