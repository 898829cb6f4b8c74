package io.sightline.gateway.http;

import com.hazelcast.core.HazelcastInstance;
import io.sightline.gateway.GridView;
import io.sightline.gateway.TestGrid;
import io.sightline.gateway.access.Access;
import io.sightline.gateway.access.AuditLog;
import io.sightline.gateway.access.Queries;
import io.sightline.gateway.access.ScramVerifier;
import io.sightline.gateway.access.SharedExecutions;
import io.sightline.gateway.grid.HazelcastView;
import io.sightline.grid.GridClient;
import io.sightline.grid.Standing;
import io.sightline.history.jet.HistoryQuestion;
import io.sightline.spec.PipelineFile;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The {@link TestGrid} with a status, a rollup and a job of the pipeline {@code detections}, none of which moves by itself. */
final class HttpGrid implements AutoCloseable {
    static final OffsetDateTime COMPLETE_UP_TO = TestGrid.START.plusMinutes(20);
    static final String PASSWORD = "pencil";
    static final ScramVerifier VERIFIER =
            ScramVerifier.of(PASSWORD, "0123456789abcdef".getBytes(StandardCharsets.US_ASCII), 4096);

    static final List<String> AUDITED = new CopyOnWriteArrayList<>();
    static final AuditLog AUDIT = new AuditLog(AUDITED::add, Clock.systemUTC(), false);

    private final TestGrid grid = new TestGrid();
    /** As a gateway is one: what a member throws comes to it in another way than to a member. */
    private final HazelcastInstance client = GridClient.connect(
            grid.member().getConfig().getClusterName(),
            List.of("127.0.0.1:"
                    + grid.member().getCluster().getLocalMember().getAddress().getPort()),
            Duration.ofMinutes(1));

    final View view = new View(new HazelcastView(client));
    final Queries queries = new Queries(grid.engine(), grid::catalog, AUDIT, unshared());

    /** Each statement has an execution of its own. */
    static SharedExecutions unshared() {
        return new SharedExecutions(Duration.ZERO, System::nanoTime, Clock.systemUTC(), Runnable::run);
    }

    /** What runs, as a test says it. */
    static final class View implements GridView {
        private final @Nullable GridView asked;
        final Map<String, String> jobs = new ConcurrentHashMap<>(Map.of("detections", "RUNNING"));
        volatile List<PipelineSpec> pipelines = List.of(PipelineFile.load(Path.of("pipelines", "detections.yaml")));
        volatile boolean connected = true;
        volatile @Nullable String sourceProblem;

        /** @param asked what answers questions about the history; null if there are none */
        View(@Nullable GridView asked) {
            this.asked = asked;
        }

        @Override
        public List<PipelineSpec> pipelines() {
            return pipelines;
        }

        @Override
        public @Nullable String jobStatus(String pipeline) {
            return jobs.get(pipeline);
        }

        @Override
        public List<Standing> standings() {
            return pipelines.stream()
                    .map(pipeline -> new Standing(
                            pipeline.name(), jobs.get(pipeline.name()), null, sourceProblem, null, null, null))
                    .toList();
        }

        @Override
        public <T> T ask(HistoryQuestion<T> question, Duration within) {
            return Objects.requireNonNull(asked).ask(question, within);
        }

        @Override
        public boolean isConnected() {
            return connected;
        }
    }

    HttpGrid() {
        execute("CREATE MAPPING hot_pipeline_status (__key VARCHAR, pipeline VARCHAR, events BIGINT, late BIGINT,"
                + " duplicates BIGINT, dead_letters BIGINT, lag_events BIGINT, latency_p99_ms BIGINT,"
                + " complete_up_to TIMESTAMP WITH TIME ZONE, updated_at TIMESTAMP WITH TIME ZONE)"
                + " TYPE IMap OPTIONS ('keyFormat'='varchar','valueFormat'='compact','valueCompactTypeName'='s')");
        execute("CREATE MAPPING hot_detections_per_second (__key VARCHAR, window_start TIMESTAMP WITH TIME ZONE,"
                + " site VARCHAR, item VARCHAR, detections BIGINT)"
                + " TYPE IMap OPTIONS ('keyFormat'='varchar','valueFormat'='compact','valueCompactTypeName'='r')");
        execute("CREATE MAPPING hot_detections_per_place (__key VARCHAR, window_start TIMESTAMP WITH TIME ZONE,"
                + " location_id VARCHAR, site VARCHAR, detections BIGINT)"
                + " TYPE IMap OPTIONS ('keyFormat'='varchar','valueFormat'='compact','valueCompactTypeName'='p')");
        execute("CREATE MAPPING hot_detections_per_minute (__key VARCHAR, window_start TIMESTAMP WITH TIME ZONE,"
                + " location_id VARCHAR, item VARCHAR, site VARCHAR, detections BIGINT)"
                + " TYPE IMap OPTIONS ('keyFormat'='varchar','valueFormat'='compact','valueCompactTypeName'='m')");
        reset();
    }

    /** As it was at the beginning. */
    void reset() {
        grid.member().getMap("hot_detections_per_second").clear();
        grid.member().getMap("hot_detections_per_place").clear();
        grid.member().getMap("hot_detections_per_minute").clear();
        execute(
                "CREATE OR REPLACE VIEW pipeline_status AS SELECT pipeline, events, late, duplicates, dead_letters, lag_events,"
                        + " latency_p99_ms, complete_up_to, updated_at FROM hot_pipeline_status");
        execute("CREATE OR REPLACE VIEW detections_per_second AS SELECT window_start, site, item, detections"
                + " FROM hot_detections_per_second");
        execute("CREATE OR REPLACE VIEW detections_per_place AS SELECT window_start, location_id, site, detections"
                + " FROM hot_detections_per_place");
        execute(
                "CREATE OR REPLACE VIEW detections_per_minute AS SELECT window_start, location_id, item, site, detections"
                        + " FROM hot_detections_per_minute");
        status(1_200, COMPLETE_UP_TO);
        rollup(COMPLETE_UP_TO.minusMinutes(5), "loc-1", "car", "Reading", 7);
        rollup(COMPLETE_UP_TO.minusSeconds(20), "loc-1", "car", "Reading", 3);
        rollup(COMPLETE_UP_TO.minusSeconds(20), "loc-2", "bus", "Hull", 4);
        rollup(COMPLETE_UP_TO.minusSeconds(5), "loc-2", "car", "Hull", 5);
    }

    HttpServer serve(Supplier<Access> access, @Nullable SSLContext tls, InetSocketAddress address, Clock clock)
            throws IOException {
        return new HttpServer(queries, queries, AUDIT, access, view, tls, address, clock);
    }

    /** For anybody, with executions that are shared as in a gateway. */
    HttpServer serveShared(LongSupplier nanoClock, InetSocketAddress address) throws IOException {
        SharedExecutions shared =
                new SharedExecutions(SharedExecutions.WINDOW, nanoClock, Clock.systemUTC(), Runnable::run);
        Queries sharing = new Queries(grid.engine(), grid::catalog, AUDIT, shared);
        return new HttpServer(sharing, sharing, AUDIT, Access::open, view, null, address, Clock.systemUTC());
    }

    void status(long events, OffsetDateTime completeUpTo) {
        execute(
                "SINK INTO hot_pipeline_status VALUES ('detections', 'detections', ?, 3, 11, 2, 40, 250, ?, ?)",
                events,
                completeUpTo,
                completeUpTo.plusSeconds(1));
    }

    /** Detections of a second, the only ones of that place in its ten seconds, and of place and item in its minute. */
    void rollup(OffsetDateTime window, String place, String item, String site, long detections) {
        execute(
                "SINK INTO hot_detections_per_second VALUES (?, ?, ?, ?, ?)",
                window + site + item,
                window,
                site,
                item,
                detections);
        OffsetDateTime tenSeconds = window.withSecond(window.getSecond() / 10 * 10);
        execute(
                "SINK INTO hot_detections_per_place VALUES (?, ?, ?, ?, ?)",
                tenSeconds + place,
                tenSeconds,
                place,
                site,
                detections);
        OffsetDateTime minute = window.withSecond(0);
        execute(
                "SINK INTO hot_detections_per_minute VALUES (?, ?, ?, ?, ?, ?)",
                minute + place + item,
                minute,
                place,
                item,
                site,
                detections);
    }

    TestGrid grid() {
        return grid;
    }

    /** Users ann (site Reading, 15 rows), bob (everything, at once) and eve (what ann reads, at site Hull). */
    static Access access(Path folder) throws IOException {
        return Access.load(Files.writeString(folder.resolve("access.yaml"), """
                roles:
                  - role: site
                    admin: true
                    reads:
                      - {relation: detections, columns: [item, site, lane], rows: "site = ${claim:site}"}
                      - {relation: detections_per_second, rows: "site = ${claim:site}"}
                      - {relation: detections_per_place, rows: "site = ${claim:site}"}
                      - {relation: detections_per_minute, rows: "site = ${claim:site}"}
                      - {relation: pipeline_status}
                    max-rows: 15
                  - {role: everything, admin: true, reads: [{relation: "*"}]}
                users:
                  - {user: ann, role: site, verifier: "%1$s", claims: {site: Reading}}
                  - {user: eve, role: site, verifier: "%1$s", claims: {site: Hull}}
                  - {user: bob, role: everything, verifier: "%1$s"}
                """.formatted(VERIFIER)));
    }

    private void execute(String sql, Object... parameters) {
        grid.member().getSql().execute(sql, parameters).close();
    }

    @Override
    public void close() {
        client.shutdown();
        grid.close();
    }
}
