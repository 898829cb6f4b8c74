package io.sightline.pipeline;

import static java.util.Objects.requireNonNull;

import com.hazelcast.function.FunctionEx;
import com.hazelcast.jet.RestartableException;
import com.hazelcast.jet.core.Inbox;
import com.hazelcast.jet.core.Outbox;
import com.hazelcast.jet.core.Processor;
import com.hazelcast.jet.core.ProcessorSupplier;
import com.hazelcast.jet.core.Watermark;
import com.hazelcast.map.IMap;
import io.sightline.event.imap.PassingFailures;
import io.sightline.observe.Counts;
import io.sightline.observe.jet.CountsOutlet;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Writes items as rows of an IMap: upserts under a key that follows from the item, so that a replay changes nothing.
 *
 * <p>Rows are put in batches, some of them in flight at a time. A watermark is forwarded, and the barrier let through,
 * only when every row before it is acknowledged: what the job snapshot calls done can be read. Cooperative; its only
 * outbound edge goes to the status processor.
 *
 * @param <T> the items
 */
final class MapWriterP<T> implements Processor {
    /** As many as are serialized in a few milliseconds: the statements of people wait for the same threads. */
    private static final int BATCH_ROWS = 512;

    private static final int BATCHES_IN_FLIGHT = 8;

    private final String mapName;
    private final FunctionEx<Context, Rows<T>> rowsOf;
    private final CountsOutlet outlet = new CountsOutlet(0);
    /** What was sent and not yet acknowledged, oldest first, watermarks in their place between the batches. */
    private final Deque<Pending> pending = new ArrayDeque<>();

    private Map<Object, Object> batch = new HashMap<>();
    private int batchesInFlight;
    private @Nullable IMap<Object, Object> map;
    private @Nullable Rows<T> rows;
    private @Nullable Outbox outbox;

    /** How items become rows. Made from the processor's context; each processor has its own. */
    interface Rows<T> {
        /** Adds the item's row to the batch, or counts why it has none. */
        void add(T item, Map<Object, Object> batch, Counts counts);

        /** Told that the rows added since the last call are on their way; runs the answer once they can be read. */
        default Runnable sent(CountsOutlet outlet) {
            return () -> {};
        }

        /** Asked now and then, and before the barrier and the end, to report what it kept by itself. */
        default void report(CountsOutlet outlet) {}
    }

    private sealed interface Pending {
        record Batch(CompletableFuture<Void> acknowledgement, Runnable onAcknowledged) implements Pending {}

        record Mark(Watermark watermark) implements Pending {}
    }

    private MapWriterP(String mapName, FunctionEx<Context, Rows<T>> rowsOf) {
        this.mapName = mapName;
        this.rowsOf = rowsOf;
    }

    static <T> ProcessorSupplier supplier(String mapName, FunctionEx<Context, Rows<T>> rowsOf) {
        return ProcessorSupplier.of(() -> new MapWriterP<>(mapName, rowsOf));
    }

    @Override
    public void init(Outbox outbox, Context context) {
        this.outbox = outbox;
        this.map = context.hazelcastInstance().getMap(mapName);
        this.rows = rowsOf.apply(context);
    }

    @Override
    @SuppressWarnings("unchecked")
    public void process(int ordinal, Inbox inbox) {
        if (!settle(BATCHES_IN_FLIGHT - 1)) {
            return;
        }
        for (Object item; batch.size() < BATCH_ROWS && (item = inbox.poll()) != null; ) {
            rows().add((T) item, batch, outlet.counts());
        }
        send();
    }

    @Override
    public boolean tryProcess() {
        settle(BATCHES_IN_FLIGHT);
        // Nothing but this offers to the outbox, so an item it once refused is the next one offered.
        return outlet.flushNowAndThen(outbox(), System.nanoTime(), () -> rows().report(outlet));
    }

    @Override
    public boolean tryProcessWatermark(Watermark watermark) {
        pending.add(new Pending.Mark(watermark));
        settle(BATCHES_IN_FLIGHT);
        return true;
    }

    @Override
    public boolean saveToSnapshot() {
        return settle(0) && flushAll();
    }

    @Override
    public boolean complete() {
        return settle(0) && flushAll();
    }

    private boolean flushAll() {
        rows().report(outlet);
        return outlet.flush(outbox());
    }

    private void send() {
        if (!batch.isEmpty()) {
            pending.add(new Pending.Batch(map().setAllAsync(batch).toCompletableFuture(), rows().sent(outlet)));
            batchesInFlight++;
            batch = new HashMap<>();
        }
    }

    /** Takes what is acknowledged off the queue, oldest first. True if no more than this many batches are left. */
    private boolean settle(int mostInFlight) {
        while (!pending.isEmpty()) {
            Pending oldest = pending.element();
            if (oldest instanceof Pending.Batch sent) {
                if (!sent.acknowledgement().isDone()) {
                    break;
                }
                check(sent.acknowledgement());
                sent.onAcknowledged().run();
                batchesInFlight--;
            } else if (oldest instanceof Pending.Mark mark) {
                outlet.report(mark.watermark());
            }
            pending.remove();
        }
        return batchesInFlight <= mostInFlight;
    }

    private static void check(CompletableFuture<Void> acknowledgement) {
        try {
            acknowledgement.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RestartableException(e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (PassingFailures.isPassing(cause)) {
                throw new RestartableException("rows were not acknowledged, the job starts again", cause);
            }
            throw new IllegalStateException("cannot write rows: " + cause, cause);
        }
    }

    private IMap<Object, Object> map() {
        return requireNonNull(map);
    }

    private Rows<T> rows() {
        return requireNonNull(rows);
    }

    private Outbox outbox() {
        return requireNonNull(outbox);
    }
}
