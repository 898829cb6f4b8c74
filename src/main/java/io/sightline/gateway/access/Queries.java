package io.sightline.gateway.access;

import io.sightline.gateway.Engine;
import io.sightline.gateway.ResultColumn;
import io.sightline.gateway.Rows;
import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.access.SharedExecutions.Asked;
import io.sightline.gateway.access.SharedExecutions.Moment;
import io.sightline.gateway.sql.ColumnNames;
import io.sightline.gateway.sql.DialectBridge;
import io.sightline.gateway.sql.ParameterValues;
import io.sightline.gateway.sql.ScriptStatement;
import io.sightline.gateway.sql.SqlText;
import io.sightline.gateway.sql.TimeParameters;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/**
 * The way from a statement to its rows, the same for every door: parsed, parameters put in, bridged, guarded, written to
 * the audit log, and run within what the role may take of the grid or shared with
 * those who ask the same. Thread-safe.
 */
public final class Queries {
    private final Engine engine;
    private final Supplier<Catalog> catalog;
    private final AuditLog audit;
    private final SharedExecutions shared;
    private final Map<Role.Limit, RunningStatements> running = new ConcurrentHashMap<>();

    /**
     * Queries of one gateway.
     *
     * @param catalog asked once a statement
     * @param shared which statements share an execution, and when {@code now()} is
     */
    public Queries(Engine engine, Supplier<Catalog> catalog, AuditLog audit, SharedExecutions shared) {
        this.engine = engine;
        this.catalog = catalog;
        this.audit = audit;
        this.shared = shared;
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
    public Rows run(Caller caller, ScriptStatement statement, ParameterValues values) {
        return run(caller, statement, values, moment(caller, statement, values, false), moment -> {});
    }

    /** Rows, to be closed, and what was read before them. */
    public record After<T>(T before, Rows rows) {}

    /**
     * Starts a query after something else was read: where the rows are those of an execution that somebody shares, before that
     * began.
     *
     * @param before reads it; the same for all with one role and the same claims
     * @throws StatementException if it is refused, or fails
     */
    public <T> After<T> runAfter(Caller caller, Supplier<T> before, ScriptStatement statement, ParameterValues values) {
        Moment moment = moment(caller, statement, values, true);
        Rows rows = run(caller, statement, values, moment, any -> any.before(before));
        return new After<>(moment.before(before), rows);
    }

    private Moment moment(Caller caller, ScriptStatement statement, ParameterValues values, boolean after) {
        Principal principal = caller.principal();
        return shared.moment(new Asked(
                principal.role(), principal.claims(), statement.text(), statement.parameters(), values, after));
    }

    /** @param first what comes before the execution that some moment has */
    private Rows run(
            Caller caller, ScriptStatement statement, ParameterValues values, Moment moment, Consumer<Moment> first) {
        Principal principal = caller.principal();
        Role role = principal.role();
        AdmittedStatement admitted;
        try {
            admitted = moment.admitted(() -> admitted(principal, statement, values, moment.now()));
        } catch (StatementException e) {
            audit.refused(caller, statement, values, e);
            throw e;
        }
        AuditLog.Query audited = audit.started(caller, statement, values, admitted.policies());
        try {
            first.accept(moment);
            Rows rows = moment.rows(() -> execute(role, admitted.statement()));
            shared.renew(moment, next -> {
                first.accept(next);
                AdmittedStatement again = next.admitted(() -> admitted(principal, statement, values, next.now()));
                return execute(role, again.statement());
            });
            return new Answered(rows, admitted.names(), role, audited);
        } catch (StatementException e) {
            audited.end(0, false, e.sqlState());
            throw e;
        } catch (RuntimeException | Error e) {
            audited.endQuietly(0, false, SqlState.INTERNAL_ERROR);
            throw e;
        }
    }

    private AdmittedStatement admitted(
            Principal principal, ScriptStatement statement, ParameterValues values, Instant now) {
        SqlNode parsed = values.putInto(SqlText.parse(statement.text()), statement);
        ColumnNames names = ColumnNames.of(parsed);
        SqlNode bridged = new DialectBridge(now).bridge(parsed);
        Catalog relations = catalog.get();
        SqlGuard.Guarded passed = new SqlGuard(relations, principal).guard(bridged);
        TimeParameters withParameters = TimeParameters.of(
                passed.sql(), passed.parsed(), column -> relations.isTime(column, passed.relations()));
        Map<String, @Nullable String> policies = new TreeMap<>();
        passed.relations()
                .forEach(relation -> policies.put(relation, principal.role().policy(relation)));
        return new AdmittedStatement(withParameters, names, policies);
    }

    private Rows execute(Role role, TimeParameters statement) {
        return running.computeIfAbsent(
                        role.limit(), limit -> new RunningStatements(limit.concurrency(), System::nanoTime))
                .run(role, () -> engine.execute(statement.sql(), statement.values(), role.statementTimeout()));
    }

    /** Rows under PostgreSQL's names, as many as the role may have, and counted for the audit log. */
    private static final class Answered implements Rows {
        private final Rows rows;
        private final List<ResultColumn> columns;
        private final Role role;
        private final AuditLog.Query audited;
        private final AtomicInteger read = new AtomicInteger();
        private volatile boolean reading;

        Answered(Rows rows, ColumnNames names, Role role, AuditLog.Query audited) {
            this.rows = rows;
            this.columns = names.rename(rows.columns());
            this.role = role;
            this.audited = audited;
        }

        @Override
        public List<ResultColumn> columns() {
            return columns;
        }

        @Override
        public @Nullable Encoded encoded(Encoding encoding, int atMost) {
            reading = true;
            try {
                Encoded encoded = rows.encoded(encoding, Math.min(atMost, role.maxRows()));
                if (encoded != null) {
                    read.set(encoded.rows());
                }
                return encoded;
            } catch (StatementException e) {
                audited.endQuietly(read.get(), false, e.sqlState());
                throw e;
            } finally {
                reading = false;
            }
        }

        @Override
        public @Nullable Object @Nullable [] next() {
            reading = true;
            try {
                @Nullable Object[] row = rows.next();
                if (row == null) {
                    audited.end(read.get(), true, SqlState.SUCCESSFUL_COMPLETION);
                } else if (read.get() == role.maxRows()) {
                    throw new StatementException(
                            SqlState.PROGRAM_LIMIT_EXCEEDED,
                            "the result has more than " + role.maxRows() + " rows, which is the most for role \""
                                    + role.name() + "\"",
                            null,
                            "add a LIMIT, or group");
                } else {
                    read.incrementAndGet();
                }
                return row;
            } catch (StatementException e) {
                audited.endQuietly(read.get(), false, e.sqlState());
                throw e;
            } finally {
                reading = false;
            }
        }

        @Override
        public void close() {
            // Who closes while another thread reads, cancels.
            boolean cancelled = reading;
            try {
                rows.close();
            } finally {
                audited.endQuietly(
                        read.get(), false, cancelled ? SqlState.QUERY_CANCELED : SqlState.SUCCESSFUL_COMPLETION);
            }
        }
    }
}
