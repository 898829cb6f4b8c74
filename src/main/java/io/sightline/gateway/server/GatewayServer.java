package io.sightline.gateway.server;

import com.hazelcast.core.HazelcastInstance;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.access.Access;
import io.sightline.gateway.access.AccessWatch;
import io.sightline.gateway.access.AuditLog;
import io.sightline.gateway.access.Principal;
import io.sightline.gateway.access.Queries;
import io.sightline.gateway.access.Role;
import io.sightline.gateway.access.SharedExecutions;
import io.sightline.gateway.grid.GridCatalog;
import io.sightline.gateway.grid.HazelcastEngine;
import io.sightline.gateway.grid.HazelcastView;
import io.sightline.gateway.http.HttpServer;
import io.sightline.gateway.pg.PgServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A gateway that runs: its doors, all with the same queries and the same idea of who may enter. */
public final class GatewayServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayServer.class);

    private final Supplier<Access> access;
    private final PgServer pg;
    private final HttpServer http;

    private GatewayServer(Supplier<Access> access, PgServer pg, HttpServer http) {
        this.access = access;
        this.pg = pg;
        this.http = http;
    }

    /**
     * How a gateway is set up.
     *
     * @param pg where the PostgreSQL door listens
     * @param http where the HTTP door does
     * @param access the access file; null for no users
     * @param audit the file that the audit log goes to
     * @param auditLiterals whether the audit log keeps the values in statements
     * @param shareWithin identical statements that come within this share one execution; zero for none
     * @param tls certificate and key; null for none, and then the gateway listens on this machine alone
     */
    public record Settings(
            InetSocketAddress pg,
            InetSocketAddress http,
            @Nullable Path access,
            Path audit,
            boolean auditLiterals,
            Duration shareWithin,
            @Nullable TlsFiles tls) {}

    /**
     * Opens the doors.
     *
     * @param grid a client that comes back to a grid that was away, or a member in this process
     * @throws IOException if a door cannot listen
     * @throws IllegalArgumentException if a door would let people in who should not be
     * @throws io.sightline.spec.AccessFileException if the access file cannot be used
     */
    public static GatewayServer start(HazelcastInstance grid, Settings settings) throws IOException {
        Supplier<Access> access =
                settings.access() == null ? Access::open : new AccessWatch(settings.access(), System::nanoTime);
        ThreadFactory catalogThreads = threads("catalog");
        GridCatalog catalog = new GridCatalog(
                grid, System::nanoTime, work -> catalogThreads.newThread(work).start());
        Clock clock = Clock.systemUTC();
        AuditLog audit = new AuditLog(AuditLog.appendTo(settings.audit()), clock, settings.auditLiterals());
        audit.gatewayStarted();
        HazelcastEngine engine = new HazelcastEngine(grid.getSql());
        SharedExecutions shared = new SharedExecutions(
                settings.shareWithin(), System::nanoTime, clock, Executors.newCachedThreadPool(threads("beside")));
        Queries queries = new Queries(engine, catalog, audit, shared);
        TlsFiles tls = settings.tls();
        SSLContext context = tls == null ? null : tls.context();

        // The doors. Another one is started here, and closed below.
        PgServer pg = new PgServer(queries, access, audit, context, settings.pg(), threads("pg-door"));
        try {
            // What the live page reads again every second is not written down: that somebody opened it is.
            Queries repeated = new Queries(engine, catalog, new AuditLog(line -> {}, clock, false), shared);
            HttpServer http = new HttpServer(
                    queries, repeated, audit, access, new HazelcastView(grid), context, settings.http(), clock);
            threads("warm-up").newThread(() -> warmUp(queries)).start();
            return new GatewayServer(access, pg, http);
        } catch (IOException | RuntimeException e) {
            pg.close();
            throw e;
        }
    }

    /** Loads the parser, which takes the first to need it a second, and the catalog. */
    private static void warmUp(Queries queries) {
        try {
            queries.readable(new Principal("warm-up", Role.readerOfEverything(), Map.of()));
        } catch (StatementException e) {
            LOG.debug("the grid is away at the start", e);
        }
    }

    /** Threads that do not keep the program alive. */
    private static ThreadFactory threads(String name) {
        AtomicInteger count = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Who may enter now. */
    public Access access() {
        return access.get();
    }

    /** The port of the PostgreSQL door. */
    public int pgPort() {
        return pg.port();
    }

    /** Where a browser on this machine finds the live page. */
    public String url() {
        return http.url();
    }

    /** Ends what runs and closes the doors. */
    @Override
    public void close() {
        http.close();
        pg.close();
    }
}
