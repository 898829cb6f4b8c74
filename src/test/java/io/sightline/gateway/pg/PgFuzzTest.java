package io.sightline.gateway.pg;

import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.fixture.Eventually;
import io.sightline.gateway.Engine;
import io.sightline.gateway.ResultColumn;
import io.sightline.gateway.Rows;
import io.sightline.gateway.ValueType;
import io.sightline.gateway.access.Access;
import io.sightline.gateway.access.AuditLog;
import io.sightline.gateway.access.Catalog;
import io.sightline.gateway.access.LogicalRelation;
import io.sightline.gateway.access.Queries;
import io.sightline.gateway.access.ScramVerifier;
import io.sightline.gateway.access.SharedExecutions;
import io.sightline.gateway.sql.SqlText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What real clients send, mutated, against the door: no mutation makes it fail, hang, or keep anything, and an honest client
 * is served all the while. {@code -Dfuzz.conversations=1000000} for more of them, {@code -Dfuzz.seed=N} for others.
 */
@Timeout(3_600)
class PgFuzzTest {
    private static final int CONVERSATIONS = Integer.getInteger("fuzz.conversations", 20_000);
    private static final long SEED = Long.getLong("fuzz.seed", 20260314);
    private static final int WARM_UP = 2_000;
    private static final int MOST_GROWTH_MEGABYTES = 16;
    private static final int ANSWERED_WITHIN_MILLIS = 20_000;
    private static final int INTERNAL_ERROR_LENGTH = 6;

    @TempDir
    private Path folder;

    private final AtomicInteger openRows = new AtomicInteger();
    private final AtomicInteger threads = new AtomicInteger();
    private final Queue<String> crashes = new ConcurrentLinkedQueue<>();
    private PgServer open;
    private PgServer guarded;

    @BeforeEach
    void start() throws Exception {
        ScramVerifier pencil = ScramVerifier.of("pencil", "0123456789abcdef".getBytes(StandardCharsets.US_ASCII), 4096);
        Access access = Access.load(Files.writeString(folder.resolve("access.yaml"), """
                roles: [{role: all, reads: [{relation: "*"}]}]
                users: [{user: ann, role: all, verifier: "%s"}]
                """.formatted(pencil)));
        open = server(Access.open());
        guarded = server(access);
    }

    @AfterEach
    void stop() {
        open.close();
        guarded.close();
    }

    @Test
    void noMutationOfARealConversationHarmsTheDoorOrAnHonestClient() throws Exception {
        // Given
        List<byte[]> toOpen = Conversations.recorded(open.port(), "");
        List<byte[]> toGuarded = Conversations.recorded(guarded.port(), "pencil");
        send(toOpen, toGuarded, 0, WARM_UP);
        Eventually.eventually("all have left", () -> threads.get() == 2);
        long before = usedMegabytes();

        // When
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Integer> honest = CompletableFuture.supplyAsync(() -> askUntil(done));
        send(toOpen, toGuarded, WARM_UP, CONVERSATIONS);
        done.set(true);

        // Then
        assertThat(honest.get()).as("answers to the honest client").isPositive();
        Eventually.eventually("the two doors' own threads are left", () -> threads.get() == 2);
        assertThat(crashes).isEmpty();
        assertThat(openRows).as("results left open").hasValue(0);
        assertThat(open.connections() + guarded.connections()).isZero();
        assertThat(usedMegabytes() - before).as("megabytes kept").isLessThan(MOST_GROWTH_MEGABYTES);
    }

    private void send(List<byte[]> toOpen, List<byte[]> toGuarded, int from, int to) {
        IntStream.range(from, to).parallel().forEach(i -> {
            boolean first = i % 4 != 0;
            byte[] bytes = new Mutation(SEED + i).of(first ? toOpen : toGuarded);
            String what = "seed %d, conversation %d".formatted(SEED, i);
            try {
                byte[] answer = answer(first ? open : guarded, bytes);
                if (saysInternalError(answer)) {
                    crashes.add(what + ": an internal error was answered");
                }
            } catch (IOException e) {
                crashes.add(what + ": " + e);
            }
        });
    }

    /** All that comes back until the door hangs up. */
    private static byte[] answer(PgServer server, byte[] bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(ANSWERED_WITHIN_MILLIS);
            // Else a million closed connections would each hold a port for a minute.
            socket.setSoLinger(true, 0);
            try {
                socket.getOutputStream().write(bytes);
                socket.shutdownOutput();
                return socket.getInputStream().readAllBytes();
            } catch (java.net.SocketException hungUp) {
                return new byte[0];
            }
        }
    }

    private static boolean saysInternalError(byte[] answer) {
        byte[] code = "CXX000".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i + INTERNAL_ERROR_LENGTH <= answer.length; i++) {
            if (java.util.Arrays.equals(answer, i, i + INTERNAL_ERROR_LENGTH, code, 0, INTERNAL_ERROR_LENGTH)) {
                return true;
            }
        }
        return false;
    }

    /** How many answers it had. */
    private int askUntil(AtomicBoolean done) {
        int answers = 0;
        // At least once, however soon the others are done.
        do {
            try (Connection connection = DriverManager.getConnection(
                            "jdbc:postgresql://localhost:" + guarded.port() + "/sightline?sslmode=disable",
                            "ann",
                            "pencil");
                    PreparedStatement statement =
                            connection.prepareStatement("SELECT place FROM places WHERE place <> ?")) {
                for (int i = 0; i < 20; i++) {
                    statement.setString(1, "x" + answers);
                    try (ResultSet rows = statement.executeQuery()) {
                        assertThat(rows.next()).isTrue();
                        assertThat(rows.getString(1)).isEqualTo("place-0");
                        answers++;
                    }
                }
            } catch (SQLException e) {
                throw new IllegalStateException("the honest client was not served", e);
            }
        } while (!done.get());
        return answers;
    }

    private static long usedMegabytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) >> 20;
    }

    private PgServer server(Access access) throws IOException {
        List<ResultColumn> columns = List.of(
                new ResultColumn("place", ValueType.VARCHAR),
                new ResultColumn("opened_at", ValueType.TIMESTAMP_WITH_TIME_ZONE));
        Catalog catalog = new Catalog(List.of(new LogicalRelation(
                "places", SqlText.parse("SELECT place, opened_at FROM hot_places"), columns, Set.of())));
        AuditLog audit = new AuditLog(line -> {}, Clock.systemUTC(), false);
        Engine engine = (sql, parameters, timeout) -> new PlaceRows();
        Queries queries = new Queries(
                engine,
                () -> catalog,
                audit,
                new SharedExecutions(
                        Duration.ofMillis(200), System::nanoTime, Clock.systemUTC(), ForkJoinPool.commonPool()));
        return new PgServer(
                queries,
                () -> access,
                audit,
                null,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                work -> {
                    Thread thread = new Thread(
                            () -> {
                                threads.incrementAndGet();
                                try {
                                    work.run();
                                } catch (RuntimeException | Error e) {
                                    crashes.add("a thread of the door ended with " + e);
                                } finally {
                                    threads.decrementAndGet();
                                }
                            },
                            "fuzzed-door");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    private final class PlaceRows implements Rows {
        private final AtomicBoolean closed = new AtomicBoolean();
        private int next;

        PlaceRows() {
            openRows.incrementAndGet();
        }

        @Override
        public List<ResultColumn> columns() {
            return List.of(new ResultColumn("place", ValueType.VARCHAR));
        }

        @Override
        public @Nullable Object @Nullable [] next() {
            return next < 3 ? new Object[] {"place-" + next++} : null;
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                openRows.decrementAndGet();
            }
        }
    }
}
