package io.sightline.gateway.access;

import io.sightline.gateway.ResultColumn;
import io.sightline.gateway.Rows;
import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The statements of one role: so many run at once, others wait for as long as a statement may take. One that has taken longer,
 * because its client does not read on, is ended when another waits. Any thread.
 */
final class RunningStatements {
    private static final long LOOK_MILLIS = 500;

    private final Semaphore permits;
    private final LongSupplier nanoClock;
    private final Set<Running> running = ConcurrentHashMap.newKeySet();

    /** @param nanoClock a clock for spans, as {@link System#nanoTime} */
    RunningStatements(int concurrency, LongSupplier nanoClock) {
        this.permits = new Semaphore(concurrency, true);
        this.nanoClock = nanoClock;
    }

    /**
     * Runs a statement when its turn has come; its turn lasts until its rows are closed.
     *
     * @throws StatementException if it does not come in time
     */
    Rows run(Role role, Supplier<Rows> statement) {
        acquire(role);
        try {
            Running rows = new Running(statement.get(), deadline(role));
            running.add(rows);
            return rows;
        } catch (RuntimeException | Error e) {
            permits.release();
            throw e;
        }
    }

    private long deadline(Role role) {
        return nanoClock.getAsLong() + role.statementTimeout().toNanos();
    }

    private void acquire(Role role) {
        long waitsUntil = deadline(role);
        try {
            // With a time to wait, if only of nothing, those who have waited longer come first.
            while (!permits.tryAcquire(0, TimeUnit.MILLISECONDS)) {
                endOverdue();
                if (permits.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                    return;
                }
                if (nanoClock.getAsLong() - waitsUntil >= 0) {
                    throw new StatementException(
                            SqlState.TOO_MANY_CONNECTIONS,
                            "role \"" + role.name() + "\" already runs " + role.concurrency() + " statements",
                            null,
                            "try again, or raise `concurrency` of the role in the access file");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StatementException(SqlState.QUERY_CANCELED, "canceling statement due to user request");
        }
    }

    private void endOverdue() {
        long now = nanoClock.getAsLong();
        running.stream().filter(rows -> now - rows.deadline >= 0).forEach(Running::close);
    }

    private final class Running implements Rows {
        private final Rows rows;
        private final long deadline;
        private final AtomicBoolean closed = new AtomicBoolean();

        Running(Rows rows, long deadline) {
            this.rows = rows;
            this.deadline = deadline;
        }

        @Override
        public List<ResultColumn> columns() {
            return rows.columns();
        }

        @Override
        public @Nullable Object @Nullable [] next() {
            return rows.next();
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                running.remove(this);
                try {
                    rows.close();
                } finally {
                    permits.release();
                }
            }
        }
    }
}
