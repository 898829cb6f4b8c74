package io.sightline.grid;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.hazelcast.cluster.ClusterState;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.sightline.observe.MetricsText;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member's own door, for machines: {@code /metrics}, {@code /health/live} and {@code /health/ready}. Nobody logs in; it tells
 * of no rows. It listens before the member has joined its cluster, and says that it has not.
 *
 * <p>Live: to start the process anew would not help. Ready: the member is in its cluster and has answered a statement, and every
 * pipeline that was submitted, and not stopped on purpose, runs, reaches its broker and commits.
 */
public final class MemberDoor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MemberDoor.class);

    /** Few ask, and rarely; a second so that a probe need not wait for a scrape. */
    private static final int THREADS = 2;

    /** It is planned and run as those of dashboards are, whatever relations there are. */
    private static final String ANY_STATEMENT = "SELECT v, COUNT(*) FROM TABLE(GENERATE_SERIES(1, 3)) GROUP BY v";

    private static final Duration BETWEEN_STATEMENTS = Duration.ofSeconds(1);

    private final HttpServer server;
    private final ExecutorService threads;
    private final Clock clock;
    private volatile @Nullable HazelcastInstance member;
    private volatile @Nullable String whyNoAnswer = "the member has not answered its first statement yet";
    private volatile @Nullable MemberMetrics metrics;

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private MemberDoor(HttpServer server, Clock clock) {
        this.server = server;
        this.clock = clock;
        this.threads = Executors.newFixedThreadPool(THREADS, work -> {
            Thread thread = new Thread(work, "member-door");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Begins to listen.
     *
     * @param address port 0 for any that is free
     * @throws IOException if the address cannot be listened on
     */
    public static MemberDoor open(InetSocketAddress address, Clock clock) throws IOException {
        MemberDoor door = new MemberDoor(HttpServer.create(address, 0), clock);
        door.answer("/metrics", door::metrics);
        door.answer("/health/live", exchange -> sendHealth(exchange, "live", door.whyNotLive()));
        door.answer("/health/ready", exchange -> sendHealth(exchange, "ready", door.whyNotReady()));
        door.server.setExecutor(door.threads);
        door.server.start();
        return door;
    }

    /** The member whose door this is has joined its cluster. */
    public void serve(HazelcastInstance joined) {
        metrics = new MemberMetrics(joined);
        member = joined;
        Thread first = new Thread(() -> answerFirstStatement(joined), "first-statement");
        first.setDaemon(true);
        first.start();
    }

    /** Whoever replaces members waits for it, and nobody who reads has to. */
    private void answerFirstStatement(HazelcastInstance joined) {
        while (whyNoAnswer != null && isRunning()) {
            try {
                GridMember.answer(joined, ANY_STATEMENT);
                whyNoAnswer = null;
            } catch (RuntimeException e) {
                LOG.debug("the first statement failed, trying again", e);
                whyNoAnswer = "the member's first statement fails, trying again: " + e.getMessage();
                LockSupport.parkNanos(BETWEEN_STATEMENTS.toNanos());
            }
        }
    }

    /** The port it listens on. */
    public int port() {
        return server.getAddress().getPort();
    }

    private void answer(String path, Answer answer) {
        server.createContext(path, exchange -> {
            try (exchange) {
                answer(exchange, path, answer);
            }
        });
    }

    private static void answer(HttpExchange exchange, String path, Answer answer) throws IOException {
        boolean reads = List.of("GET", "HEAD").contains(exchange.getRequestMethod());
        if (!exchange.getRequestURI().getPath().equals(path)) {
            send(exchange, 404, "text/plain", "there is nothing here\n");
            return;
        }
        if (!reads) {
            send(exchange, 405, "text/plain", "only GET\n");
            return;
        }
        try {
            answer.to(exchange);
        } catch (HazelcastException | IllegalStateException e) {
            // It joins, leaves or ends just now.
            LOG.debug("the grid does not answer", e);
            send(exchange, 503, "text/plain", "the grid does not answer; try again in a moment\n");
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("path", path).setCause(e).log("a request to the member's door failed");
            send(exchange, 500, "text/plain", "the member failed to answer; its log says why\n");
        }
    }

    private void metrics(HttpExchange exchange) throws IOException {
        MetricsText text = new MetricsText();
        MemberMetrics known = metrics;
        if (known == null || !isRunning()) {
            ProcessMetrics.add(text);
        } else {
            known.add(text, clock.instant());
        }
        send(exchange, 200, MetricsText.CONTENT_TYPE, text.toString());
    }

    private List<String> whyNotLive() {
        return member != null && !isRunning() ? List.of("the member has shut down") : List.of();
    }

    private List<String> whyNotReady() {
        HazelcastInstance joined = member;
        if (joined == null) {
            return List.of("the member has not joined its cluster yet");
        }
        if (!isRunning()) {
            return whyNotLive();
        }
        List<String> reasons = new ArrayList<>();
        Optional.ofNullable(whyNoAnswer).ifPresent(reasons::add);
        try {
            ClusterState state = joined.getCluster().getClusterState();
            if (state != ClusterState.ACTIVE) {
                reasons.add("the cluster is " + state);
            }
            for (Standing standing : Standing.all(joined)) {
                if (!standing.isStopped()) {
                    standing.whyNotRunning().ifPresent(reasons::add);
                    reasons.addAll(standing.troubles(clock.instant()));
                }
            }
        } catch (HazelcastException | IllegalStateException e) {
            reasons.add("the grid does not answer: " + e.getMessage());
        }
        return reasons;
    }

    private boolean isRunning() {
        HazelcastInstance joined = member;
        return joined != null && joined.getLifecycleService().isRunning();
    }

    private static void sendHealth(HttpExchange exchange, String good, List<String> whyNot) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("status", whyNot.isEmpty() ? good : "not " + good);
            json.writeArrayFieldStart("reasons");
            for (String reason : whyNot) {
                json.writeString(reason);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        send(exchange, whyNot.isEmpty() ? 200 : 503, "application/json", text.toString());
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        boolean headOnly = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, headOnly ? -1 : body.length);
        if (!headOnly) {
            exchange.getResponseBody().write(body);
        }
    }

    /** Listens no more. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
