package io.sightline.gateway.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import io.sightline.gateway.Rows;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.ValueType;
import io.sightline.gateway.access.Queries;
import io.sightline.gateway.sql.ParameterValues;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /api/sql}: {@code {"sql": "SELECT ... WHERE item = $1", "parameters": ["car"]}} gives
 * {@code {"completeness": [...], "columns": [{"name", "type"}], "rows": [[...]], "row_count": n}}.
 *
 * <p>The completeness of each pipeline is read before the rows, so that these are at least as complete as it says. A
 * statement that fails after its first 64 KB ends with an {@code error} in place of the {@code row_count}.
 */
final class SqlEndpoint implements Endpoint {
    /** So many wait or run at once, whatever the roles; each holds a thread. */
    private static final int MOST_AT_ONCE = 32;

    /** How complete answers are: what of {@code pipeline_status} goes with each. */
    private static final List<String> COMPLETENESS = List.of(
            "pipeline",
            "complete_up_to",
            "lag_events",
            "late",
            "late_uncorrected",
            "duplicates",
            "dead_letters",
            "unmatched",
            "updated_at");

    private final Statements statements;
    private final Statements repeated;
    private final Semaphore running = new Semaphore(MOST_AT_ONCE);

    /** @param repeated for what goes with every answer, and is not written to the audit log again */
    SqlEndpoint(Statements statements, Statements repeated) {
        this.statements = statements;
        this.repeated = repeated;
    }

    @Override
    public void serve(Exchange exchange) throws IOException {
        JsonNode body = exchange.jsonBody();
        JsonNode sql = body.path("sql");
        if (!sql.isTextual()) {
            throw HttpProblem.badRequest("`sql` must be a text", "{\"sql\": \"SELECT * FROM pipeline_status\"}");
        }
        ParameterValues parameters = parameters(body.path("parameters"));
        if (!running.tryAcquire()) {
            throw HttpProblem.busy();
        }
        try {
            run(exchange, sql.textValue(), parameters);
        } finally {
            running.release();
        }
    }

    private void run(Exchange exchange, String sql, ParameterValues parameters) throws IOException {
        Queries.After<Statements.Result> answer =
                statements.runAfterStatus(exchange.caller(), repeated, sql, parameters);
        try (Rows rows = answer.rows()) {
            exchange.sendJson(200, json -> {
                json.writeStartObject();
                json.writeFieldName("completeness");
                writeCompleteness(json, answer.before());
                json.writeFieldName("columns");
                JsonText.columns(json, rows.columns());
                writeRows(json, rows, exchange);
                json.writeEndObject();
            });
        }
    }

    private static void writeRows(JsonGenerator json, Rows rows, Exchange exchange) throws IOException {
        json.writeArrayFieldStart("rows");
        long count = 0;
        try {
            for (@Nullable Object[] row = rows.next(); row != null; row = rows.next()) {
                json.writeStartArray();
                for (Object value : row) {
                    JsonText.value(json, value);
                }
                json.writeEndArray();
                count++;
            }
            json.writeEndArray();
            json.writeNumberField("row_count", count);
        } catch (StatementException e) {
            if (!exchange.response().isCommitted()) {
                throw e;
            }
            json.writeEndArray();
            json.writeObjectFieldStart("error");
            Router.writeFields(json, e);
            json.writeEndObject();
        }
    }

    private static void writeCompleteness(JsonGenerator json, Statements.Result status) throws IOException {
        json.writeStartArray();
        for (@Nullable Object[] row : status.rows()) {
            json.writeStartObject();
            for (String column : COMPLETENESS) {
                int index = status.index(column);
                if (index >= 0) {
                    json.writeFieldName(column);
                    JsonText.value(json, row[index]);
                }
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static ParameterValues parameters(JsonNode values) {
        if (values.isMissingNode()) {
            return ParameterValues.NONE;
        }
        if (!values.isArray()) {
            throw HttpProblem.badRequest("`parameters` must be a list", "the first is $1 in the statement");
        }
        List<ValueType> types = new ArrayList<>();
        List<@Nullable Object> given = new ArrayList<>();
        for (JsonNode value : values) {
            if (value.isTextual() || value.isNull()) {
                types.add(ValueType.VARCHAR);
                given.add(value.textValue());
            } else if (value.isBoolean()) {
                types.add(ValueType.BOOLEAN);
                given.add(value.booleanValue());
            } else if (value.isNumber()) {
                types.add(ValueType.DECIMAL);
                given.add(value.decimalValue());
            } else {
                throw HttpProblem.badRequest("a parameter is a text, a number, true, false or null", null);
            }
        }
        return new ParameterValues(types, given);
    }
}
