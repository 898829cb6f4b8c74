package io.sightline.dedupe.imap;

import com.hazelcast.function.SupplierEx;
import com.hazelcast.jet.core.BroadcastKey;
import com.hazelcast.jet.core.Inbox;
import com.hazelcast.jet.core.Outbox;
import com.hazelcast.jet.core.Processor;
import com.hazelcast.jet.core.Watermark;
import io.sightline.dedupe.GapHistogram;
import io.sightline.dedupe.MarkBucket;
import io.sightline.dedupe.Rule;
import io.sightline.dedupe.Sightings;
import io.sightline.event.Event;
import io.sightline.event.imap.Buckets;
import io.sightline.observe.Counter;
import io.sightline.observe.jet.CountsOutlet;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells originals from duplicates. Takes {@link Event}s on an edge partitioned by {@link Event#idHigh} with
 * {@link io.sightline.event.imap.BucketPartitioner}; emits the originals to {@link #ORIGINALS}, a
 * {@link io.sightline.dedupe.Duplicate} for each other to {@link #DUPLICATES} and counts to {@link #COUNTS}.
 *
 * <p>Events are collected into a {@link Round} while others are under way, and then submitted as one {@link MarkBatch} a
 * bucket. So batches are small, and fast, when there is little to do, and grow under load. What was submitted waits in
 * {@code pending} and leaves it in that order; a watermark waits there too, behind all events that came before it.
 *
 * <p>A barrier passes only when nothing waits any more. The watermark at a barrier, less the horizon, is saved; it becomes
 * {@code expireBefore} at the first barrier after the job snapshot is complete, or when the job restarts from it. So each
 * batch says at least what the bucket has heard, or comes from an execution that was cut off and is refused.
 *
 * <p>Cooperative.
 */
public final class DeduplicateP implements Processor {
    /** The outbound edge of originals. */
    public static final int ORIGINALS = 0;
    /** How the error begins that fails the job when marks are lost. */
    public static final String MARKS_LOST = "deduplication marks are lost";

    /** The outbound edge of duplicates, to the ledger. */
    public static final int DUPLICATES = 1;
    /** The outbound edge of counts, to the status processor. */
    public static final int COUNTS = 2;

    /** As many as are submitted in a few milliseconds: the statements of people wait for the same threads. */
    private static final int ROUND_SIZE = 1024;

    private static final int MAX_IN_FLIGHT = 2 * ROUND_SIZE;
    private static final long TOUCH_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long NO_WATERMARK = Long.MIN_VALUE;

    /** With this nothing is a duplicate of anything. */
    private static final Duration NO_HORIZON = Duration.ofMillis(-1);

    private final Marks.Source source;
    private final long incarnation;
    private final long horizonMillis;
    private final Rule rule;
    private final LongSupplier nanoTime;

    private final CountsOutlet outlet = new CountsOutlet(COUNTS);
    private final GapHistogram gaps = new GapHistogram();
    private final Deque<Object> pending = new ArrayDeque<>();
    private long originals;
    private long duplicates;
    private int inFlight;
    private boolean flushing;

    private long lastWatermark = NO_WATERMARK;
    private long expireBefore = MarkBucket.NOTHING_EXPIRED;
    private long expireBeforeOfBarrier = MarkBucket.NOTHING_EXPIRED;
    private long expireBeforeOfSnapshot = MarkBucket.NOTHING_EXPIRED;
    private @Nullable Watermark heldWatermark;

    private int touched;
    private long nextTouchNanos;

    // Set by init.
    @SuppressWarnings("NullAway.Init")
    private Outbox outbox;

    @SuppressWarnings("NullAway.Init")
    private Marks marks;

    @SuppressWarnings("NullAway.Init")
    private Round round;

    private int[] owned = {};
    private int processorIndex;

    DeduplicateP(Marks.Source source, long incarnation, Duration horizon, Rule rule, LongSupplier nanoTime) {
        this.source = source;
        this.incarnation = incarnation;
        this.horizonMillis = horizon.toMillis();
        this.rule = rule;
        this.nanoTime = nanoTime;
    }

    /**
     * Processors that keep their marks in a map which {@link MarksMap#create} made.
     *
     * @param marksMap the map's name
     * @param incarnation the number given to {@link MarksMap#create}
     * @param horizon how long an id is remembered, in source time
     */
    public static SupplierEx<Processor> supplier(String marksMap, long incarnation, Duration horizon) {
        return supplier(marksMap, incarnation, horizon, Rule.ORIGIN);
    }

    /** The same with a rule of choice; any but {@link Rule#ORIGIN} is for tests. */
    public static SupplierEx<Processor> supplier(String marksMap, long incarnation, Duration horizon, Rule rule) {
        return () -> new DeduplicateP(
                context -> MarksMap.open(marksMap, context), incarnation, horizon, rule, System::nanoTime);
    }

    /** Processors that only remember: every event passes, and leaves its mark where it has none. */
    public static SupplierEx<Processor> remembering(String marksMap, long incarnation) {
        return supplier(marksMap, incarnation, NO_HORIZON, Rule.ORIGIN);
    }

    @Override
    public void init(Outbox outbox, Context context) {
        this.outbox = outbox;
        marks = source.open(context);
        round = new Round(marks.buckets());
        owned = marks.owned();
        processorIndex = context.globalProcessorIndex();
        nextTouchNanos = nanoTime.getAsLong() + touchIntervalNanos();
    }

    @Override
    public boolean tryProcess() {
        touchNextBucket();
        return work();
    }

    @Override
    public void process(int ordinal, Inbox inbox) {
        while (round.size() < ROUND_SIZE) {
            Event event = (Event) inbox.poll();
            if (event == null) {
                break;
            }
            round.add(Buckets.bucketOf(event.idHigh(), marks.buckets()), event);
        }
        work();
    }

    @Override
    public boolean tryProcessWatermark(Watermark watermark) {
        lastWatermark = watermark.timestamp();
        heldWatermark = watermark;
        return true;
    }

    @Override
    public boolean saveToSnapshot() {
        if (!finish()) {
            return false;
        }
        long atBarrier = lastWatermark == NO_WATERMARK
                ? expireBeforeOfSnapshot
                : Math.max(expireBeforeOfSnapshot, lastWatermark - horizonMillis);
        if (!outbox.offerToSnapshot(BroadcastKey.broadcastKey(processorIndex), atBarrier)) {
            return false;
        }
        expireBeforeOfBarrier = atBarrier;
        // Only now, that nothing is under way: a batch that says less never comes after one that says more.
        expireBefore = expireBeforeOfSnapshot;
        return true;
    }

    @Override
    public boolean snapshotCommitFinish(boolean success) {
        if (success) {
            expireBeforeOfSnapshot = expireBeforeOfBarrier;
        }
        return true;
    }

    @Override
    public void restoreFromSnapshot(Inbox inbox) {
        inbox.drain((Map.Entry<?, Long> saved) -> expireBefore = Math.max(expireBefore, saved.getValue()));
        expireBeforeOfBarrier = expireBefore;
        expireBeforeOfSnapshot = expireBefore;
    }

    @Override
    public boolean complete() {
        return finish();
    }

    @Override
    public boolean closeIsCooperative() {
        return true;
    }

    /**
     * Submits, emits and reports as far as it goes now.
     *
     * @return false if the outbox is full, and holds an item that must be offered again before any other
     */
    private boolean work() {
        if (flushing && !flush()) {
            return false;
        }
        if (round.size() >= ROUND_SIZE ? inFlight + ROUND_SIZE <= MAX_IN_FLIGHT : pending.isEmpty()) {
            submitRound();
        }
        if (!emit()) {
            return false;
        }
        countInto();
        flushing = !outlet.flushNowAndThen(outbox, nanoTime.getAsLong());
        return !flushing;
    }

    /** Like {@link #work}, but true only when nothing at all is left. */
    private boolean finish() {
        if (flushing && !flush()) {
            return false;
        }
        submitRound();
        if (!emit() || !pending.isEmpty()) {
            return false;
        }
        countInto();
        return flush();
    }

    private void submitRound() {
        round.drain(this::submit);
        if (heldWatermark != null) {
            pending.add(heldWatermark);
            heldWatermark = null;
        }
    }

    private void submit(int bucket, List<Event> events) {
        submit(bucket, events, false);
    }

    private void submit(int bucket, List<Event> events, boolean touch) {
        MarkBatch batch = new MarkBatch(incarnation, expireBefore, horizonMillis, rule, touch, Sightings.of(events));
        pending.add(new Flight(
                marks.name(), bucket, events, marks.submit(bucket, batch).toCompletableFuture()));
        inFlight += events.size();
    }

    /** Emits from the head of {@code pending} what is there. False if the outbox is full. */
    private boolean emit() {
        Object head;
        while ((head = pending.peek()) != null) {
            if (head instanceof Flight flight) {
                if (!flight.isLanded()) {
                    return true;
                }
                if (!flight.emit(outbox, gaps::add)) {
                    return false;
                }
                inFlight -= flight.size();
                duplicates += flight.duplicates();
                originals += flight.size() - flight.duplicates();
            } else if (!outbox.offer(head)) {
                return false;
            }
            pending.remove();
        }
        return true;
    }

    private void countInto() {
        if (originals == 0 && duplicates == 0) {
            return;
        }
        outlet.counts().add(Counter.ORIGINALS, originals);
        outlet.counts().add(Counter.DUPLICATES, duplicates);
        gaps.moveTo(outlet.counts());
        originals = 0;
        duplicates = 0;
    }

    private boolean flush() {
        flushing = !outlet.flush(outbox);
        return !flushing;
    }

    /** Keeps the buckets alive, one after the other, so that each has its turn once an interval. */
    private void touchNextBucket() {
        long now = nanoTime.getAsLong();
        if (owned.length == 0 || now - nextTouchNanos < 0) {
            return;
        }
        submit(owned[touched], List.of(), true);
        touched = (touched + 1) % owned.length;
        nextTouchNanos = Math.max(nextTouchNanos, now - TOUCH_INTERVAL_NANOS) + touchIntervalNanos();
    }

    private long touchIntervalNanos() {
        return TOUCH_INTERVAL_NANOS / Math.max(1, owned.length);
    }
}
