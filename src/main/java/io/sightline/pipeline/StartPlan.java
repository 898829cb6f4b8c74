package io.sightline.pipeline;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import io.sightline.history.Claim;
import io.sightline.history.ProgressVector;
import io.sightline.history.delta.DeltaTableLog;
import io.sightline.history.jet.HistoryTable;
import io.sightline.observe.AtBarrier;
import io.sightline.observe.Counts;
import io.sightline.observe.Progress;
import io.sightline.source.ResumedOffsets;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupSpec;
import java.io.IOException;
import java.io.Serializable;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * Where a job with a history goes on when no job snapshot says so, and what of the history the grid needs for it. The table
 * obeys this grid from then on, so nothing moves it before the job does.
 *
 * @param at N of each table, by its name: it holds what came of the records below
 * @param next the offset of the first record to read, for every topic partition there is: the least of all tables' N
 * @param counted what had been counted there
 * @param takeOver whether another writer of the tables was replaced
 * @param recalls what is to be read back of the events' table, by the name of the step that needs it
 */
record StartPlan(
        PipelineSpec spec,
        Map<String, ProgressVector> at,
        SortedMap<Integer, Long> next,
        Counts counted,
        long oldestUnreadMillis,
        boolean takeOver,
        Map<String, Recall> recalls)
        implements Serializable {
    static final String MARKS = "marks";
    static final String HOT_WINDOW = "hot-window";

    /** The name of a rollup among the recalls. */
    static String rollup(RollupSpec rollup) {
        return "rollup-" + rollup.name();
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

    /** Makes the plan, on a member: members see the table and the broker, a client need not. */
    static final class Task implements Callable<StartPlan>, HazelcastInstanceAware, Serializable {
        private static final long serialVersionUID = 1;

        private final PipelineSpec spec;
        private final boolean takeOver;

        @SuppressWarnings("NullAway.Init") // set before the call
        private transient HazelcastInstance hazelcast;

        Task(PipelineSpec spec, boolean takeOver) {
            this.spec = spec;
            this.takeOver = takeOver;
        }

        @Override
        public void setHazelcastInstance(HazelcastInstance instance) {
            hazelcast = instance;
        }

        @Override
        public StartPlan call() throws IOException {
            long now = Clock.systemUTC().millis();
            HistoryTable events = HistoryTable.ofEvents(spec);
            DeltaTableLog log = events.log();
            // A table's vector has a topic partition for each the topic had; a topic never read begins where the file
            // says.
            long[] first =
                    ResumedOffsets.next(
                                    spec.source(),
                                    PipelineJob.RESOLVE_ON_MEMBER,
                                    log.read().progress().asMap())
                            .values()
                            .stream()
                            .mapToLong(Long::longValue)
                            .toArray();
            Claim lowest = claim(events, ProgressVector.of(first));
            // Another table that is new begins where that of the events is.
            ProgressVector begun = ProgressVector.of(first).max(lowest.at());
            Map<String, ProgressVector> at = new HashMap<>(Map.of(events.name(), lowest.at()));
            for (HistoryTable table : HistoryBranch.tables(spec)) {
                if (!table.equals(events)) {
                    Claim claim = claim(table, begun);
                    at.put(table.name(), claim.at());
                    lowest = lower(lowest, claim);
                }
            }
            // Only now nobody moves them any more.
            ResumedOffsets resumed = ResumedOffsets.find(
                    spec.source(), PipelineJob.RESOLVE_ON_MEMBER, lowest.at().asMap(), now);
            return new StartPlan(
                    spec,
                    at,
                    new TreeMap<>(resumed.next()),
                    Counts.ofNames(lowest.counters()),
                    resumed.oldestUnreadMillis(),
                    takeOver,
                    Recall.all(spec, log.files(), lowest.at(), resumed.oldestUnreadMillis(), now));
        }

        private Claim claim(HistoryTable table, ProgressVector initial) throws IOException {
            return table.claim(hazelcast.getConfig().getClusterName(), initial, takeOver);
        }

        /** The one whose table is behind, which the death of the grid between two commits leaves so. */
        private static Claim lower(Claim one, Claim other) {
            if (other.at().isAtLeast(one.at())) {
                return one;
            }
            ProgressVector both = one.at().min(other.at());
            return new Claim(one.fence(), both, both.equals(other.at()) ? other.counters() : one.counters());
        }
    }

    /** How far the topic has been read, and what was counted. */
    AtBarrier standing() {
        List<Progress> progress = new ArrayList<>();
        next.forEach((partition, offset) -> progress.add(new Progress(partition, offset, Progress.NONE_READ)));
        return new AtBarrier(progress, counted);
    }

    long oldestUnreadMicros() {
        return TimeUnit.MILLISECONDS.toMicros(oldestUnreadMillis);
    }
}
