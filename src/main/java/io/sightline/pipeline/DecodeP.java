package io.sightline.pipeline;

import static java.util.Objects.requireNonNull;

import com.hazelcast.jet.Traverser;
import com.hazelcast.jet.Traversers;
import com.hazelcast.jet.Util;
import com.hazelcast.jet.core.AbstractProcessor;
import com.hazelcast.jet.core.BroadcastKey;
import com.hazelcast.jet.core.Inbox;
import com.hazelcast.jet.core.ProcessorSupplier;
import io.sightline.decode.Decoder;
import io.sightline.dedupe.EventId;
import io.sightline.dedupe.EventIds;
import io.sightline.event.DeadLetter;
import io.sightline.event.DeadLetter.Reason;
import io.sightline.event.Event;
import io.sightline.event.Origin;
import io.sightline.event.Redriven;
import io.sightline.event.SourceRecord;
import io.sightline.observe.Counter;
import io.sightline.observe.Progress;
import io.sightline.observe.jet.CountsOutlet;
import io.sightline.source.SourceTimes;
import io.sightline.spec.PipelineSpec;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Turns records into events and dead letters, and counts both. One to one behind a source processor, so that each topic
 * partition passes through one of these, in order.
 *
 * <p>Outbound: events to {@link #EVENTS}, dead letters to {@link #DEAD_LETTERS}, what became of earlier ones to
 * {@link #REDRIVEN}, counts and {@link Progress} to {@link #STATUS}; dead letters and redrives also to {@link #KEPT}, where
 * there is such an edge. Its state is the source time of each topic partition, saved for all processors because topic
 * partitions may move. Cooperative.
 */
final class DecodeP extends AbstractProcessor implements Decoder.Sink {
    static final int EVENTS = 0;
    static final int DEAD_LETTERS = 1;
    static final int REDRIVEN = 2;
    static final int STATUS = 3;
    /** To the history. */
    static final int KEPT = 4;

    /** As many as are decoded in about a millisecond: the statements of people wait for the same threads. */
    private static final int RECORDS_A_CALL = 100;

    private static final int[] EVENT = {EVENTS};
    private static final int[] LETTER = {DEAD_LETTERS};
    private static final int[] LETTER_KEPT = {DEAD_LETTERS, KEPT};
    private static final int[] REDRIVE = {REDRIVEN};
    private static final int[] REDRIVE_KEPT = {REDRIVEN, KEPT};

    private final Decoder decoder;
    private final EventIds ids;
    private final SourceTimes sourceTimes = new SourceTimes();
    private final CountsOutlet outlet = new CountsOutlet(STATUS);
    /** The topic partitions read since the last report. */
    private final Map<Integer, Progress> unreported = new TreeMap<>();
    /** What the current record became and the outbox has not taken yet. */
    private final Deque<Object> ready = new ArrayDeque<>();

    private SourceRecord record = new SourceRecord(0, 0, 0, new byte[0]);
    private long sourceTimeMillis;
    private long records;
    private long events;
    private long outOfOrder;
    private @Nullable Traverser<Map.Entry<BroadcastKey<Integer>, Long>> snapshot;

    private DecodeP(PipelineSpec spec) {
        this.decoder = new Decoder(spec.event());
        this.ids = new EventIds(spec.deduplicate(), spec.event().schema());
    }

    static ProcessorSupplier supplier(PipelineSpec spec) {
        return ProcessorSupplier.of(() -> new DecodeP(spec));
    }

    @Override
    public void process(int ordinal, Inbox inbox) {
        for (int i = 0; i < RECORDS_A_CALL && emitReady(); i++) {
            SourceRecord next = (SourceRecord) inbox.poll();
            if (next == null) {
                return;
            }
            decode(next);
        }
    }

    private void decode(SourceRecord next) {
        record = next;
        sourceTimeMillis = sourceTimes.next(next.topicPartition(), next.timestampMillis());
        records++;
        if (sourceTimeMillis > next.timestampMillis()) {
            outOfOrder++;
        }
        Origin redrivenFrom = next.redrivenFrom();
        if (redrivenFrom != null) {
            Origin origin = new Origin(next.topicPartition(), next.offset(), 0);
            ready.add(new Redriven(redrivenFrom, origin, sourceTimeMillis));
        }
        unreported.put(next.topicPartition(), new Progress(next.topicPartition(), next.offset() + 1, sourceTimeMillis));
        decoder.decode(next.value(), sourceTimeMillis, this);
    }

    @Override
    public void event(
            int index, long eventTimeMicros, @Nullable Object[] values, @Nullable String extra, int from, int to) {
        EventId id = ids.of(values);
        if (id == null) {
            refused(index, Reason.MISSING_KEY, null, "no field that could identify the event has a value", from, to);
            return;
        }
        events++;
        ready.add(new Event(
                record.topicPartition(),
                record.offset(),
                index,
                sourceTimeMillis,
                eventTimeMicros,
                id.high(),
                id.low(),
                values,
                extra,
                Event.NOTHING_ADDED));
    }

    @Override
    public void refused(int index, Reason reason, @Nullable String field, String detail, int from, int to) {
        outlet.counts().add(Counter.DEAD_LETTERS, reason.code(), 1);
        byte[] value = record.value();
        byte[] raw = from == 0 && to == value.length ? value : Arrays.copyOfRange(value, from, to);
        Origin origin = new Origin(record.topicPartition(), record.offset(), index);
        ready.add(new DeadLetter(origin, sourceTimeMillis, reason, field, detail, record.key(), raw));
    }

    private boolean emitReady() {
        for (Object item; (item = ready.peek()) != null; ready.remove()) {
            if (!tryEmit(edges(item), item)) {
                return false;
            }
        }
        return true;
    }

    private int[] edges(Object item) {
        if (item instanceof Event) {
            return EVENT;
        }
        boolean kept = getOutbox().bucketCount() > KEPT;
        return item instanceof DeadLetter ? kept ? LETTER_KEPT : LETTER : kept ? REDRIVE_KEPT : REDRIVE;
    }

    @Override
    public boolean tryProcess() {
        return emitReady() && outlet.flushNowAndThen(getOutbox(), System.nanoTime(), this::report);
    }

    @Override
    public boolean saveToSnapshot() {
        if (!emitReady() || !flushAll()) {
            return false;
        }
        if (snapshot == null) {
            snapshot = Traversers.traverseIterable(sourceTimes.greatest().entrySet())
                    .map(entry -> Util.entry(BroadcastKey.broadcastKey(entry.getKey()), entry.getValue()));
        }
        if (!emitFromTraverserToSnapshot(requireNonNull(snapshot))) {
            return false;
        }
        snapshot = null;
        return true;
    }

    @Override
    protected void restoreFromSnapshot(Object key, Object value) {
        sourceTimes.restore((Integer) ((BroadcastKey<?>) key).key(), (Long) value);
    }

    @Override
    public boolean complete() {
        return emitReady() && flushAll();
    }

    private boolean flushAll() {
        report();
        return outlet.flush(getOutbox());
    }

    private void report() {
        outlet.counts().add(Counter.RECORDS, records);
        outlet.counts().add(Counter.EVENTS, events);
        outlet.counts().add(Counter.OUT_OF_ORDER, outOfOrder);
        records = 0;
        events = 0;
        outOfOrder = 0;
        unreported.values().forEach(outlet::report);
        unreported.clear();
    }
}
