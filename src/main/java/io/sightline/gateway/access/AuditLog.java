package io.sightline.gateway.access;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.sql.Literals;
import io.sightline.gateway.sql.ParameterValues;
import io.sightline.gateway.sql.ScriptStatement;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who asked the gateway for what, and what became of it: one JSON object a line, each with its {@code event}.
 *
 * <ul>
 *   <li>{@code gateway_started};
 *   <li>{@code login}, {@code login_refused}: somebody entered, or did not;
 *   <li>{@code refused}: a statement the grid was not asked;
 *   <li>{@code query_started}, {@code query}: a statement the grid was asked, before and after, with the same {@code id}.
 *       The second has it all, with rows, milliseconds and SQLSTATE. Where an execution is shared, each who has its rows has
 *       lines of their own, and what is run beside them has none.
 * </ul>
 *
 * What cannot be written does not happen: a login or a statement whose line fails is refused, and a result whose last line
 * fails ends with an error. Any thread.
 */
public final class AuditLog {
    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
    private static final JsonFactory JSON = new JsonFactory();

    private final Lines lines;
    private final Clock clock;
    private final boolean keepsLiterals;
    private final String gateway = UUID.randomUUID().toString().substring(0, 8);
    private final AtomicLong lastQuery = new AtomicLong();

    /** Where lines go. */
    public interface Lines {
        /**
         * Adds a line, all of it or nothing.
         *
         * @param line with its line feed
         * @throws IOException if it is not there for good
         */
        void add(String line) throws IOException;
    }

    /** @param keepsLiterals whether values that stand in statements, or are given as parameters, are written */
    public AuditLog(Lines lines, Clock clock, boolean keepsLiterals) {
        this.lines = lines;
        this.clock = clock;
        this.keepsLiterals = keepsLiterals;
    }

    /**
     * The end of a file, which several gateways may share. Opened anew for each line: whoever moves the file away gets a
     * new one, and lost rights or a lost disk show at once.
     */
    public static Lines appendTo(Path file) {
        return line -> {
            try {
                append(file, line);
            } catch (NoSuchFileException e) {
                // Asked each time, whether the folder is there would cost more than the line.
                Files.createDirectories(file.toAbsolutePath().getParent());
                append(file, line);
            }
        };
    }

    private static void append(Path file, String line) throws IOException {
        Files.write(
                file,
                line.getBytes(StandardCharsets.UTF_8),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND);
    }

    /**
     * A gateway begins to work.
     *
     * @throws StatementException if it cannot be written: better now than at the first login
     */
    public void gatewayStarted() {
        write("gateway_started", json -> {});
    }

    /**
     * Somebody enters.
     *
     * @throws StatementException if it cannot be written, and then they must not
     */
    public void login(Caller caller) {
        write("login", json -> who(json, caller));
    }

    /** Somebody does not enter. */
    public void loginRefused(String user, String client, String application, StatementException why) {
        write("login_refused", json -> {
            json.writeStringField("user", user);
            json.writeStringField("client", client);
            json.writeStringField("application", application);
            json.writeStringField("sqlstate", why.sqlState());
        });
    }

    /** A statement is not run. */
    void refused(Caller caller, ScriptStatement statement, ParameterValues values, StatementException why) {
        write("refused", json -> {
            who(json, caller);
            what(json, text(statement), values);
            json.writeStringField("sqlstate", why.sqlState());
        });
    }

    /**
     * A query is about to run.
     *
     * @param policies for each relation it reads, the row filter that applies, or null
     * @throws StatementException if it cannot be written, and then it must not run
     */
    Query started(
            Caller caller, ScriptStatement statement, ParameterValues values, Map<String, @Nullable String> policies) {
        String id = gateway + "-" + lastQuery.incrementAndGet();
        String text = text(statement);
        Fields fields = json -> {
            json.writeStringField("id", id);
            who(json, caller);
            what(json, text, values);
            json.writeArrayFieldStart("relations");
            for (String relation : policies.keySet()) {
                json.writeString(relation);
            }
            json.writeEndArray();
            json.writeObjectFieldStart("policy");
            for (Map.Entry<String, @Nullable String> policy : policies.entrySet()) {
                if (policy.getValue() != null) {
                    json.writeStringField(policy.getKey(), policy.getValue());
                }
            }
            json.writeEndObject();
        };
        write("query_started", fields);
        return new Query(fields, clock.instant());
    }

    /** A query that runs; it ends once. */
    final class Query {
        private final Fields fields;
        private final Instant start;
        private final AtomicBoolean ended = new AtomicBoolean();

        private Query(Fields fields, Instant start) {
            this.fields = fields;
            this.start = start;
        }

        /**
         * Writes how it ended, unless that is written.
         *
         * @param complete whether all its rows were read
         * @throws StatementException if it cannot be written
         */
        void end(long rows, boolean complete, String sqlState) {
            if (ended.compareAndSet(false, true)) {
                write("query", json -> {
                    fields.write(json);
                    json.writeNumberField("rows", rows);
                    json.writeBooleanField("complete", complete);
                    json.writeNumberField(
                            "ms", Duration.between(start, clock.instant()).toMillis());
                    json.writeStringField("sqlstate", sqlState);
                });
            }
        }

        /** As {@link #end}, where there is nobody left to tell that it cannot be written; the gateway's log tells. */
        void endQuietly(long rows, boolean complete, String sqlState) {
            try {
                end(rows, complete, sqlState);
            } catch (StatementException e) {
                LOG.debug("the end of a query is not in the audit log", e);
            }
        }
    }

    private interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    private static void who(JsonGenerator json, Caller caller) throws IOException {
        json.writeStringField("user", caller.principal().user());
        json.writeStringField("role", caller.principal().role().name());
        json.writeStringField("client", caller.client());
        json.writeStringField("application", caller.application());
    }

    private String text(ScriptStatement statement) {
        return (keepsLiterals ? statement.text() : Literals.redact(statement.text())).strip();
    }

    private void what(JsonGenerator json, String statement, ParameterValues values) throws IOException {
        json.writeStringField("statement", statement);
        if (keepsLiterals) {
            json.writeArrayFieldStart("parameters");
            for (Object value : values.values()) {
                json.writeString(value == null ? null : value.toString());
            }
            json.writeEndArray();
        }
    }

    private void write(String event, Fields fields) {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeStringField(
                    "time", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
            json.writeStringField("event", event);
            fields.write(json);
            json.writeEndObject();
            json.flush();
            synchronized (lines) {
                lines.add(line.append('\n').toString());
            }
        } catch (IOException e) {
            LOG.atError().addKeyValue("why", e.toString()).log("the audit log cannot be written");
            throw new StatementException(
                    SqlState.IO_ERROR,
                    "the audit log cannot be written, so nothing is answered",
                    null,
                    "whoever runs the gateway finds the reason in its log");
        }
    }
}
