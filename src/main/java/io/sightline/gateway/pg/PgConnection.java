package io.sightline.gateway.pg;

import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.access.Access;
import io.sightline.gateway.access.Caller;
import io.sightline.gateway.access.Principal;
import io.sightline.gateway.access.ScramVerifier;
import io.sightline.gateway.pg.PgWire.Body;
import io.sightline.gateway.pg.PgWire.Message;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, from its first byte to its last: encryption, login, and then a {@link PgSession}. Runs on its own
 * thread; {@link #cancel} and {@link #close} come from others.
 */
final class PgConnection {
    private static final Logger LOG = LoggerFactory.getLogger(PgConnection.class);
    private static final int PROTOCOL_3 = 3 << 16;
    private static final int CANCEL_REQUEST = 80_877_102;
    private static final int SSL_REQUEST = 80_877_103;
    private static final int GSS_REQUEST = 80_877_104;
    private static final int LOGIN_MILLIS = 30_000;
    private static final int SCRAM_ITERATIONS = 4096;

    private final PgServer server;
    private final int process;
    private final int secret;
    private final boolean full;
    private volatile Socket socket;
    private volatile @Nullable PgSession session;

    PgConnection(PgServer server, Socket socket, int process, int secret, boolean full) {
        this.server = server;
        this.socket = socket;
        this.process = process;
        this.secret = secret;
        this.full = full;
    }

    int process() {
        return process;
    }

    int secret() {
        return secret;
    }

    void cancel() {
        PgSession running = session;
        if (running != null) {
            running.cancel();
        }
    }

    void close() {
        cancel();
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("a socket did not close: {}", e.toString());
        }
    }

    void serve() {
        try (Socket accepted = socket) {
            accepted.setSoTimeout(LOGIN_MILLIS);
            serve(new PgWire(accepted), accepted);
        } catch (IOException e) {
            LOG.debug("connection {} ended: {}", process, e.toString());
        } finally {
            close();
        }
    }

    private void serve(PgWire plain, Socket accepted) throws IOException {
        PgWire wire = plain;
        boolean encrypted = false;
        try {
            while (true) {
                Message startup = wire.readStartup();
                int code = startup.int32();
                SSLContext tls = server.tls();
                if (code == SSL_REQUEST && !encrypted && tls != null) {
                    wire.answerEncryption(true);
                    SSLSocket secured = secured(tls, accepted);
                    socket = secured;
                    wire = new PgWire(secured);
                    encrypted = true;
                } else if (code == SSL_REQUEST || code == GSS_REQUEST) {
                    wire.answerEncryption(false);
                } else if (code == CANCEL_REQUEST) {
                    server.cancel(startup.int32(), startup.int32());
                    return;
                } else {
                    checkEncrypted(encrypted);
                    start(wire, startup, code);
                    return;
                }
            }
        } catch (StatementException e) {
            refuse(wire, Map.of(), e);
        }
    }

    private static SSLSocket secured(SSLContext tls, Socket accepted) throws IOException {
        SSLSocket secured = (SSLSocket) tls.getSocketFactory().createSocket(accepted, null, accepted.getPort(), true);
        secured.setUseClientMode(false);
        secured.setEnabledProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        secured.startHandshake();
        return secured;
    }

    private void checkEncrypted(boolean encrypted) {
        if (!encrypted && !socket.getInetAddress().isLoopbackAddress()) {
            throw new StatementException(
                    SqlState.INVALID_AUTHORIZATION,
                    "from another machine the gateway is reached with TLS",
                    null,
                    "connect with sslmode=verify-full");
        }
    }

    private void start(PgWire wire, Message startup, int code) throws IOException {
        Map<String, String> parameters = Map.of();
        try {
            if (code >> 16 != 3) {
                throw new StatementException(SqlState.PROTOCOL_VIOLATION, "unsupported protocol: 3.0 is spoken here");
            }
            parameters = parameters(startup);
            if (full) {
                throw new StatementException(
                        SqlState.TOO_MANY_CONNECTIONS, "too many connections", null, "use a pool of fewer");
            }
            Login login = login(wire, parameters.getOrDefault("user", ""));
            server.audit().login(new Caller(login.principal(), client(), application(parameters)));
            wire.write('R', new Body().int32(0));
            if (code != PROTOCOL_3) {
                wire.write('v', new Body().int32(PROTOCOL_3).int32(0));
            }
            open(wire, login, parameters);
        } catch (StatementException e) {
            refuse(wire, parameters, e);
        }
    }

    private void refuse(PgWire wire, Map<String, String> parameters, StatementException why) throws IOException {
        StatementException told = why;
        try {
            server.audit().loginRefused(parameters.getOrDefault("user", ""), client(), application(parameters), why);
        } catch (StatementException e) {
            told = e;
        }
        PgSession.writeError(wire, "FATAL", told, null);
        wire.flush();
    }

    private String client() {
        return socket.getInetAddress().getHostAddress() + ":" + socket.getPort();
    }

    private static String application(Map<String, String> parameters) {
        return parameters.getOrDefault("application_name", "");
    }

    private static Map<String, String> parameters(Message startup) {
        Map<String, String> parameters = new HashMap<>();
        String name = startup.text();
        while (!name.isEmpty()) {
            parameters.put(name, startup.text());
            name = startup.text();
        }
        return parameters;
    }

    /** How somebody entered; without a verifier, by none. */
    private record Login(String user, @Nullable ScramVerifier proven, Principal principal) {}

    /** Says who the client is, if it proves that; the last word to it is left to the caller. */
    private Login login(PgWire wire, String user) throws IOException {
        if (user.isEmpty()) {
            throw new StatementException(SqlState.INVALID_AUTHORIZATION, "no user name in the startup message");
        }
        Access access = server.access();
        if (access.isOpen()) {
            return new Login(user, null, access.enter(user, null));
        }
        Access.Known known = access.find(user);
        byte[] noise = new byte[18];
        server.random().nextBytes(noise);
        String nonce = Base64.getEncoder().encodeToString(noise);
        ScramExchange scram = new ScramExchange(known == null ? ofNobody(user) : known.verifier(), nonce);
        wire.write('R', new Body().int32(10).text(ScramExchange.MECHANISM).int8(0));
        wire.flush();
        try {
            Message first = password(wire);
            if (!first.text().equals(ScramExchange.MECHANISM)) {
                throw new IllegalArgumentException("unknown mechanism");
            }
            byte[] body = first.bytes();
            String serverFirst = scram.first(new String(body == null ? new byte[0] : body, StandardCharsets.UTF_8));
            wire.write('R', new Body().int32(11).raw(serverFirst.getBytes(StandardCharsets.UTF_8)));
            wire.flush();
            Message last = password(wire);
            String serverLast =
                    scram.last(StandardCharsets.UTF_8.decode(last.body()).toString());
            wire.write('R', new Body().int32(12).raw(serverLast.getBytes(StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            throw wrongPassword(user);
        }
        if (known == null) {
            throw wrongPassword(user);
        }
        return new Login(user, known.verifier(), known.principal());
    }

    private static Message password(PgWire wire) throws IOException {
        Message message = wire.read();
        if (message == null || message.type() != 'p') {
            throw new IOException("no answer to the question for a password");
        }
        return message;
    }

    private static StatementException wrongPassword(String user) {
        return new StatementException(
                SqlState.INVALID_PASSWORD, "password authentication failed for user \"" + user + "\"");
    }

    /** The same for the same name, so that nobody learns who is in the file by asking twice. */
    private ScramVerifier ofNobody(String user) {
        byte[] salt = new byte[16];
        byte[] name = (server.hashCode() + user).getBytes(StandardCharsets.UTF_8);
        System.arraycopy(ScramVerifier.of(user, name, 1).storedKey(), 0, salt, 0, salt.length);
        byte[] password = new byte[16];
        server.random().nextBytes(password);
        return ScramVerifier.of(Base64.getEncoder().encodeToString(password), salt, SCRAM_ITERATIONS);
    }

    private void open(PgWire wire, Login login, Map<String, String> parameters) throws IOException {
        String database = parameters.getOrDefault("database", login.user());
        SessionStatements settings = new SessionStatements(login.user(), database);
        settings.set("application_name", application(parameters));
        for (String name : List.of(
                "server_version",
                "server_encoding",
                "client_encoding",
                "DateStyle",
                "TimeZone",
                "IntervalStyle",
                "integer_datetimes",
                "standard_conforming_strings",
                "is_superuser",
                "session_authorization",
                "application_name",
                "default_transaction_read_only")) {
            wire.write('S', new Body().text(name).text(settings.value(name.toLowerCase(java.util.Locale.ROOT))));
        }
        wire.write('K', new Body().int32(process).int32(secret));
        PgSession opened = new PgSession(
                wire,
                server.queries(),
                () -> server.access().enter(login.user(), login.proven()),
                client(),
                database,
                settings);
        session = opened;
        socket.setSoTimeout(0);
        opened.serve();
    }
}
