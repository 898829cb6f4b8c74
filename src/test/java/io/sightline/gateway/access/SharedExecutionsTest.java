package io.sightline.gateway.access;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sightline.gateway.Engine;
import io.sightline.gateway.ResultColumn;
import io.sightline.gateway.Rows;
import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.ValueType;
import io.sightline.gateway.sql.ParameterValues;
import io.sightline.gateway.sql.SqlScript;
import io.sightline.gateway.sql.SqlText;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which statements share an execution, and that nobody has to wait for another, or sees another's rows. */
@Timeout(60)
class SharedExecutionsTest {
    private static final String QUERY = "SELECT place FROM places";
    private static final Catalog CATALOG = new Catalog(List.of(new LogicalRelation(
            "places",
            SqlText.parse("SELECT place, site FROM hot_places"),
            List.of(new ResultColumn("place", ValueType.VARCHAR), new ResultColumn("site", ValueType.VARCHAR)),
            Set.of())));

    private static final Grant OF_ONE_SITE = new Grant("places", List.of(), RowFilter.parse("site = ${claim:site}"));

    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger guarded = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private volatile int rowsThere = 3;
    private volatile @Nullable StatementException failure;
    private final AtomicLong nanos = new AtomicLong();

    /** With permits for as many rows as may be read; without, as many as there are. */
    private volatile @Nullable Semaphore gate;

    /** What is run beside, once a test runs it. */
    private final Deque<Runnable> beside = new ArrayDeque<>();

    private final CountDownLatch reading = new CountDownLatch(1);

    private final Engine engine = (sql, parameters, timeout) -> new EngineRows(asked.incrementAndGet());

    private final class EngineRows implements Rows {
        private final int execution;
        private final CountDownLatch closed = new CountDownLatch(1);
        private int next;

        EngineRows(int execution) {
            this.execution = execution;
            open.incrementAndGet();
        }

        @Override
        public List<ResultColumn> columns() {
            return List.of(new ResultColumn("place", ValueType.VARCHAR));
        }

        @Override
        public @Nullable Object @Nullable [] next() {
            reading.countDown();
            Semaphore permits = gate;
            try {
                while (permits != null && execution == 1 && !permits.tryAcquire(1, TimeUnit.MILLISECONDS)) {
                    if (closed.getCount() == 0) {
                        throw new StatementException(SqlState.QUERY_CANCELED, "cancelled");
                    }
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            StatementException thrown = failure;
            if (thrown != null) {
                throw thrown;
            }
            return next < rowsThere ? new Object[] {execution + ":" + next++} : null;
        }

        @Override
        public void close() {
            if (closed.getCount() > 0) {
                closed.countDown();
                open.decrementAndGet();
            }
        }
    }

    private final Clock clock = new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.EPOCH.plusNanos(nanos.get());
        }
    };

    private final Queries queries = queries(Duration.ofMillis(200));

    @AfterEach
    void nothingIsLeftOpen() {
        assertThat(open).hasValue(0);
    }

    @Test
    void identicalStatementsOfAMomentRunOnce() {
        // When
        List<String> first = read(QUERY);
        nanos.addAndGet(millis(199));
        List<String> second = read(QUERY);

        // Then
        assertThat(first).containsExactly("1:0", "1:1", "1:2");
        assertThat(second).isEqualTo(first);
    }

    @Test
    void afterTheMomentTheyRunAgain() {
        // When
        read(QUERY);
        nanos.addAndGet(millis(200));

        // Then
        assertThat(read(QUERY)).containsExactly("2:0", "2:1", "2:2");
    }

    @Test
    void switchedOffEachRunsForItself() {
        // Given
        Queries alone = queries(Duration.ZERO);

        // Then
        assertThat(read(alone.run(
                        caller("all", "Reading"), SqlScript.split(QUERY).get(0), ParameterValues.NONE)))
                .contains("1:0");
        assertThat(read(alone.run(
                        caller("all", "Reading"), SqlScript.split(QUERY).get(0), ParameterValues.NONE)))
                .contains("2:0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "other | Reading | Hull | SELECT place FROM places",
                "all | Hull | Hull | SELECT place FROM places",
                "all | Reading | Hull | SELECT place FROM places WHERE place = $1",
                "all | Reading | Hull | SELECT place FROM places LIMIT 1"
            })
    void whatDiffersInRoleClaimsValuesOrTextRunsForItself(String role, String site, String value, String sql) {
        // Given
        ParameterValues reading = new ParameterValues(List.of(ValueType.VARCHAR), List.of("Reading"));
        ParameterValues other = new ParameterValues(List.of(ValueType.VARCHAR), List.of(value));
        read(queries.run(caller("all", "Reading"), SqlScript.split(QUERY).get(0), ParameterValues.NONE));
        read(queries.run(
                caller("all", "Reading"),
                SqlScript.split("SELECT place FROM places WHERE place = $1").get(0),
                reading));

        // When
        read(queries.run(caller(role, site), SqlScript.split(sql).get(0), other));

        // Then
        assertThat(asked).hasValue(3);
    }

    @Test
    void whatDiffersOnlyInWhichValueStandsWhereRunsForItself() {
        // Given
        ParameterValues two =
                new ParameterValues(List.of(ValueType.VARCHAR, ValueType.VARCHAR), List.of("Reading", "Hull"));
        String sql = "SELECT place FROM places WHERE place = %s AND place <> %s";

        // When
        read(queries.run(
                caller("all", "Reading"),
                SqlScript.split(sql.formatted("$1", "$2")).get(0),
                two));
        read(queries.run(
                caller("all", "Reading"),
                SqlScript.split(sql.formatted("$2", "$1")).get(0),
                two));

        // Then
        assertThat(asked).hasValue(2);
    }

    @Test
    void aRefusalIsTheSameForAllAndIsToldToEach() {
        for (int i = 0; i < 2; i++) {
            StatementException refusal =
                    catchThrowableOfType(StatementException.class, () -> read("SELECT place FROM nowhere"));
            assertThat(refusal.sqlState()).isEqualTo(SqlState.UNDEFINED_TABLE);
        }
        assertThat(asked).hasValue(0);
        assertThat(guarded).hasValue(1);
    }

    @Test
    void aStatementIsGuardedOnceForAllOfAMoment() {
        // When
        read(QUERY);
        read(QUERY);

        // Then
        assertThat(guarded).hasValue(1);
    }

    @Test
    void nowIsTheSameForAllOfAMoment() {
        // When
        String sql = "SELECT place FROM places WHERE now() > '2026-03-14T09:00:00Z'";
        read(sql);
        nanos.addAndGet(millis(150));
        read(sql);

        // Then
        assertThat(asked).hasValue(1);
    }

    @Test
    void aResultOfManyRowsIsReadByEachForItself() {
        // Given
        rowsThere = SharedResult.MOST_ROWS + 5;
        try (Rows first = run();
                Rows second = run()) {
            assertThat(first.next()).containsExactly("1:0");

            // Then
            assertThat(read(second)).hasSize(rowsThere).startsWith("2:0").endsWith("2:" + (rowsThere - 1));
            assertThat(read(first)).hasSize(rowsThere - 1).startsWith("1:1").endsWith("1:" + (rowsThere - 1));
        }
    }

    @Test
    void whatManyAskIsRunBesideAndNobodyWaitsForTheNextRows() {
        // Given four who ask within a moment
        read(4);
        at(199);
        assertThat(read(QUERY)).contains("1:0");
        assertThat(beside).isEmpty();

        // When
        at(200);
        assertThat(read(QUERY)).contains("1:0");
        at(210);
        assertThat(read(QUERY)).contains("1:0");
        assertThat(beside).hasSize(1);
        beside.remove().run();

        // Then its rows are there for the next, and as old as they are
        assertThat(read(QUERY)).containsExactly("2:0", "2:1", "2:2");
        at(399);
        assertThat(read(QUERY)).contains("2:0");
        at(400);
        assertThat(read(QUERY)).contains("3:0");
        assertThat(asked).hasValue(3);
    }

    @ParameterizedTest
    @CsvSource({"3, 200", "4, 400"})
    void whatFewAskedOrWhatIsTwoMomentsOldIsNotRunBesideAndWhoComesHasRowsOfNow(int readers, long millis) {
        // Given
        read(readers);

        // When
        at(millis);

        // Then
        assertThat(read(QUERY)).contains("2:0");
        assertThat(beside).isEmpty();
    }

    @Test
    void whoComesBeforeItHasBegunRunsWhatWasToBeRunBeside() {
        // Given
        read(4);
        at(399);
        read(QUERY);

        // When
        at(400);
        List<String> rows = read(QUERY);
        beside.remove().run();

        // Then
        assertThat(rows).contains("2:0");
        assertThat(read(QUERY)).contains("2:0");
        assertThat(asked).hasValue(2);
    }

    @Test
    void rowsThatWereAskedForWhileTheyWereReadCountAsWanted() {
        // Given rows that are old when they come, and that four would have had
        read(4);
        at(200);
        read(5);
        at(399);
        beside.remove().run();

        // When
        at(401);

        // Then nobody waits for the next, either
        assertThat(read(QUERY)).contains("2:0");
        assertThat(beside).hasSize(1);
    }

    @Test
    void whatIsReadBeforeRowsThatAreSharedIsOfBeforeTheirExecution() {
        // Given
        AtomicInteger before = new AtomicInteger();

        // When
        List<Queries.After<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            answers.add(runAfter(() -> before.incrementAndGet() + 10 * asked.get()));
        }

        // Then
        assertThat(answers).extracting(Queries.After::before).containsExactly(1, 1);
        answers.forEach(answer -> assertThat(read(answer.rows())).contains("1:0"));
        answers.forEach(answer -> answer.rows().close());
        assertThat(before).hasValue(1);
    }

    @Test
    void whatIsReadBeforeIsReadAgainBeforeTheRowsAreReadBeside() {
        // Given
        AtomicInteger before = new AtomicInteger();
        List<Integer> seen = new ArrayList<>();
        Runnable reader = () -> {
            Queries.After<Integer> answer = runAfter(before::incrementAndGet);
            try (Rows rows = answer.rows()) {
                assertThat(read(rows)).contains(answer.before() + ":0");
            }
            seen.add(answer.before());
        };
        for (int i = 0; i < 4; i++) {
            reader.run();
        }

        // When
        at(200);
        reader.run();
        beside.remove().run();
        reader.run();

        // Then
        assertThat(seen).containsExactly(1, 1, 1, 1, 1, 2);
    }

    @Test
    void whoComesWhileItStillRunsWaitsForItAndDoesNotRunItOnceMore() throws Exception {
        // Given an execution that takes longer than a moment
        Semaphore permits = new Semaphore(0);
        gate = permits;
        Rows first = run();
        CompletableFuture<List<String>> reads = CompletableFuture.supplyAsync(() -> read(first));
        reading.await();

        // When
        at(999);
        Rows second = run();
        at(1_000);
        Rows third = run();
        permits.release(4);

        // Then
        assertThat(reads.get()).contains("1:0");
        assertThat(read(second)).contains("1:0");
        assertThat(read(third)).contains("2:0");
        List.of(first, second, third).forEach(Rows::close);
    }

    @Test
    void whatHasTooManyRowsToBeSharedIsNotRunBeside() {
        // Given
        rowsThere = SharedResult.MOST_ROWS + 5;
        read(5);

        // When
        at(200);
        read(QUERY);

        // Then
        assertThat(beside).isEmpty();
    }

    @Test
    void whatFailsBesideIsToldToNobodyWhoAsksLater() {
        // Given
        read(4);
        at(200);
        read(QUERY);

        // When
        failure = new StatementException(SqlState.DIVISION_BY_ZERO, "division by zero");
        beside.remove().run();
        failure = null;

        // Then
        assertThat(read(QUERY)).contains("3:0");
    }

    private void read(int times) {
        for (int i = 0; i < times; i++) {
            read(QUERY);
        }
    }

    private void at(long millis) {
        nanos.set(millis(millis));
    }

    @Test
    void rowsAreEncodedOnceForAllWhoTakeTheSameForm() {
        try (Rows first = run();
                Rows second = run();
                Rows third = run()) {
            // When
            Rows.Encoded encoded = requireNonNull(first.encoded(new Form("a"), Integer.MAX_VALUE));

            // Then
            assertThat(encoded.bytes()).asString(StandardCharsets.UTF_8).isEqualTo("a1:0,1:1,1:2");
            assertThat(encoded.rows()).isEqualTo(3);
            assertThat(second.encoded(new Form("a"), Integer.MAX_VALUE)).isSameAs(encoded);
            assertThat(third.encoded(new Form("b"), Integer.MAX_VALUE))
                    .isNotNull()
                    .isNotSameAs(encoded);
            assertThat(List.of(first, second, third))
                    .allSatisfy(rows -> assertThat(rows.next()).isNull());
        }
    }

    @Test
    void moreRowsThanARoleMayHaveAreNotEncodedAndStillRefused() {
        // Given
        try (Rows few =
                queries.run(caller("few", "Reading"), SqlScript.split(QUERY).get(0), ParameterValues.NONE)) {
            // When
            Rows.Encoded encoded = few.encoded(new Form("a"), Integer.MAX_VALUE);

            // Then
            assertThat(encoded).isNull();
            assertThat(few.next()).containsExactly("1:0");
            few.next();
            assertThat(catchThrowableOfType(StatementException.class, few::next).sqlState())
                    .isEqualTo(SqlState.PROGRAM_LIMIT_EXCEEDED);
        }
    }

    @Test
    void rowsOfWhichSomeAreReadOrWhichAreNotAllHereAreNotEncoded() {
        // Given
        try (Rows begun = run()) {
            begun.next();
            assertThat(begun.encoded(new Form("a"), Integer.MAX_VALUE)).isNull();
            assertThat(read(begun)).containsExactly("1:1", "1:2");
        }
        nanos.addAndGet(millis(200));

        // When
        rowsThere = SharedResult.MOST_ROWS + 5;
        try (Rows many = run()) {
            // Then
            assertThat(many.encoded(new Form("a"), Integer.MAX_VALUE)).isNull();
            assertThat(read(many)).hasSize(rowsThere);
        }
    }

    private record Form(String name) implements Rows.Encoding {
        @Override
        public byte @Nullable [] encode(List<@Nullable Object[]> rows, int mostBytes) {
            return (name + rows.stream().map(row -> String.valueOf(row[0])).collect(Collectors.joining(",")))
                    .getBytes(StandardCharsets.UTF_8);
        }
    }

    @Test
    void aFailureIsTheSameForAll() {
        // Given
        failure = new StatementException(SqlState.DIVISION_BY_ZERO, "division by zero");
        try (Rows first = run();
                Rows second = run()) {
            // Then
            for (Rows rows : List.of(first, second)) {
                assertThat(catchThrowableOfType(StatementException.class, rows::next)
                                .sqlState())
                        .isEqualTo(SqlState.DIVISION_BY_ZERO);
            }
        }
        assertThat(asked).hasValue(1);
    }

    @Test
    void whoeverOnlyAsksForTheColumnsHoldsNobodyUp() {
        try (Rows described = run();
                Rows second = run()) {
            assertThat(described.columns()).hasSize(1);
            assertThat(read(second)).hasSize(3);
        }
        assertThat(asked).hasValue(1);
    }

    @Test
    void columnsThatWereAskedForAndClosedLeaveNothingToWaitFor() {
        run().close();
        assertThat(read(QUERY)).containsExactly("2:0", "2:1", "2:2");
    }

    @Test
    void aCancelOfTheOneWhoReadsLetsTheOthersRunTheirOwn() throws Exception {
        // Given
        gate = new Semaphore(0);
        Rows first = run();
        Rows second = run();
        CompletableFuture<StatementException> cancelled =
                CompletableFuture.supplyAsync(() -> catchThrowableOfType(StatementException.class, first::next));
        reading.await();
        CompletableFuture<List<String>> others = CompletableFuture.supplyAsync(() -> read(second));

        // When
        first.close();

        // Then
        assertThat(cancelled.get().sqlState()).isEqualTo(SqlState.QUERY_CANCELED);
        assertThat(others.get()).containsExactly("2:0", "2:1", "2:2");
        second.close();
    }

    @Test
    void aCancelOfOneWhoWaitsEndsNobodyElse() throws Exception {
        // Given
        Semaphore permits = new Semaphore(0);
        gate = permits;
        Rows first = run();
        Rows second = run();
        CompletableFuture<List<String>> reads = CompletableFuture.supplyAsync(() -> read(first));
        reading.await();
        CompletableFuture<StatementException> waits =
                CompletableFuture.supplyAsync(() -> catchThrowableOfType(StatementException.class, second::next));

        // When
        second.close();

        // Then
        assertThat(waits.get().sqlState()).isEqualTo(SqlState.QUERY_CANCELED);
        permits.release(100);
        assertThat(reads.get()).containsExactly("1:0", "1:1", "1:2");
        first.close();
    }

    @Test
    void manyAtOnceAllHaveTheirRowsAndLeaveNothingOpen() {
        // When
        List<Integer> sizes = IntStream.range(0, 2_000)
                .parallel()
                .mapToObj(i -> {
                    nanos.addAndGet(millis(1));
                    try (Rows rows = run()) {
                        return i % 3 == 0 ? 3 : read(rows).size();
                    }
                })
                .toList();

        // Then
        assertThat(sizes).hasSize(2_000).containsOnly(3);
    }

    private Rows run() {
        return queries.run(caller("all", "Reading"), SqlScript.split(QUERY).get(0), ParameterValues.NONE);
    }

    private Queries.After<Integer> runAfter(Supplier<Integer> before) {
        return queries.runAfter(
                caller("all", "Reading"), before, SqlScript.split(QUERY).get(0), ParameterValues.NONE);
    }

    private List<String> read(String sql) {
        try (Rows rows =
                queries.run(caller("all", "Reading"), SqlScript.split(sql).get(0), ParameterValues.NONE)) {
            return read(rows);
        }
    }

    private static List<String> read(Rows rows) {
        List<String> read = new ArrayList<>();
        for (@Nullable Object[] row = rows.next(); row != null; row = rows.next()) {
            read.add(String.valueOf(row[0]));
        }
        return read;
    }

    private Queries queries(Duration window) {
        AuditLog audit = new AuditLog(line -> {}, clock, false);
        return new Queries(engine, this::catalog, audit, new SharedExecutions(window, nanos::get, clock, beside::add));
    }

    private Catalog catalog() {
        guarded.incrementAndGet();
        return CATALOG;
    }

    private static Caller caller(String role, String site) {
        int mostRows = role.equals("few") ? 2 : 100_000;
        Role reads = new Role(role, false, List.of(OF_ONE_SITE), mostRows, Duration.ofSeconds(20), 100);
        return new Caller(new Principal("ann", reads, Map.of("site", List.of(site))), "127.0.0.1:1", "");
    }

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
