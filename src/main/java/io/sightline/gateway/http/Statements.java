package io.sightline.gateway.http;

import io.sightline.gateway.ResultColumn;
import io.sightline.gateway.Rows;
import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.access.Caller;
import io.sightline.gateway.access.Principal;
import io.sightline.gateway.access.Queries;
import io.sightline.gateway.sql.ParameterValues;
import io.sightline.gateway.sql.ScriptStatement;
import io.sightline.gateway.sql.SqlScript;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statements of the door, by its users and its own: all through the same guard. Thread-safe. */
final class Statements {
    private final Queries queries;

    Statements(Queries queries) {
        this.queries = queries;
    }

    /** All rows of a statement that gives few. */
    record Result(List<ResultColumn> columns, List<@Nullable Object[]> rows) {
        static final Result EMPTY = new Result(List.of(), List.of());

        /** The place of a column; negative if it is not there. */
        int index(String column) {
            for (int i = 0; i < columns.size(); i++) {
                if (columns.get(i).name().equals(column)) {
                    return i;
                }
            }
            return -1;
        }
    }

    /** Starts one statement after the status of pipelines was read, as others read it; the rows are to be closed. */
    Queries.After<Result> runAfterStatus(Caller caller, Statements others, String sql, ParameterValues parameters) {
        return queries.runAfter(caller, () -> others.status(caller), single(sql), parameters);
    }

    private static ScriptStatement single(String sql) {
        List<ScriptStatement> statements = SqlScript.split(sql).stream()
                .filter(statement -> !statement.isEmpty())
                .toList();
        if (statements.size() != 1) {
            throw new StatementException(
                    SqlState.SYNTAX_ERROR, statements.isEmpty() ? "no statement" : "one statement at a time");
        }
        return statements.get(0);
    }

    Result read(Caller caller, String sql) {
        try (Rows rows = queries.run(caller, single(sql), ParameterValues.NONE)) {
            List<@Nullable Object[]> all = new ArrayList<>();
            for (@Nullable Object[] row = rows.next(); row != null; row = rows.next()) {
                all.add(row);
            }
            return new Result(rows.columns(), all);
        }
    }

    /** What pipelines say about themselves; nothing if that may not be read. */
    Result status(Caller caller) {
        return canRead(caller.principal(), "pipeline_status")
                ? read(caller, "SELECT * FROM pipeline_status")
                : Result.EMPTY;
    }

    boolean canRead(Principal principal, String relation) {
        return columns(principal, relation) != null;
    }

    /** The columns that may be read; null if the relation may not. */
    @Nullable
    List<String> columns(Principal principal, String relation) {
        return queries.readable(principal).stream()
                .filter(readable -> readable.name().equals(relation))
                .findFirst()
                .map(readable ->
                        readable.columns().stream().map(ResultColumn::name).toList())
                .orElse(null);
    }
}
