package io.sightline.rollup.imap;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.core.Watermark;
import com.hazelcast.jet.core.test.TestInbox;
import com.hazelcast.jet.core.test.TestOutbox;
import com.hazelcast.jet.core.test.TestProcessorContext;
import io.sightline.event.Event;
import io.sightline.observe.Counter;
import io.sightline.observe.Counts;
import io.sightline.rollup.AccumulatorBound;
import io.sightline.rollup.Sightings;
import io.sightline.spec.RollupSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A {@link RollupP} that a test drives by hand, as Jet would: one call after the other, with a clock of the test's. */
final class Driven {
    private final RollupP processor;
    private final TestOutbox outbox = new TestOutbox(new int[] {16}, 16);
    private final List<Object> emitted = new ArrayList<>();
    private final Queue<Runnable> blocking = new ArrayDeque<>();
    private long nanos;

    Driven(HazelcastInstance member, RollupSpec rollup, StartNumber start, long limit) throws Exception {
        this(member, rollup, start, limit, null);
    }

    Driven(HazelcastInstance member, RollupSpec rollup, StartNumber start, long limit, @Nullable StateHandOver handOver)
            throws Exception {
        processor = new RollupP(
                rollup,
                Sightings.PIPELINE,
                TestMember.MAP,
                start,
                new AccumulatorBound(limit),
                handOver,
                blocking::add,
                () -> nanos);
        processor.init(outbox, new TestProcessorContext().setHazelcastInstance(member));
    }

    Driven feed(Event... events) {
        if (!offer(events)) {
            throw new AssertionError("events refused");
        }
        return this;
    }

    /** Whether it takes them all. */
    boolean offer(Event... events) {
        TestInbox inbox = new TestInbox(List.of(events));
        processor.process(0, inbox);
        return inbox.isEmpty();
    }

    /** Does what must not block the processor's thread, which waits for it meanwhile. */
    Driven runBlocking() {
        for (Runnable task; (task = blocking.poll()) != null; ) {
            task.run();
        }
        return this;
    }

    /** Lets it write all it has and hand it over. */
    void complete() {
        spinUntil(processor::complete);
    }

    Driven watermark(long millis) {
        processor.tryProcessWatermark(new Watermark(millis));
        return this;
    }

    /** One call of Jet's, 200 ms after the last one; false if the processor wants no events now. */
    boolean turn() {
        nanos += TimeUnit.MILLISECONDS.toNanos(200);
        return turnAtOnce();
    }

    boolean turnAtOnce() {
        boolean ready = processor.tryProcess();
        runBlocking();
        outbox.drainQueueAndReset(0, emitted, false);
        return ready;
    }

    /** Turns until this is so. */
    Driven until(BooleanSupplier condition) {
        spinUntil(() -> condition.getAsBoolean() || (turn() && condition.getAsBoolean()));
        return this;
    }

    private static void spinUntil(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
            if (System.nanoTime() > deadline) {
                throw new AssertionError("it never was");
            }
        }
    }

    /** Lets it write all it has and forward the watermark. */
    Driven settle(long watermark) {
        watermark(watermark);
        return until(() -> forwarded().contains(watermark));
    }

    /** The barrier; what was saved so far goes to {@code saved}. */
    boolean barrier(List<Object> saved) {
        boolean done = processor.saveToSnapshot();
        outbox.drainSnapshotQueueAndReset(saved, false);
        outbox.drainQueueAndReset(0, emitted, false);
        return done;
    }

    /** Lets the barrier pass: from its arrival on, Jet calls nothing else. */
    List<Object> save() {
        List<Object> saved = new ArrayList<>();
        spinUntil(() -> barrier(saved));
        return saved;
    }

    Driven restore(List<Object> saved) {
        TestInbox inbox = new TestInbox(saved);
        processor.restoreFromSnapshot(inbox);
        processor.finishSnapshotRestore();
        return this;
    }

    void close() throws InterruptedException {
        processor.close();
    }

    List<Long> forwarded() {
        return emitted.stream()
                .filter(Watermark.class::isInstance)
                .map(item -> ((Watermark) item).timestamp())
                .toList();
    }

    Map<String, Long> counted(Counter counter) {
        Counts sum = new Counts();
        emitted.stream().filter(Counts.class::isInstance).forEach(item -> sum.addAll((Counts) item));
        return sum.byLabel(counter);
    }
}
