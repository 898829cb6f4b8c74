package io.sightline.gateway.http;

import io.sightline.gateway.GridView;
import io.sightline.gateway.access.Access;
import io.sightline.gateway.access.AuditLog;
import io.sightline.gateway.access.HistoryQueries;
import io.sightline.gateway.access.Queries;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.MinimumDataRateHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for HTTP, or HTTPS with a certificate. With no users it listens on this machine alone; with users, beyond this
 * machine only with TLS.
 */
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    private static final int MOST_THREADS = 64;
    private static final int MOST_CONNECTIONS = 2_000;
    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final int MOST_HEADER_BYTES = 16 * 1024;
    /** Who sends a body more slowly is cut off. */
    private static final int LEAST_BODY_BYTES_A_SECOND = 100;

    private static final int BROADCAST_THREADS = 2;
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(2);

    private final Server server;
    private final ServerConnector connector;
    private final EventsEndpoint events;
    private final ScheduledThreadPoolExecutor broadcasts;

    /**
     * Starts to listen.
     *
     * @param queries for what people ask
     * @param repeated for what the door reads again and again for somebody whose entry is in the audit log
     * @param access asked at every request
     * @param tls null for none, and then only on this machine
     * @param address port 0 for any that is free
     * @throws IOException if the address cannot be listened on
     * @throws IllegalArgumentException if it would let people in who should not be
     */
    public HttpServer(
            Queries queries,
            Queries repeated,
            AuditLog audit,
            Supplier<Access> access,
            GridView grid,
            @Nullable SSLContext tls,
            InetSocketAddress address,
            Clock clock)
            throws IOException {
        access.get().checkListens(address, tls != null);
        server = new Server(new QueuedThreadPool(MOST_THREADS));
        connector = connector(server, tls, address);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(MOST_CONNECTIONS, server));
        broadcasts = new ScheduledThreadPoolExecutor(BROADCAST_THREADS, work -> {
            Thread thread = new Thread(work, "http-broadcast");
            thread.setDaemon(true);
            return thread;
        });
        Statements statements = new Statements(queries);
        Statements again = new Statements(repeated);
        Logins logins = new Logins(access, audit, clock, tls != null);
        HistoryEndpoint history = new HistoryEndpoint(new HistoryQueries(queries, grid, audit, System::nanoTime));
        HttpMetrics metrics = new HttpMetrics();
        events = new EventsEndpoint(again, grid, clock, System::nanoTime, logins, audit, broadcasts, metrics);
        Router router = new Router(
                List.of(
                        new Router.Route("POST", "/api/sql", false, new SqlEndpoint(statements, again)),
                        new Router.Route("GET", "/api/pipelines", false, new PipelinesEndpoint(queries, grid)),
                        new Router.Route("GET", "/api/status", false, new StatusEndpoint(statements, grid)),
                        new Router.Route("GET", "/api/history", false, history::versions),
                        new Router.Route("POST", "/api/history", false, history::rows),
                        new Router.Route("GET", "/api/events", false, events),
                        new Router.Route("POST", "/api/login", true, new LoginEndpoint(logins)),
                        new Router.Route("POST", "/api/logout", true, exchange -> {
                            logins.endSession(exchange.request(), exchange.response());
                            exchange.sendNothing();
                        }),
                        new Router.Route(
                                "GET",
                                "/metrics",
                                false,
                                new MetricsEndpoint(statements, grid, metrics, events::open, clock)),
                        new Router.Route(
                                "GET",
                                "/health/live",
                                true,
                                exchange -> exchange.sendJson(200, json -> {
                                    json.writeStartObject();
                                    json.writeStringField("status", "live");
                                    json.writeEndObject();
                                })),
                        new Router.Route("GET", "/health/ready", true, new HealthEndpoint(grid, clock))),
                new PageFiles(),
                logins,
                metrics,
                tls != null);
        // What is no HTTP never gets as far as the router; it is told nothing but its status.
        server.setErrorHandler((request, response, callback) -> {
            SecureHeaders.put(response.getHeaders(), tls != null);
            callback.succeeded();
            return true;
        });
        server.setHandler(new MinimumDataRateHandler(router, LEAST_BODY_BYTES_A_SECOND, 0));
        start();
        if (access.get().isOpen()) {
            LOG.atWarn()
                    .addKeyValue("address", url())
                    .log("no users: whoever is on this machine reads everything, without a password");
        }
    }

    private static ServerConnector connector(Server server, @Nullable SSLContext tls, InetSocketAddress address) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(MOST_HEADER_BYTES);
        HttpConnectionFactory plain = new HttpConnectionFactory(http);
        ServerConnector connector;
        if (tls == null) {
            connector = new ServerConnector(server, plain);
        } else {
            SslContextFactory.Server ssl = new SslContextFactory.Server();
            ssl.setSslContext(tls);
            ssl.setIncludeProtocols("TLSv1.3", "TLSv1.2");
            connector = new ServerConnector(server, new SslConnectionFactory(ssl, plain.getProtocol()), plain);
        }
        connector.setHost(address.getHostString());
        connector.setPort(address.getPort());
        connector.setIdleTimeout(IDLE.toMillis());
        return connector;
    }

    private void start() throws IOException {
        try {
            server.setStopTimeout(STOPS_WITHIN.toMillis());
            server.start();
            events.start();
        } catch (Exception e) {
            close();
            if (e.getCause() instanceof BindException taken) {
                throw taken;
            }
            throw new IOException("the HTTP door does not start: " + e.getMessage(), e);
        }
    }

    /** The port it listens on. */
    public int port() {
        return connector.getLocalPort();
    }

    /** Where a browser on this machine finds the live page. */
    public String url() {
        String host = connector.getHost();
        boolean everywhere = host.equals("0.0.0.0") || host.equals("::");
        boolean encrypted = connector.getConnectionFactory(SslConnectionFactory.class) != null;
        return (encrypted ? "https" : "http") + "://" + (everywhere ? "localhost" : host) + ":" + port() + "/";
    }

    /** Ends every stream and request, and listens no more. */
    @Override
    public void close() {
        broadcasts.shutdownNow();
        events.close();
        try {
            server.stop();
        } catch (Exception e) {
            LOG.warn("the HTTP door does not stop", e);
        }
    }
}
