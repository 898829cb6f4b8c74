package io.sightline.rollup.imap;

import com.hazelcast.jet.JetException;
import com.hazelcast.jet.RestartableException;
import com.hazelcast.map.IMap;
import com.hazelcast.nio.serialization.genericrecord.GenericRecord;
import io.sightline.event.imap.PassingFailures;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The row writes of one processor that the map has not yet acknowledged, in order. Not thread-safe. */
final class RowWrites {
    private static final int MOST_ROWS_IN_FLIGHT = 4_096;

    /** How long a processor that ends waits for its writes; beyond, the version of a row protects it. */
    private static final long LONGEST_WAIT_SECONDS = 10;

    private final IMap<RollupKey, GenericRecord> map;
    private final String rollup;
    private final long startNumber;
    private final ArrayDeque<Write> inFlight = new ArrayDeque<>();
    private int rowsInFlight;
    private long sequence;

    /** One operation under way: the execution numbers it found that are higher than its own, by key. */
    private record Write(int rows, CompletableFuture<Map<RollupKey, Long>> result) {}

    RowWrites(IMap<RollupKey, GenericRecord> map, String rollup, long startNumber) {
        this.map = map;
        this.rollup = rollup;
        this.startNumber = startNumber;
    }

    /** The sequence of the next row. */
    long nextSequence() {
        return ++sequence;
    }

    /** Writes rows that all lie in one bucket. */
    void submit(Map<RollupKey, GenericRecord> rows) {
        rowsInFlight += rows.size();
        inFlight.add(new Write(
                rows.size(),
                map.submitToKeys(rows.keySet(), RollupWrite.write(startNumber, rows))
                        .toCompletableFuture()));
    }

    /** Rows under way. */
    int inFlight() {
        return rowsInFlight;
    }

    /** How many more rows may be submitted now. */
    int room() {
        return MOST_ROWS_IN_FLIGHT - rowsInFlight;
    }

    /**
     * Forgets the oldest writes that are acknowledged.
     *
     * @throws RestartableException if one failed in a way that a restart of the job mends
     */
    void acknowledge() {
        for (Write oldest; (oldest = inFlight.peek()) != null && oldest.result.isDone(); ) {
            inFlight.remove();
            rowsInFlight -= oldest.rows;
            for (long later : result(oldest.result, rollup).values()) {
                throw new RestartableException("rollup " + rollup + ": execution " + startNumber
                        + " found a row of execution " + later + ", so another execution has taken over");
            }
        }
    }

    /** Waits until every write has succeeded or failed, but not for ever. */
    void awaitAll() throws InterruptedException {
        CompletableFuture<?> all =
                CompletableFuture.allOf(inFlight.stream().map(Write::result).toArray(CompletableFuture[]::new));
        try {
            all.get(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | CancellationException | TimeoutException e) {
            // The job has ended or has failed already; what matters is that the write is no longer under way.
            inFlight.clear();
            rowsInFlight = 0;
        }
    }

    /** The result of a map operation that is done; its failure as an exception that tells Jet whether to restart. */
    static <T> T result(CompletableFuture<T> done, String rollup) {
        try {
            return done.join();
        } catch (CompletionException | CancellationException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String message = "rollup " + rollup + ": writing to its map failed";
            throw PassingFailures.isPassing(cause)
                    ? new RestartableException(message, cause)
                    : new JetException(message, cause);
        }
    }
}
