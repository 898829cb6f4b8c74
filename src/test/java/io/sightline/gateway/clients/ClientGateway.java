package io.sightline.gateway.clients;

import io.sightline.gateway.Engine;
import io.sightline.gateway.ResultColumn;
import io.sightline.gateway.Rows;
import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.TestCertificate;
import io.sightline.gateway.TestGrid;
import io.sightline.gateway.ValueType;
import io.sightline.gateway.access.Access;
import io.sightline.gateway.access.AuditLog;
import io.sightline.gateway.access.Catalog;
import io.sightline.gateway.access.LogicalRelation;
import io.sightline.gateway.access.Queries;
import io.sightline.gateway.access.ScramVerifier;
import io.sightline.gateway.access.SharedExecutions;
import io.sightline.gateway.pg.PgServer;
import io.sightline.gateway.server.TlsFiles;
import io.sightline.gateway.sql.SqlText;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;

/**
 * A gateway with TLS and the user ann, password pencil, before a small grid and two relations of its own: {@code large},
 * whose rows are made as they are read and watched for who keeps them, and {@code endless}, whose first row never comes.
 */
final class ClientGateway implements AutoCloseable {
    static final int LARGE = 300_000;

    private static final int WATCHED_EVERY = 1_000;
    private static final int LOOK_EVERY = 100_000;

    private final TestGrid grid = new TestGrid();
    private final PgServer server;
    private final TlsFiles tls;
    private volatile int mostKept;
    private volatile CountDownLatch endlessAsked = new CountDownLatch(1);

    ClientGateway(Path folder) throws Exception {
        ScramVerifier pencil = ScramVerifier.of("pencil", "0123456789abcdef".getBytes(StandardCharsets.US_ASCII), 4096);
        Access access = Access.load(Files.writeString(folder.resolve("access.yaml"), """
                roles:
                  - {role: all, admin: true, reads: [{relation: "*"}], max-rows: 999999, statement-timeout: 10m}
                users: [{user: ann, role: all, verifier: "%s"}]
                """.formatted(pencil)));
        tls = TestCertificate.in(folder, "EC");
        Clock clock = Clock.systemUTC();
        List<LogicalRelation> relations = new ArrayList<>(grid.catalog().relations());
        relations.add(relation("large", Large.COLUMNS));
        relations.add(relation("endless", Endless.COLUMNS));
        Queries queries = new Queries(
                engine(),
                () -> new Catalog(relations),
                new AuditLog(line -> {}, clock, false),
                new SharedExecutions(SharedExecutions.WINDOW, System::nanoTime, clock, ForkJoinPool.commonPool()));
        server = new PgServer(
                queries,
                () -> access,
                new AuditLog(line -> {}, clock, false),
                tls.context(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                work -> {
                    Thread thread = new Thread(work, "client-gateway");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    int port() {
        return server.port();
    }

    /** What the gateway's certificate is checked with. */
    Path rootCertificate() {
        return tls.certificate();
    }

    /** Most of the watched rows, one of a thousand, that were in memory at once. */
    int mostKept() {
        return mostKept;
    }

    /** Comes down when {@code endless} is read from now on: other clients have read it before. */
    CountDownLatch nextEndless() {
        CountDownLatch next = new CountDownLatch(1);
        endlessAsked = next;
        return next;
    }

    private Engine engine() {
        return (sql, parameters, timeout) -> sql.contains("hot_large")
                ? new Large()
                : sql.contains("hot_endless")
                        ? new Endless()
                        : grid.engine().execute(sql, parameters, Duration.ofSeconds(60));
    }

    private static LogicalRelation relation(String name, List<ResultColumn> columns) {
        return new LogicalRelation(name, SqlText.parse("SELECT * FROM hot_" + name), columns, Set.of());
    }

    private final class Large implements Rows {
        static final List<ResultColumn> COLUMNS =
                List.of(new ResultColumn("n", ValueType.BIGINT), new ResultColumn("text", ValueType.VARCHAR));

        private final List<WeakReference<@Nullable Object[]>> watched = new ArrayList<>();
        private long made;

        @Override
        public List<ResultColumn> columns() {
            return COLUMNS;
        }

        @Override
        public @Nullable Object @Nullable [] next() {
            if (made == LARGE) {
                return null;
            }
            @Nullable Object[] row = {made, "row %d of a result that fits into nobody's memory".formatted(made)};
            if (made % WATCHED_EVERY == 0) {
                watched.add(new WeakReference<>(row));
            }
            if (++made % LOOK_EVERY == 0) {
                System.gc();
                int kept =
                        (int) watched.stream().filter(one -> one.get() != null).count();
                mostKept = Math.max(mostKept, kept);
            }
            return row;
        }

        @Override
        public void close() {}
    }

    private final class Endless implements Rows {
        static final List<ResultColumn> COLUMNS = List.of(new ResultColumn("n", ValueType.BIGINT));

        private final CountDownLatch closed = new CountDownLatch(1);

        @Override
        public List<ResultColumn> columns() {
            return COLUMNS;
        }

        @Override
        public @Nullable Object @Nullable [] next() {
            endlessAsked.countDown();
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new StatementException(SqlState.QUERY_CANCELED, "canceling statement due to user request");
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    @Override
    public void close() {
        server.close();
        grid.close();
    }
}
