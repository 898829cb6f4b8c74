package io.sightline.pipeline;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import io.sightline.event.Event;
import io.sightline.history.Claim;
import io.sightline.history.HistoryException;
import io.sightline.history.ProgressVector;
import io.sightline.history.delta.DeltaTableLog;
import io.sightline.history.delta.VersionFiles;
import io.sightline.history.jet.HistoryTable;
import io.sightline.observe.Counts;
import io.sightline.source.ResumedOffsets;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupSpec;
import java.io.IOException;
import java.io.Serializable;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims the tables of a pipeline's history and finds what a start from them needs. Runs on a member: members see the tables
 * and the broker, a client need not.
 *
 * <p>The death of a grid can leave a table a commit behind that of the events. Then reading goes on where the table is that is
 * behind, and the others drop what they have. A rollup's table may also be behind by weeks, where the rollup was taken out
 * of the file and put back: it is brought up to that of the events from their rows, as is one whose records the broker no
 * longer has, or which lacks some of a topic before this one ({@code partitions-from}).
 */
final class PlanStart implements Callable<StartPlan>, HazelcastInstanceAware, Serializable {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(PlanStart.class);

    /** So many records at most are read again for a rollup's table alone: a job that drains them is soon through. */
    private static final long READ_AGAIN = 1_000_000;

    /**
     * The property of the events' table that says what the first partition of the topic is numbered that it was filled from
     * last; absent while that is 0.
     */
    private static final String PARTITIONS_FROM = "sightline.partitions_from";

    /** So many dead letters at most come back into the grid. */
    private static final long DEAD_LETTERS = 50_000;

    private final PipelineSpec spec;
    private final boolean takeOver;

    @SuppressWarnings("NullAway.Init") // set before the call
    private transient HazelcastInstance hazelcast;

    /** @param takeOver whether the tables may be another grid's */
    PlanStart(PipelineSpec spec, boolean takeOver) {
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
        ProgressVector read = log.read().progress();
        ProgressVector first = firstUnread(spec, log, read);
        Claim claimed = claim(events, first, topicsOf(spec));
        if (!knows(read) && claimed.at().size() != read.size()) {
            throw HistoryException.movedSinceStart(claimed.at(), read);
        }
        // A topic that follows another begins in the table before any job does, so that later starts know where.
        boolean begins = !knows(claimed.at());
        Claim claim =
                begins ? events.bringTo(claimed.at().max(first), claimed.counters(), claimed, out -> {}) : claimed;
        VersionFiles files = log.files();
        Map<String, ProgressVector> at = new HashMap<>(Map.of(events.name(), claim.at()));

        // A table that is new begins where that of the events is.
        ProgressVector begun = first.max(claim.at());
        HistoryTable letters = HistoryBranch.ofDeadLetters(spec).table();
        Claim ofLetters =
                pastTopicsBefore(letters, requireOneHistory(letters, claim(letters, begun, Map.of()), begun), claim);
        at.put(letters.name(), ofLetters.at());
        Claim lowest = lower(claim, ofLetters);
        Map<String, PartsCoverage> covered = new HashMap<>();
        for (RollupSpec rollup : spec.rollups()) {
            if (HistoryBranch.keeps(rollup)) {
                HistoryTable table = HistoryBranch.ofRollup(spec, rollup).table();
                PartsCoverage coverage = PartsCoverage.of(table, rollup, files);
                Claim ofRollup = requireOneHistory(table, claim(table, begun, coverage.asProperties()), begun);
                if (isSoonReadAgain(ofRollup.at(), claim.at())) {
                    lowest = lower(lowest, ofRollup);
                } else if (!ofRollup.at().isAtLeast(claim.at())) {
                    ofRollup = catchUp(table, rollup, ofRollup, claim, files, begins);
                }
                at.put(table.name(), ofRollup.at());
                covered.put(table.name(), coverage);
            }
        }

        // Only now nobody moves them any more.
        ResumedOffsets resumed = ResumedOffsets.find(
                spec.source(), PipelineJob.RESOLVE_ON_MEMBER, lowest.at().asMap(), now);
        Map<String, Recall> recalls = files.isEmpty()
                ? Map.of()
                : recalls(files, at, lowest.at(), covered, resumed.oldestUnreadMillis(), now);
        return new StartPlan(
                spec,
                at,
                new TreeMap<>(resumed.next()),
                Counts.ofNames(lowest.counters()),
                resumed.oldestUnreadMillis(),
                recalls);
    }

    /**
     * Where reading goes on. A table's vector has a topic partition for each the topic had, behind those of topics before; a
     * topic never read begins where the file says.
     *
     * @param log of the table of the events
     * @param read its vector
     * @throws HistoryException if the topic is none that the table goes on with
     * @throws io.sightline.source.SourceException if the topic cannot be read, or was made anew
     */
    static ProgressVector firstUnread(PipelineSpec spec, DeltaTableLog log, ProgressVector read) throws IOException {
        int from = spec.source().partitionsFrom();
        String known = log.property(PARTITIONS_FROM);
        if (known != null && !known.matches("[0-9]{1,5}")) {
            throw HistoryException.unusableTable(
                    HistoryTable.ofEvents(spec).folder().toString(),
                    "its property " + PARTITIONS_FROM + " is `" + known + "`, which is no number; set it to what"
                            + " source.partitions-from was when a job last wrote it");
        }
        int newest = known == null ? 0 : Integer.parseInt(known);
        if (from != newest && (from != read.size() || from < newest)) {
            throw HistoryException.otherNumbers(from, newest, read);
        }
        ProgressVector first = firstUnread(spec, read);
        if (first.size() < read.size()) {
            throw HistoryException.otherTopic(read, from, first);
        }
        return first;
    }

    private static Map<String, String> topicsOf(PipelineSpec spec) {
        int from = spec.source().partitionsFrom();
        return from == 0 ? Map.of() : Map.of(PARTITIONS_FROM, String.valueOf(from));
    }

    private static ProgressVector firstUnread(PipelineSpec spec, ProgressVector read) {
        return ProgressVector.of(
                ResumedOffsets.next(spec.source(), PipelineJob.RESOLVE_ON_MEMBER, read.asMap()).values().stream()
                        .mapToLong(Long::longValue)
                        .toArray());
    }

    private Claim claim(HistoryTable table, ProgressVector initial, Map<String, String> properties) throws IOException {
        return table.claim(hazelcast.getConfig().getClusterName(), initial, takeOver, properties);
    }

    private static Claim lower(Claim one, Claim other) {
        if (other.at().isAtLeast(one.at())) {
            return one;
        }
        ProgressVector both = one.at().min(other.at());
        return new Claim(one.fence(), both, both.equals(other.at()) ? other.counters() : one.counters());
    }

    /** Whether the broker still has all that lies between, and it is not much. */
    private boolean isSoonReadAgain(ProgressVector behind, ProgressVector events) {
        long records = 0;
        for (Map.Entry<Integer, Long> next : events.asMap().entrySet()) {
            records += Math.max(0, next.getValue() - behind.next(next.getKey()));
        }
        return records > 0
                && records <= READ_AGAIN
                && knows(behind)
                && agreeOnTopicsBefore(behind, events)
                && firstUnread(spec, behind).agreesWith(behind);
    }

    /** The events lead. A table beside them that has more topic partitions is of another history, as beside one replayed. */
    private static Claim requireOneHistory(HistoryTable table, Claim claim, ProgressVector begun) {
        if (claim.at().size() > begun.size()) {
            throw HistoryException.unusableTable(
                    table.folder().toString(),
                    "it holds " + claim.at().size() + " topic partitions and that of the events " + begun.size()
                            + ", so it belongs to another one; put history.table into a folder of its own");
        }
        return claim;
    }

    /** Whether a vector has partitions of this topic, and not only of those before. */
    private boolean knows(ProgressVector vector) {
        int from = spec.source().partitionsFrom();
        return from == 0 || vector.size() > from;
    }

    /** Dead letters that came of a topic before and were not committed when it went are nowhere any more. */
    private Claim pastTopicsBefore(HistoryTable letters, Claim behind, Claim events) throws IOException {
        ProgressVector to = behind.at();
        // One that knows nothing of this topic is from before the first job that read it: nothing came of it yet.
        int known = knows(to) ? spec.source().partitionsFrom() : events.at().size();
        for (int partition = 0; partition < known; partition++) {
            to = to.with(partition, Math.max(to.next(partition), events.at().next(partition)));
        }
        if (to.equals(behind.at())) {
            return behind;
        }
        if (!agreeOnTopicsBefore(behind.at(), events.at())) {
            LOG.atWarn()
                    .addKeyValue("table", letters.name())
                    .addKeyValue("from", behind.at())
                    .addKeyValue("to", to)
                    .log("dead letters of the topic before may not have been written, and cannot be read again");
        }
        return letters.bringTo(to, to.equals(events.at()) ? events.counters() : behind.counters(), behind, out -> {});
    }

    private boolean agreeOnTopicsBefore(ProgressVector one, ProgressVector other) {
        int from = spec.source().partitionsFrom();
        return one.size() >= from
                && other.size() >= from
                && IntStream.range(0, from).allMatch(partition -> one.next(partition) == other.next(partition));
    }

    /** @param begins whether nothing has come of this topic yet, so that what a table lacks is of those before */
    private Claim catchUp(
            HistoryTable table, RollupSpec rollup, Claim behind, Claim events, VersionFiles files, boolean begins)
            throws IOException {
        LOG.atInfo()
                .addKeyValue("table", table.name())
                .addKeyValue("from", behind.at())
                .addKeyValue("to", events.at())
                .log("a table of the history is brought forward");
        ProgressVector to = behind.at().max(events.at());
        ProgressVector has = begins ? withThisTopic(behind.at(), to) : behind.at();
        Recall recall = Recall.between(spec, rollup, files, has, to);
        RollupHistory rows = new RollupHistory(rollup, spec);
        return table.bringTo(to, events.counters(), behind, out -> {
            try (Recalled<Event> missing = Recalled.events(recall, recall.files())) {
                for (Event event; (event = missing.next()) != null; ) {
                    if (!has.contains(event.topicPartition(), event.offset())) {
                        rows.take(event, out);
                    }
                }
            }
            rows.atBarrier(out);
        });
    }

    private ProgressVector withThisTopic(ProgressVector vector, ProgressVector other) {
        ProgressVector with = vector;
        for (int partition = spec.source().partitionsFrom(); partition < other.size(); partition++) {
            with = with.with(partition, other.next(partition));
        }
        return with;
    }

    private Map<String, Recall> recalls(
            VersionFiles files,
            Map<String, ProgressVector> at,
            ProgressVector next,
            Map<String, PartsCoverage> covered,
            long oldestUnreadMillis,
            long nowMillis)
            throws IOException {
        long oldest = TimeUnit.MILLISECONDS.toMicros(oldestUnreadMillis);
        Map<String, Recall> recalls = new LinkedHashMap<>();
        recalls.put(StartPlan.MARKS, Recall.marks(spec, files, oldest));
        recalls.put(StartPlan.HOT_WINDOW, Recall.hotWindow(spec, files, nowMillis));
        HistoryTable letters = HistoryBranch.ofDeadLetters(spec).table();
        recalls.put(
                StartPlan.DEAD_LETTERS,
                Recall.deadLetters(letters, letters.log().files(), next, DEAD_LETTERS));
        for (RollupSpec rollup : spec.rollups()) {
            long firstOpen = Recall.firstOpen(rollup, oldest);
            PartsCoverage coverage = covered.get(rollup.name());
            boolean fromParts = coverage != null
                    && coverage.fromMicros() <= firstOpen
                    && next.equals(at.getOrDefault(rollup.name(), ProgressVector.NONE));
            LOG.atInfo()
                    .addKeyValue("rollup", rollup.name())
                    .addKeyValue("from", fromParts ? "its parts" : "the events")
                    .log("the open windows of a rollup are rebuilt");
            if (coverage != null) {
                HistoryTable table = HistoryBranch.ofRollup(spec, rollup).table();
                VersionFiles parts = table.log().files();
                long kept =
                        TimeUnit.MILLISECONDS.toMicros(nowMillis - rollup.keep().toMillis());
                recalls.put(
                        StartPlan.closed(rollup),
                        Recall.parts(table, parts, Math.max(kept, coverage.fromMicros()), firstOpen));
                if (fromParts) {
                    recalls.put(StartPlan.open(rollup), Recall.parts(table, parts, firstOpen, Long.MAX_VALUE));
                }
            }
            if (!fromParts) {
                recalls.put(StartPlan.open(rollup), Recall.open(spec, rollup, files, next, oldest));
            }
        }
        return recalls;
    }
}
