package io.sightline.gateway.pg;

import io.sightline.gateway.access.Access;
import io.sightline.gateway.access.AuditLog;
import io.sightline.gateway.access.Queries;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens, and gives each connection a thread of its own. With no users it listens on this machine alone; with users,
 * beyond this machine only with TLS.
 */
public final class PgServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PgServer.class);

    /** So many at once; one more is told so and closed. A connection costs a thread. */
    private static final int MOST_CONNECTIONS = 200;

    private final Queries queries;
    private final Supplier<Access> access;
    private final AuditLog audit;
    private final @Nullable SSLContext tls;
    private final ThreadFactory threads;
    private final ServerSocket listening;
    private final SecureRandom random = new SecureRandom();
    private final Map<Integer, PgConnection> connections = new ConcurrentHashMap<>();
    private final AtomicInteger lastProcess = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Starts to listen.
     *
     * @param access asked at every login and every statement
     * @param tls null for none, and then only on this machine
     * @param address port 0 for any that is free
     * @throws IOException if the address cannot be listened on
     * @throws IllegalArgumentException if it would let people in who should not be
     */
    public PgServer(
            Queries queries,
            Supplier<Access> access,
            AuditLog audit,
            @Nullable SSLContext tls,
            InetSocketAddress address,
            ThreadFactory threads)
            throws IOException {
        this.queries = queries;
        this.access = access;
        this.audit = audit;
        this.tls = tls;
        this.threads = threads;
        access.get().checkListens(address, tls != null);
        listening = new ServerSocket();
        listening.setReuseAddress(true);
        listening.bind(address, 100);
        threads.newThread(this::accept).start();
    }

    /** The port it listens on. */
    public int port() {
        return listening.getLocalPort();
    }

    /** How many are connected. */
    public int connections() {
        return connections.size();
    }

    private void accept() {
        while (!closed.get()) {
            try {
                Socket socket = listening.accept();
                socket.setTcpNoDelay(true);
                socket.setKeepAlive(true);
                int process = lastProcess.incrementAndGet();
                boolean full = connections.size() >= MOST_CONNECTIONS;
                PgConnection connection = new PgConnection(this, socket, process, random.nextInt(), full);
                connections.put(process, connection);
                threads.newThread(() -> serve(connection)).start();
            } catch (IOException e) {
                if (!closed.get()) {
                    LOG.atWarn().addKeyValue("why", e.toString()).log("a connection was not accepted");
                }
            }
        }
    }

    private void serve(PgConnection connection) {
        try {
            connection.serve();
        } finally {
            connections.remove(connection.process());
        }
    }

    Queries queries() {
        return queries;
    }

    Access access() {
        return access.get();
    }

    AuditLog audit() {
        return audit;
    }

    @Nullable
    SSLContext tls() {
        return tls;
    }

    SecureRandom random() {
        return random;
    }

    /** Ends what a connection runs, if the secret is that connection's. */
    void cancel(int process, int secret) {
        PgConnection connection = connections.get(process);
        if (connection != null && connection.secret() == secret) {
            connection.cancel();
        }
    }

    /** Ends every connection, and listens no more. */
    @Override
    public void close() {
        closed.set(true);
        try {
            listening.close();
        } catch (IOException e) {
            LOG.debug("the door's own socket did not close: {}", e.toString());
        }
        connections.values().forEach(PgConnection::close);
    }
}
