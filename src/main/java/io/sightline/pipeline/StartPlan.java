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
import io.sightline.spec.RollupSpec;
import java.io.IOException;
import java.io.Serializable;
import java.time.Clock;
import java.util.ArrayList;
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
 * @param at N: the table holds the originals below it
 * @param next the offset of the first record to read, for every topic partition there is
 * @param counted what the table's last commit had counted
 * @param takeOver whether another writer of the table was replaced
 * @param recalls what is to be read back, by the name of the step that needs it
 */
record StartPlan(
        HistoryTable table,
        ProgressVector at,
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

    /** Reads the table's log, on a member, and gives its version. */
    record Look(HistoryTable table) implements Callable<Long>, Serializable {
        @Override
        public Long call() throws IOException {
            return table.log().read().version();
        }
    }

    /** Makes the plan, on a member: members see the table and the broker, a client need not. */
    static final class Task implements Callable<StartPlan>, HazelcastInstanceAware, Serializable {
        private static final long serialVersionUID = 1;

        private final HistoryTable table;
        private final boolean takeOver;

        @SuppressWarnings("NullAway.Init") // set before the call
        private transient HazelcastInstance hazelcast;

        Task(HistoryTable table, boolean takeOver) {
            this.table = table;
            this.takeOver = takeOver;
        }

        @Override
        public void setHazelcastInstance(HazelcastInstance instance) {
            hazelcast = instance;
        }

        @Override
        public StartPlan call() throws IOException {
            long now = Clock.systemUTC().millis();
            DeltaTableLog log = table.log();
            // A table's vector has a topic partition for each the topic had; a topic never read begins where the file
            // says.
            long[] first = ResumedOffsets.next(
                            table.spec().source(),
                            PipelineJob.RESOLVE_ON_MEMBER,
                            log.read().progress().asMap())
                    .values()
                    .stream()
                    .mapToLong(Long::longValue)
                    .toArray();
            Claim claim = table.claim(hazelcast.getConfig().getClusterName(), ProgressVector.of(first), takeOver);
            // Only now nobody moves it any more.
            ResumedOffsets resumed = ResumedOffsets.find(
                    table.spec().source(),
                    PipelineJob.RESOLVE_ON_MEMBER,
                    claim.at().asMap(),
                    now);
            return new StartPlan(
                    table,
                    claim.at(),
                    new TreeMap<>(resumed.next()),
                    Counts.ofNames(claim.counters()),
                    resumed.oldestUnreadMillis(),
                    takeOver,
                    Recall.all(table.spec(), log.files(), resumed.oldestUnreadMillis(), now));
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
