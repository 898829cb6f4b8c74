package io.sightline.gateway.access;

import io.sightline.gateway.ResultColumn;
import io.sightline.gateway.Rows;
import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one execution for several readers. The first of them who asks for a row reads all there are, at most {@value
 * #MOST_ROWS}; the others wait, and have the same. If there are more, or if whoever reads is cancelled, the others run
 * the statement for themselves: nobody waits for a slow client, and a large result is in nobody's memory.
 */
final class SharedResult {
    static final int MOST_ROWS = 4_000;
    /** More than this is encoded row by row, by each for itself. */
    private static final int MOST_BYTES = 4 << 20;

    private final CompletableFuture<Rows> opened = new CompletableFuture<>();
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    /** Whether anybody has these rows besides the first. */
    private volatile boolean joined;

    private int readers;
    private boolean taken;

    /** What those who wait are told. */
    private sealed interface Outcome {
        record All(List<@Nullable Object[]> rows, Map<Rows.Encoding, Optional<Rows.Encoded>> encoded)
                implements Outcome {
            All(List<@Nullable Object[]> rows) {
                this(rows, new ConcurrentHashMap<>());
            }

            Rows.@Nullable Encoded encoded(Rows.Encoding encoding) {
                return encoded.computeIfAbsent(
                                encoding,
                                form -> Optional.ofNullable(form.encode(rows, MOST_BYTES))
                                        .map(bytes -> new Rows.Encoded(bytes, rows.size())))
                        .orElse(null);
            }
        }

        record Failed(StatementException why) implements Outcome {}

        /** Each runs the statement for themselves. */
        record RunAlone() implements Outcome {}

        /** Only to those who have closed their rows. */
        record Closed() implements Outcome {}
    }

    /** Whether all rows are there, and whoever comes has them. */
    boolean isShared() {
        return outcome.getNow(null) instanceof Outcome.All;
    }

    /** Whether the rows are still to come. */
    boolean isUnderWay() {
        return !isShared() && !isLost();
    }

    /** Whether it is certain that nobody who comes has rows of it. */
    boolean isLost() {
        return opened.isCompletedExceptionally() || (outcome.isDone() && !isShared());
    }

    /**
     * The first one's rows.
     *
     * @param own runs the statement
     */
    Rows open(Supplier<Rows> own) {
        try {
            opened.complete(own.get());
        } catch (RuntimeException | Error e) {
            opened.completeExceptionally(e);
            throw e;
        }
        return reader(own);
    }

    /**
     * Another one's rows, once the statement runs.
     *
     * @param own runs the statement for this one alone
     */
    Rows join(Supplier<Rows> own) {
        try {
            opened.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StatementException failure) {
                throw failure;
            }
            throw e;
        }
        joined = true;
        return reader(own);
    }

    private synchronized Reader reader(Supplier<Rows> own) {
        readers++;
        return new Reader(own, opened.join());
    }

    /** Whether the execution is this reader's to read. */
    private synchronized boolean take() {
        boolean first = !taken;
        taken = true;
        return first;
    }

    /** A reader leaves who has read nothing; the last one leaves nothing behind. */
    private void leave(Rows rows) {
        boolean last;
        synchronized (this) {
            readers--;
            last = readers == 0 && take();
        }
        if (last) {
            outcome.complete(new Outcome.RunAlone());
            rows.close();
        }
    }

    private final class Reader implements Rows {
        private final Supplier<Rows> own;
        private final Rows shared;
        private final CompletableFuture<Outcome> closed = new CompletableFuture<>();
        private final AtomicBoolean left = new AtomicBoolean();
        /** What this reader alone reads and closes. */
        private volatile @Nullable Rows mine;

        private @Nullable List<@Nullable Object[]> ready;
        private int next;

        Reader(Supplier<Rows> own, Rows shared) {
            this.own = own;
            this.shared = shared;
        }

        @Override
        public List<ResultColumn> columns() {
            return shared.columns();
        }

        @Override
        public @Nullable Encoded encoded(Encoding encoding, int atMost) {
            List<@Nullable Object[]> rows = ready();
            boolean whole = next == 0 && rows.size() <= atMost;
            if (!joined || !whole || !(outcome.getNow(null) instanceof Outcome.All all)) {
                return null;
            }
            Encoded encoded = all.encoded(encoding);
            next = encoded == null ? 0 : rows.size();
            return encoded;
        }

        @Override
        public @Nullable Object @Nullable [] next() {
            List<@Nullable Object[]> rows = ready();
            if (next < rows.size()) {
                return rows.get(next++);
            }
            Rows more = mine;
            return more == null ? null : more.next();
        }

        private List<@Nullable Object[]> ready() {
            List<@Nullable Object[]> rows = ready;
            if (rows == null) {
                rows = begin();
                ready = rows;
            }
            return rows;
        }

        private List<@Nullable Object[]> begin() {
            if (take()) {
                mine = shared;
                return read();
            }
            Outcome told = (Outcome) CompletableFuture.anyOf(outcome, closed).join();
            if (told instanceof Outcome.All all) {
                return all.rows();
            }
            if (told instanceof Outcome.Failed failed) {
                throw failed.why();
            }
            if (told instanceof Outcome.RunAlone) {
                mine = own.get();
            }
            throwIfClosed();
            return List.of();
        }

        /** All rows, or the first of many. */
        private List<@Nullable Object[]> read() {
            Outcome found = new Outcome.RunAlone();
            try {
                List<@Nullable Object[]> rows = new ArrayList<>();
                @Nullable Object[] row = shared.next();
                while (row != null) {
                    rows.add(row);
                    if (rows.size() == MOST_ROWS) {
                        return rows;
                    }
                    row = shared.next();
                }
                throwIfClosed();
                shared.close();
                mine = null;
                found = new Outcome.All(rows);
                return rows;
            } catch (StatementException e) {
                if (!closed.isDone()) {
                    found = new Outcome.Failed(e);
                }
                throw e;
            } finally {
                outcome.complete(found);
            }
        }

        private void throwIfClosed() {
            if (closed.isDone()) {
                Rows read = mine;
                if (read != null) {
                    read.close();
                }
                throw new StatementException(SqlState.QUERY_CANCELED, "canceling statement due to user request");
            }
        }

        @Override
        public void close() {
            closed.complete(new Outcome.Closed());
            Rows read = mine;
            if (read != null) {
                read.close();
            }
            if (left.compareAndSet(false, true)) {
                leave(shared);
            }
        }
    }
}
