package io.sightline.gateway.pg;

import io.sightline.gateway.ResultColumn;
import io.sightline.gateway.Rows;
import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.ValueType;
import io.sightline.gateway.access.Caller;
import io.sightline.gateway.access.LogicalRelation;
import io.sightline.gateway.access.Principal;
import io.sightline.gateway.access.Queries;
import io.sightline.gateway.pg.PgWire.Body;
import io.sightline.gateway.pg.PgWire.Message;
import io.sightline.gateway.sql.ParameterTypes;
import io.sightline.gateway.sql.ParameterValues;
import io.sightline.gateway.sql.ScriptStatement;
import io.sightline.gateway.sql.SqlScript;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows the login: statements by the simple and by the extended protocol, until the client leaves. Runs on the
 * connection's thread; {@link #cancel} comes from another.
 */
final class PgSession {
    private static final Logger LOG = LoggerFactory.getLogger(PgSession.class);

    /** So many prepared statements, and so many portals, a session keeps. */
    private static final int MOST_NAMES = 1_000;

    private final PgWire wire;
    private final Queries queries;
    private final Supplier<Principal> principal;
    private final String client;
    private final String database;
    private final SessionStatements settings;
    private final Map<String, Prepared> prepared = new HashMap<>();
    private final Map<String, Portal> portals = new HashMap<>();
    private final Running running = new Running();
    private boolean skipsToSync;

    /**
     * A session.
     *
     * @param principal who the client is, asked at every statement; throws if they may no longer enter
     * @param client the address they come from
     */
    PgSession(
            PgWire wire,
            Queries queries,
            Supplier<Principal> principal,
            String client,
            String database,
            SessionStatements settings) {
        this.wire = wire;
        this.queries = queries;
        this.principal = principal;
        this.client = client;
        this.database = database;
        this.settings = settings;
    }

    /**
     * A statement of Parse.
     *
     * @param types of its parameters
     * @param oids of those types, as the client gave them: it takes no synonym for an answer
     */
    private record Prepared(ScriptStatement statement, List<ValueType> types, List<Integer> oids) {}

    /** A statement with its values, perhaps read in part. */
    private static final class Portal {
        private final Prepared prepared;
        private final ParameterValues values;
        private final int[] formats;
        private @Nullable Answer answer;
        private int sent;

        Portal(Prepared prepared, ParameterValues values, int[] formats) {
            this.prepared = prepared;
            this.values = values;
            this.formats = formats;
        }
    }

    /**
     * What a cancel ends: all from the first message of a client's turn until the gateway is ready for the next. A cancel
     * that comes while a statement is still planned ends it when its rows are there; one that comes between turns is none.
     */
    private static final class Running {
        private boolean busy;
        private boolean cancelled;
        private @Nullable Rows rows;

        synchronized void begin() {
            busy = true;
        }

        /** Rows to be read now. */
        synchronized void read(Rows read) {
            if (cancelled) {
                throw new StatementException(SqlState.QUERY_CANCELED, "canceling statement due to user request");
            }
            rows = read;
        }

        synchronized void pause() {
            rows = null;
        }

        synchronized void end() {
            busy = false;
            cancelled = false;
        }

        void cancel() {
            Rows ended;
            synchronized (this) {
                cancelled = busy;
                ended = rows;
            }
            if (ended != null) {
                ended.close();
            }
        }
    }

    /** Ends the statement that runs now, if one does. */
    void cancel() {
        running.cancel();
    }

    void serve() throws IOException {
        try {
            ready();
            Message message = wire.read();
            while (message != null && message.type() != 'X') {
                handle(message);
                message = wire.read();
            }
        } finally {
            closeAllPortals();
        }
    }

    private void handle(Message message) throws IOException {
        if (message.type() == 'S') {
            skipsToSync = false;
            closePortals();
            ready();
            return;
        }
        if (skipsToSync) {
            return;
        }
        running.begin();
        try {
            switch (message.type()) {
                case 'Q' -> simple(message.text());
                case 'P' -> parse(message);
                case 'B' -> bind(message);
                case 'D' -> describe(message);
                case 'E' -> execute(message);
                case 'C' -> closeNamed(message);
                case 'H' -> wire.flush();
                default ->
                    throw new StatementException(
                            SqlState.PROTOCOL_VIOLATION, "message type '" + message.type() + "' is not supported");
            }
        } catch (StatementException e) {
            failed(message, e, null);
        } catch (Placed e) {
            failed(message, e.cause, e.offset);
        } catch (RuntimeException e) {
            LOG.error("a statement failed in the gateway itself", e);
            failed(
                    message,
                    new StatementException(SqlState.INTERNAL_ERROR, "the gateway failed; its log says how"),
                    null);
        }
        if (message.type() == 'Q') {
            closePortals();
            ready();
        }
    }

    private void failed(Message message, StatementException e, @Nullable Integer offset) throws IOException {
        settings.failed();
        skipsToSync = message.type() != 'Q';
        writeError(wire, "ERROR", e, offset);
        if (skipsToSync) {
            wire.flush();
        }
    }

    private void ready() throws IOException {
        running.end();
        wire.write('Z', new Body().int8(settings.transaction().code()));
        wire.flush();
    }

    private void simple(String script) throws IOException {
        List<ScriptStatement> statements = SqlScript.split(script);
        boolean nothing = statements.stream().allMatch(ScriptStatement::isEmpty);
        if (nothing) {
            wire.write('I');
            return;
        }
        for (ScriptStatement statement : statements) {
            if (!statement.isEmpty()) {
                Portal portal =
                        new Portal(new Prepared(statement, List.of(), List.of()), ParameterValues.NONE, new int[0]);
                try {
                    Answer answer = answer(portal);
                    if (answer instanceof Answer.Read read) {
                        writeColumns(read.rows().columns(), portal.formats);
                    }
                    send(portal, answer, 0);
                } catch (StatementException e) {
                    throw placed(statement, e);
                } finally {
                    close(portal);
                }
            }
        }
    }

    private Answer answer(Portal portal) {
        Answer known = portal.answer;
        if (known == null) {
            known = answer(portal.prepared.statement(), portal.values);
            portal.answer = known;
        }
        return known;
    }

    private Answer answer(ScriptStatement statement, ParameterValues values) {
        if (statement.isEmpty()) {
            return new Answer.Empty();
        }
        Answer ofSession = settings.answer(statement.text());
        if (ofSession != null) {
            return ofSession;
        }
        if (CatalogAnswers.isAsked(statement)) {
            Principal reader = principal.get();
            return new CatalogAnswers(reader.user(), database, queries.readable(reader)).answer(statement, values);
        }
        Caller caller = new Caller(principal.get(), client, settings.value("application_name"));
        return new Answer.Read(queries.run(caller, statement, values), "SELECT");
    }

    /** Sends rows, at most so many of them if that is not 0, and how it ended. */
    private void send(Portal portal, Answer answer, int atMost) throws IOException {
        if (answer instanceof Answer.Empty) {
            wire.write('I');
        } else if (answer instanceof Answer.Done done) {
            wire.write('C', new Body().text(done.tag()));
        } else if (answer instanceof Answer.Read read) {
            Rows rows = read.rows();
            running.read(rows);
            try {
                List<PgType> types = rows.columns().stream()
                        .map(column -> PgType.of(column.type()))
                        .toList();
                DataRows form = new DataRows(types, portal.formats);
                if (atMost == 0) {
                    Rows.Encoded all = rows.encoded(form, Integer.MAX_VALUE);
                    if (all != null) {
                        wire.write(all.bytes());
                        portal.sent += all.rows();
                    }
                }
                int begun = portal.sent;
                while (atMost == 0 || portal.sent - begun < atMost) {
                    @Nullable Object[] row = rows.next();
                    if (row == null) {
                        rows.close();
                        wire.write('C', new Body().text(tag(read, portal.sent)));
                        return;
                    }
                    wire.write('D', form.body(row));
                    portal.sent++;
                }
                wire.write('s');
            } finally {
                running.pause();
            }
        }
    }

    private static String tag(Answer.Read read, int rows) {
        return read.tag().startsWith("SELECT") ? "SELECT " + rows : read.tag();
    }

    private void writeColumns(List<ResultColumn> columns, int[] formats) throws IOException {
        Body body = new Body().int16(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            PgType type = PgType.of(columns.get(i).type());
            body.text(columns.get(i).name())
                    .int32(0)
                    .int16(0)
                    .int32(type.oid())
                    .int16(type.size())
                    .int32(-1)
                    .int16(DataRows.format(formats, i));
        }
        wire.write('T', body);
    }

    private void parse(Message message) throws IOException {
        String name = message.text();
        List<ScriptStatement> statements = SqlScript.split(message.text()).stream()
                .filter(statement -> !statement.isEmpty())
                .toList();
        if (statements.size() > 1) {
            throw new StatementException(
                    SqlState.SYNTAX_ERROR, "cannot insert multiple commands into a prepared statement");
        }
        if (!name.isEmpty() && prepared.containsKey(name)) {
            throw new StatementException(
                    SqlState.DUPLICATE_PREPARED_STATEMENT, "prepared statement \"" + name + "\" already exists");
        }
        if (prepared.size() >= MOST_NAMES) {
            throw new StatementException(SqlState.PROGRAM_LIMIT_EXCEEDED, "too many prepared statements");
        }
        ScriptStatement statement =
                statements.isEmpty() ? new ScriptStatement("", "", List.of(), new int[0]) : statements.get(0);
        try {
            List<ValueType> types = new ArrayList<>(inferred(statement));
            List<Integer> oids = new ArrayList<>();
            types.forEach(type -> oids.add(PgType.of(type).oid()));
            int given = message.int16();
            for (int i = 0; i < given; i++) {
                int oid = message.int32();
                PgType type = PgType.ofOid(oid);
                if (i >= types.size()) {
                    types.add(ValueType.VARCHAR);
                    oids.add(PgType.of(ValueType.VARCHAR).oid());
                }
                if (type != null) {
                    types.set(i, type.valueType());
                    oids.set(i, oid);
                }
            }
            prepared.put(name, new Prepared(statement, types, oids));
        } catch (StatementException e) {
            throw placed(statement, e);
        }
        wire.write('1');
    }

    private List<ValueType> inferred(ScriptStatement statement) {
        if (statement.parameters().isEmpty()) {
            return List.of();
        }
        if (CatalogAnswers.isAsked(statement)) {
            return Collections.nCopies(statement.parameterCount(), ValueType.VARCHAR);
        }
        Map<String, ValueType> columns = new HashMap<>();
        for (LogicalRelation relation : queries.readable(principal.get())) {
            if (statement.text().contains(relation.name())) {
                relation.columns().forEach(column -> columns.putIfAbsent(column.name(), column.type()));
            }
        }
        return ParameterTypes.infer(statement, columns);
    }

    private void bind(Message message) throws IOException {
        String portalName = message.text();
        String name = message.text();
        Prepared statement = prepared(name);
        int[] formats = formats(message);
        int count = message.int16();
        if (count != statement.types().size()) {
            throw new StatementException(
                    SqlState.PROTOCOL_VIOLATION,
                    "bind message supplies " + count + " parameters, but the prepared statement requires "
                            + statement.types().size());
        }
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] bytes = message.bytes();
            values.add(
                    bytes == null
                            ? null
                            : PgType.of(statement.types().get(i)).parse(bytes, DataRows.format(formats, i) == 1));
        }
        if (portals.size() >= MOST_NAMES) {
            throw new StatementException(SqlState.PROGRAM_LIMIT_EXCEEDED, "too many portals");
        }
        Portal portal = new Portal(statement, new ParameterValues(statement.types(), values), formats(message));
        Portal replaced = portals.put(portalName, portal);
        if (replaced != null) {
            close(replaced);
        }
        wire.write('2');
    }

    private static int[] formats(Message message) {
        int count = message.int16();
        if (count < 0) {
            throw new StatementException(SqlState.PROTOCOL_VIOLATION, "a malformed message");
        }
        int[] formats = new int[count];
        Arrays.setAll(formats, i -> message.int16());
        return formats;
    }

    private void describe(Message message) throws IOException {
        boolean statement = message.int8() == 'S';
        String name = message.text();
        if (!statement) {
            Portal portal = portal(name);
            writeDescription(located(portal.prepared.statement(), () -> answer(portal)), portal.formats);
            return;
        }
        Prepared asked = prepared(name);
        Body types = new Body().int16(asked.types().size());
        asked.oids().forEach(types::int32);
        wire.write('t', types);
        // Values are not known yet, but the columns are the same with none.
        ParameterValues none = new ParameterValues(
                asked.types(),
                new ArrayList<@Nullable Object>(
                        Collections.nCopies(asked.types().size(), null)));
        boolean ofSession = !asked.statement().isEmpty()
                && !CatalogAnswers.isAsked(asked.statement())
                && !asked.statement()
                        .text()
                        .stripLeading()
                        .toUpperCase(java.util.Locale.ROOT)
                        .matches("(?s)(SELECT|WITH|VALUES|SHOW|TABLE|\\().*");
        Answer answer =
                ofSession ? new Answer.Empty() : located(asked.statement(), () -> answer(asked.statement(), none));
        try {
            writeDescription(answer, new int[0]);
        } finally {
            if (answer instanceof Answer.Read read) {
                read.rows().close();
            }
        }
    }

    private void writeDescription(Answer answer, int[] formats) throws IOException {
        if (answer instanceof Answer.Read read) {
            writeColumns(read.rows().columns(), formats);
        } else {
            wire.write('n');
        }
    }

    private void execute(Message message) throws IOException {
        Portal portal = portal(message.text());
        int atMost = Math.max(0, message.int32());
        Answer answer = located(portal.prepared.statement(), () -> answer(portal));
        send(portal, answer, atMost);
    }

    private void closeNamed(Message message) throws IOException {
        boolean statement = message.int8() == 'S';
        String name = message.text();
        if (statement) {
            prepared.remove(name);
        } else {
            Portal portal = portals.remove(name);
            if (portal != null) {
                close(portal);
            }
        }
        wire.write('3');
    }

    private Prepared prepared(String name) {
        Prepared found = prepared.get(name);
        if (found == null) {
            throw new StatementException(
                    SqlState.INVALID_STATEMENT_NAME, "prepared statement \"" + name + "\" does not exist");
        }
        return found;
    }

    private Portal portal(String name) {
        Portal portal = portals.get(name);
        if (portal == null) {
            throw new StatementException(SqlState.INVALID_CURSOR_NAME, "portal \"" + name + "\" does not exist");
        }
        return portal;
    }

    /** Outside a transaction, portals end with Sync. */
    private void closePortals() {
        if (settings.transaction() == SessionStatements.Transaction.IDLE) {
            closeAllPortals();
        }
    }

    private void closeAllPortals() {
        portals.values().forEach(PgSession::close);
        portals.clear();
    }

    private static void close(Portal portal) {
        if (portal.answer instanceof Answer.Read read) {
            read.rows().close();
        }
    }

    private interface Work {
        Answer apply();
    }

    private static Answer located(ScriptStatement statement, Work work) {
        try {
            return work.apply();
        } catch (StatementException e) {
            throw placed(statement, e);
        }
    }

    private static Placed placed(ScriptStatement statement, StatementException e) {
        return new Placed(e, e.position() == null ? null : statement.offset(e.position()));
    }

    /** A failure with its place in what the client sent. */
    private static final class Placed extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final StatementException cause;
        private final @Nullable Integer offset;

        Placed(StatementException cause, @Nullable Integer offset) {
            super(cause);
            this.cause = cause;
            this.offset = offset;
        }
    }

    static void writeError(PgWire wire, String severity, StatementException e, @Nullable Integer offset)
            throws IOException {
        Body body = new Body()
                .int8('S')
                .text(severity)
                .int8('V')
                .text(severity)
                .int8('C')
                .text(e.sqlState())
                .int8('M')
                .text(e.message());
        if (e.hint() != null) {
            body.int8('H').text(e.hint());
        }
        if (offset != null) {
            body.int8('P').text(offset.toString());
        }
        wire.write('E', body.int8(0));
    }
}
