package io.sightline.gateway.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import io.sightline.event.Column;
import io.sightline.gateway.access.HistoryQueries;
import io.sightline.history.delta.TableVersion;
import io.sightline.history.jet.HistoryQuestion;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /api/history?pipeline=detections} gives {@code {"pipeline", "versions": [{"version", "time", "operation", "rows",
 * "files", "bytes", "writer"}]}}, newest first; to those who read some rows only it does not tell how many there are.
 *
 * <p>{@code POST /api/history} with {@code {"pipeline": "detections", "version": 12, "where": "item = 'car'"}}, or
 * {@code "at": "2026-05-01T10:00:00Z"} in place of the version, gives the newest of those rows as they were then:
 * {@code {"version", "time", "columns", "rows", "more"}}. {@code "last_ms"} and {@code "limit"} ask for fewer.
 */
final class HistoryEndpoint {
    /** So many wait or run at once; each holds a thread. */
    private static final int MOST_AT_ONCE = 16;

    private static final int DEFAULT_LIMIT = 100;
    private static final int LONGEST_CONDITION = 2_000;
    /** A hundred years: all there is. */
    private static final long LONGEST_MILLIS = Duration.ofDays(36_500).toMillis();

    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private final HistoryQueries history;
    private final Semaphore running = new Semaphore(MOST_AT_ONCE);

    HistoryEndpoint(HistoryQueries history) {
        this.history = history;
    }

    void versions(Exchange exchange) throws IOException {
        String pipeline = Request.extractQueryParameters(exchange.request()).getValue("pipeline");
        if (pipeline == null) {
            throw HttpProblem.badRequest("`pipeline` is missing", "GET /api/history?pipeline=detections");
        }
        List<TableVersion> versions = atOnce(() -> history.versions(exchange.principal(), pipeline));
        boolean withTotals = history.readsAllRows(exchange.principal(), pipeline);
        exchange.sendJson(200, json -> {
            json.writeStartObject();
            json.writeStringField("pipeline", pipeline);
            json.writeArrayFieldStart("versions");
            for (TableVersion version : versions) {
                write(json, version, withTotals);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, TableVersion version, boolean withTotals) throws IOException {
        json.writeStartObject();
        json.writeNumberField("version", version.version());
        json.writeStringField("time", time(version.time()));
        json.writeStringField("operation", version.operation());
        if (withTotals) {
            json.writeFieldName("rows");
            JsonText.value(json, version.rows());
            json.writeNumberField("files", version.files());
            json.writeNumberField("bytes", version.bytes());
        }
        json.writeStringField("writer", version.writer());
        json.writeEndObject();
    }

    void rows(Exchange exchange) throws IOException {
        JsonNode body = exchange.jsonBody();
        HistoryQueries.AsOf asked = new HistoryQueries.AsOf(
                text(body, "pipeline", null),
                body.has("version") ? (Long) whole(body, "version", 0) : null,
                body.has("at") ? moment(text(body, "at", null)) : null,
                body.has("last_ms") ? Duration.ofMillis(Math.min(LONGEST_MILLIS, whole(body, "last_ms", 0))) : null,
                text(body, "where", ""),
                (int) Math.min(Integer.MAX_VALUE, whole(body, "limit", DEFAULT_LIMIT)));
        if (asked.version() != null && asked.moment() != null) {
            throw HttpProblem.badRequest("`version` and `at` say the same", "give one of them, or neither");
        }
        if (asked.where().length() > LONGEST_CONDITION) {
            throw HttpProblem.badRequest("`where` has more than " + LONGEST_CONDITION + " characters", null);
        }
        HistoryQuestion.Answer answer = atOnce(() -> history.rows(exchange.caller(), asked));
        exchange.sendJson(200, json -> {
            json.writeStartObject();
            json.writeNumberField("version", answer.version());
            json.writeStringField("time", time(answer.made()));
            json.writeArrayFieldStart("columns");
            for (Column column : answer.columns()) {
                json.writeStartObject();
                json.writeStringField("name", column.name());
                json.writeStringField("type", column.type().sqlType());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("rows");
            for (List<@Nullable Object> row : answer.rows().rows()) {
                json.writeStartArray();
                for (Object value : row) {
                    JsonText.value(json, value instanceof Instant moment ? moment.atOffset(ZoneOffset.UTC) : value);
                }
                json.writeEndArray();
            }
            json.writeEndArray();
            json.writeBooleanField("more", answer.rows().hasMore());
            json.writeEndObject();
        });
    }

    private interface Asking<T> {
        T answer();
    }

    private <T> T atOnce(Asking<T> asking) {
        if (!running.tryAcquire()) {
            throw HttpProblem.busy();
        }
        try {
            return asking.answer();
        } finally {
            running.release();
        }
    }

    private static String time(Instant moment) {
        return JsonText.time(moment.atOffset(ZoneOffset.UTC));
    }

    private static String text(JsonNode body, String field, @Nullable String otherwise) {
        JsonNode value = body.path(field);
        if (value.isTextual()) {
            return value.textValue();
        }
        if (value.isMissingNode() && otherwise != null) {
            return otherwise;
        }
        throw HttpProblem.badRequest(
                "`" + field + "` must be a text", "{\"pipeline\": \"detections\", \"version\": 12}");
    }

    private static long whole(JsonNode body, String field, long otherwise) {
        JsonNode value = body.path(field);
        if (value.isMissingNode()) {
            return otherwise;
        }
        if (value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0) {
            return value.longValue();
        }
        throw HttpProblem.badRequest("`" + field + "` must be a whole number, not below 0", null);
    }

    private static Instant moment(String text) {
        try {
            Instant moment = OffsetDateTime.parse(text).toInstant();
            if (moment.isBefore(LATEST)) {
                return moment;
            }
        } catch (DateTimeException e) {
            // Told below.
        }
        throw HttpProblem.badRequest("`at` is no moment: " + text, "write it as 2026-05-01T10:00:00Z");
    }
}
