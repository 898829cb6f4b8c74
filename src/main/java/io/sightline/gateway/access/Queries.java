package io.sightline.gateway.access;

import io.sightline.gateway.Engine;
import io.sightline.gateway.ResultColumn;
import io.sightline.gateway.Rows;
import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.sql.ColumnNames;
import io.sightline.gateway.sql.DialectBridge;
import io.sightline.gateway.sql.ParameterValues;
import io.sightline.gateway.sql.ScriptStatement;
import io.sightline.gateway.sql.SqlText;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/**
 * The way from a statement to its rows, the same for every door: parsed, parameters put in, bridged, guarded, run within
 * what the role may take of the grid. Thread-safe.
 */
public final class Queries {
    private final Engine engine;
    private final Supplier<Catalog> catalog;
    private final Clock clock;
    private final Map<String, Semaphore> running = new ConcurrentHashMap<>();

    /**
     * Queries of one gateway.
     *
     * @param catalog asked once a statement
     */
    public Queries(Engine engine, Supplier<Catalog> catalog, Clock clock) {
        this.engine = engine;
        this.catalog = catalog;
        this.clock = clock;
    }

    /** The relations that somebody may read, with the columns they may read. */
    public List<LogicalRelation> readable(Principal principal) {
        return new SqlGuard(catalog.get(), principal).readable();
    }

    /**
     * Starts a query; the rows are to be closed.
     *
     * @throws StatementException if it is refused, or fails
     */
    public Rows run(Principal principal, ScriptStatement statement, ParameterValues parameters) {
        SqlNode parsed = parameters.putInto(SqlText.parse(statement.text()), statement);
        ColumnNames names = ColumnNames.of(parsed);
        SqlNode bridged = new DialectBridge(clock.instant()).bridge(parsed);
        String sql = new SqlGuard(catalog.get(), principal).guard(bridged).sql();
        Role role = principal.role();
        Semaphore permits = running.computeIfAbsent(role.name(), name -> new Semaphore(role.concurrency(), true));
        acquire(permits, role);
        try {
            return new Limited(engine.execute(sql, List.of(), role.statementTimeout()), names, role, permits);
        } catch (RuntimeException | Error e) {
            permits.release();
            throw e;
        }
    }

    private static void acquire(Semaphore permits, Role role) {
        try {
            if (!permits.tryAcquire(role.statementTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new StatementException(
                        SqlState.TOO_MANY_CONNECTIONS,
                        "role \"" + role.name() + "\" already runs " + role.concurrency() + " statements",
                        null,
                        "try again, or raise `concurrency` of the role in the access file");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StatementException(SqlState.QUERY_CANCELED, "canceling statement due to user request");
        }
    }

    /** Rows under PostgreSQL's names, as many as the role may have. */
    private static final class Limited implements Rows {
        private final Rows rows;
        private final List<ResultColumn> columns;
        private final Role role;
        private final Semaphore permits;
        private final AtomicBoolean closed = new AtomicBoolean();
        private int read;

        Limited(Rows rows, ColumnNames names, Role role, Semaphore permits) {
            this.rows = rows;
            this.columns = names.rename(rows.columns());
            this.role = role;
            this.permits = permits;
        }

        @Override
        public List<ResultColumn> columns() {
            return columns;
        }

        @Override
        public @Nullable Object @Nullable [] next() {
            @Nullable Object[] row = rows.next();
            if (row != null && ++read > role.maxRows()) {
                throw new StatementException(
                        SqlState.PROGRAM_LIMIT_EXCEEDED,
                        "the result has more than " + role.maxRows() + " rows, which is the most for role \""
                                + role.name() + "\"",
                        null,
                        "add a LIMIT, or group");
            }
            return row;
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                try {
                    rows.close();
                } finally {
                    permits.release();
                }
            }
        }
    }
}
