package io.sightline.gateway.access;

import io.sightline.event.Column;
import io.sightline.gateway.GridView;
import io.sightline.gateway.ResultColumn;
import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.sql.ParameterValues;
import io.sightline.gateway.sql.ScriptStatement;
import io.sightline.history.EventRows;
import io.sightline.history.RowCondition;
import io.sightline.history.delta.TableVersion;
import io.sightline.history.jet.HistoryQuestion;
import io.sightline.spec.PipelineSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The way from a question about a pipeline's history to its answer, within what the asker may read of the pipeline's
 * relation: its columns, and its rows as far as {@link HistoryFilter} knows the filter. Who asked for rows is in the audit log.
 * Thread-safe.
 */
public final class HistoryQueries {
    private static final int VERSIONS = 20;
    private static final int MOST_ROWS = 1_000;
    private static final int MOST_CONDITIONS = 20;
    private static final Duration LONGEST = Duration.ofSeconds(20);
    /** So long an answer about versions serves all who ask. */
    private static final Duration FRESH = Duration.ofSeconds(2);

    private final Queries queries;
    private final GridView grid;
    private final AuditLog audit;
    private final LongSupplier nanoClock;
    private final Map<String, Versions> known = new ConcurrentHashMap<>();
    private final Map<Role.Limit, Semaphore> running = new ConcurrentHashMap<>();

    /** An answer that is there, or on its way: it serves all who ask meanwhile, and for a while. */
    private record Versions(CompletableFuture<List<TableVersion>> newestFirst, long askedNanos) {
        boolean serves(long nowNanos) {
            return !newestFirst.isDone() || nowNanos - askedNanos < FRESH.toNanos();
        }
    }

    /** @param nanoClock a clock for spans, as {@link System#nanoTime} */
    public HistoryQueries(Queries queries, GridView grid, AuditLog audit, LongSupplier nanoClock) {
        this.queries = queries;
        this.grid = grid;
        this.audit = audit;
        this.nanoClock = nanoClock;
    }

    /**
     * Which rows of which version.
     *
     * @param version null for that of the moment, or the newest
     * @param moment null for none
     * @param last only rows so young when the version was made; null for all
     * @param where conditions as {@link RowCondition#parse} reads them; empty for none
     * @param limit how many rows at most
     */
    public record AsOf(
            String pipeline,
            @Nullable Long version,
            @Nullable Instant moment,
            @Nullable Duration last,
            String where,
            int limit) {}

    /** What somebody may read of a pipeline's history. */
    private record Reading(
            PipelineSpec pipeline,
            List<Column> columns,
            @Nullable RowFilter filter) {}

    /** Whether the person reads all rows of the pipeline, and so may know how many there are. */
    public boolean readsAllRows(Principal principal, String pipeline) {
        Grant grant = principal.role().grant(pipeline);
        return grant != null && grant.rows() == null;
    }

    /**
     * The newest versions of a pipeline's table, newest first.
     *
     * @throws StatementException if it has none that the person may read, or it cannot be read
     */
    public List<TableVersion> versions(Principal principal, String pipeline) {
        PipelineSpec asked = readable(principal, pipeline).pipeline();
        long now = nanoClock.getAsLong();
        Versions own = new Versions(new CompletableFuture<>(), now);
        Versions serving = known.merge(pipeline, own, (before, after) -> before.serves(now) ? before : after);
        if (serving.newestFirst() == own.newestFirst()) {
            own.newestFirst()
                    .completeAsync(
                            () -> grid.ask(new HistoryQuestion.Versions(asked, VERSIONS), LONGEST), Runnable::run);
        }
        try {
            return serving.newestFirst().get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StatementException refused) {
                throw refused;
            }
            throw new IllegalStateException("the versions cannot be read", e);
        } catch (TimeoutException e) {
            throw new StatementException(SqlState.QUERY_CANCELED, "canceling statement due to statement timeout");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StatementException(SqlState.QUERY_CANCELED, "canceling statement due to user request");
        }
    }

    /**
     * Rows as they were.
     *
     * @throws StatementException if the person may not read them, or they cannot be read
     */
    public HistoryQuestion.Answer rows(Caller caller, AsOf asked) {
        ScriptStatement statement = statement(asked);
        Principal principal = caller.principal();
        HistoryQuestion.AsOf question;
        try {
            question = question(principal, asked);
        } catch (StatementException e) {
            audit.refused(caller, statement, ParameterValues.NONE, e);
            throw e;
        }
        Map<String, @Nullable String> policies =
                Collections.singletonMap(asked.pipeline(), principal.role().policy(asked.pipeline()));
        AuditLog.Query audited = audit.started(caller, statement, ParameterValues.NONE, policies);
        Semaphore permits =
                running.computeIfAbsent(principal.role().limit(), limit -> new Semaphore(limit.concurrency()));
        if (!permits.tryAcquire()) {
            audited.end(0, false, SqlState.TOO_MANY_CONNECTIONS);
            throw new StatementException(
                    SqlState.TOO_MANY_CONNECTIONS,
                    "role \"" + principal.role().name() + "\" already reads the history "
                            + principal.role().concurrency() + " times",
                    null,
                    "try again in a moment");
        }
        try {
            HistoryQuestion.Answer answer = grid.ask(question, question.within());
            audited.end(answer.rows().rows().size(), true, SqlState.SUCCESSFUL_COMPLETION);
            return answer;
        } catch (StatementException e) {
            audited.end(0, false, e.sqlState());
            throw e;
        } catch (RuntimeException | Error e) {
            audited.endQuietly(0, false, SqlState.INTERNAL_ERROR);
            throw e;
        } finally {
            permits.release();
        }
    }

    private HistoryQuestion.AsOf question(Principal principal, AsOf asked) {
        Reading readable = readable(principal, asked.pipeline());
        List<RowCondition> conditions = new ArrayList<>();
        if (!asked.where().isBlank()) {
            try {
                // Of the columns that the person reads, and no others: a condition tells as much as a value.
                conditions.addAll(RowCondition.parse(asked.where(), readable.columns()));
                if (conditions.size() > MOST_CONDITIONS) {
                    throw new IllegalArgumentException("a question may have " + MOST_CONDITIONS + " conditions");
                }
            } catch (IllegalArgumentException e) {
                throw new StatementException(SqlState.SYNTAX_ERROR, String.valueOf(e.getMessage()));
            }
        }
        RowFilter filter = readable.filter();
        if (filter != null) {
            conditions.addAll(HistoryFilter.conditions(
                    filter.bind(principal.claims()), new EventRows(readable.pipeline()).columns()));
        }
        Role role = principal.role();
        return new HistoryQuestion.AsOf(
                readable.pipeline(),
                asked.version(),
                asked.moment(),
                asked.last(),
                conditions,
                readable.columns().stream().map(Column::name).toList(),
                Math.min(asked.limit(), Math.min(role.maxRows(), MOST_ROWS)),
                role.statementTimeout().compareTo(LONGEST) < 0 ? role.statementTimeout() : LONGEST);
    }

    private Reading readable(Principal principal, String pipeline) {
        List<String> names = queries.readable(principal).stream()
                .filter(relation -> relation.name().equals(pipeline))
                .flatMap(relation -> relation.columns().stream())
                .map(ResultColumn::name)
                .toList();
        PipelineSpec spec = grid.pipelines().stream()
                .filter(running -> running.name().equals(pipeline))
                .findFirst()
                .orElse(null);
        Grant grant = principal.role().grant(pipeline);
        if (names.isEmpty() || spec == null || grant == null) {
            // The same answer for what is not there and what may not be known.
            throw new StatementException(
                    SqlState.UNDEFINED_TABLE,
                    "there is no pipeline \"" + pipeline + "\"",
                    null,
                    "GET /api/pipelines lists those you may read");
        }
        if (spec.history() == null) {
            throw new StatementException(
                    SqlState.FEATURE_NOT_SUPPORTED,
                    "the pipeline \"" + pipeline + "\" keeps no history",
                    null,
                    "give its file a `history`");
        }
        List<Column> columns = new EventRows(spec)
                .columns().stream()
                        .filter(column -> names.contains(column.name()))
                        .toList();
        return new Reading(spec, columns, grant.rows());
    }

    /** The question in words for the audit log. */
    private static ScriptStatement statement(AsOf asked) {
        StringBuilder text = new StringBuilder("SELECT * FROM \"")
                .append(asked.pipeline().replace("\"", "\"\""))
                .append('"');
        if (asked.version() != null) {
            text.append(" VERSION AS OF ").append(asked.version());
        } else if (asked.moment() != null) {
            text.append(" TIMESTAMP AS OF '").append(asked.moment()).append('\'');
        }
        if (!asked.where().isBlank()) {
            text.append(" WHERE ").append(asked.where());
        }
        text.append(" LIMIT ").append(asked.limit());
        return new ScriptStatement(text.toString(), text.toString(), List.of(), new int[0]);
    }
}
