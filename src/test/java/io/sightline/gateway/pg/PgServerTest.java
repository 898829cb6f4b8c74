package io.sightline.gateway.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sightline.gateway.Engine;
import io.sightline.gateway.PostgresOracle;
import io.sightline.gateway.PostgresOracle.Answer;
import io.sightline.gateway.TestCertificate;
import io.sightline.gateway.TestGrid;
import io.sightline.gateway.access.Access;
import io.sightline.gateway.access.AuditLog;
import io.sightline.gateway.access.Queries;
import io.sightline.gateway.access.ScramVerifier;
import io.sightline.gateway.access.SharedExecutions;
import io.sightline.gateway.server.TlsFiles;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLException;

/** The door with PostgreSQL's own JDBC driver, against a real PostgreSQL where one can say what is right. */
class PgServerTest {
    private static final AuditLog AUDIT = new AuditLog(line -> {}, Clock.systemUTC(), false);
    private static final String BOUND = " WHERE event_time > '2026-01-01T00:00:00Z'";

    @TempDir
    static Path folder;

    private static TestGrid grid;
    private static TlsFiles certificate;
    private static PostgresOracle postgres;
    private static Queries queries;
    private static PgServer open;
    private static PgServer guarded;

    @BeforeAll
    static void start() throws Exception {
        grid = new TestGrid();
        postgres = new PostgresOracle(grid);
        queries = new Queries(grid.engine(), grid::catalog, AUDIT, unshared());
        open = server(Access.open(), null);
        ScramVerifier pencil = ScramVerifier.of("pencil", "0123456789abcdef".getBytes(StandardCharsets.US_ASCII), 4096);
        Access access = Access.load(Files.writeString(folder.resolve("access.yaml"), """
                roles:
                  - role: reading
                    admin: true
                    reads: [{relation: detections, columns: [item, site, lane], rows: "site = ${claim:site}"}]
                    max-rows: 15
                  - {role: quick, admin: true, reads: [{relation: "*"}], statement-timeout: 300ms}
                  - {role: alone, admin: true, reads: [{relation: "*"}], concurrency: 1, statement-timeout: 10s}
                users:
                  - {user: ann, role: reading, verifier: "%1$s", claims: {site: Reading}}
                  - {user: bob, role: quick, verifier: "%1$s"}
                  - {user: cat, role: alone, verifier: "%1$s"}
                """.formatted(pencil)));
        certificate = TestCertificate.in(folder, "EC");
        guarded = server(access, certificate.context());
    }

    @AfterAll
    static void stop() throws Exception {
        open.close();
        guarded.close();
        postgres.close();
        grid.close();
    }

    private static PgServer server(Access access, @Nullable SSLContext tls) throws Exception {
        return server(queries, access, tls);
    }

    private static PgServer server(Queries served, Access access, @Nullable SSLContext tls) throws Exception {
        return server(served, access, AUDIT, tls);
    }

    private static PgServer server(Queries served, Access access, AuditLog audit, @Nullable SSLContext tls)
            throws Exception {
        return new PgServer(
                served, () -> access, audit, tls, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), work -> {
                    Thread thread = new Thread(work, "gateway-test");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    private static SharedExecutions unshared() {
        return new SharedExecutions(Duration.ZERO, System::nanoTime, Clock.systemUTC(), Runnable::run);
    }

    private static Connection connect(String parameters) throws SQLException {
        return connect(open, parameters);
    }

    private static Connection connect(PgServer server, String parameters) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + server.port() + "/sightline?sslmode=disable" + parameters,
                "anybody",
                "");
    }

    private static Connection login(String user, String password, String parameters) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://localhost:" + guarded.port() + "/sightline?" + parameters, user, password);
    }

    private static String verified() {
        return "sslmode=verify-full&sslrootcert=" + certificate.certificate();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT item, site, camera_id, lane, total, confidence, price, wet, seen_on, event_time FROM detections"
                        + BOUND,
                "SELECT COUNT(*), SUM(lane), AVG(confidence), MAX(event_time), MIN(seen_on) FROM detections" + BOUND,
                "SELECT date_trunc('minute', event_time) AS time, COUNT(*) FILTER (WHERE wet) AS n FROM detections"
                        + BOUND + " GROUP BY 1 ORDER BY 1",
                "SELECT place, NULL AS nothing, TRUE, 1.5, 'x'::text, 1::int2, 2::int4, 3::int8, 4::float8 FROM places",
                "SELECT 1e20::float8, 1e-7::float8, 0.1::float8, 123456789012345678::numeric, -0.00012::numeric, 100::numeric",
                "SELECT confidence * 1e15 FROM detections" + BOUND,
                "SELECT * FROM places ORDER BY place LIMIT 2",
                "SELECT place FROM places WHERE place = 'none'",
            })
    void aResultIsWhatPostgresGivesInEveryProtocolAndFormat(String sql) throws SQLException {
        // Given
        Answer expected = postgres.ask(sql);

        for (String mode : List.of("&preferQueryMode=simple", "", "&prepareThreshold=-1", "&binaryTransfer=false")) {
            try (Connection connection = connect(mode);
                    PreparedStatement statement = connection.prepareStatement(sql);
                    ResultSet result = statement.executeQuery()) {
                // When
                Answer actual = Answer.of(result);

                // Then
                assertThat(actual.columns()).as(mode).isEqualTo(expected.columns());
                assertThat(comparable(actual, sql)).as(mode).isEqualTo(comparable(expected, sql));
            }
        }
    }

    @Test
    void parametersOfEveryTypeAreTakenInBothFormats() throws SQLException {
        try (Connection connection = connect("&prepareThreshold=2");
                PreparedStatement statement =
                        connection.prepareStatement("SELECT COUNT(*) FROM detections WHERE lane < ?"
                                + " AND total <= ? AND confidence >= ? AND item LIKE ? AND event_time >= ? AND seen_on >= ?"
                                + " AND wet = ? AND price < ?")) {
            for (int lane = 0; lane < 8; lane++) {
                // When
                statement.setInt(1, lane);
                statement.setLong(2, 1_000);
                statement.setDouble(3, 0.0);
                statement.setString(4, "item-%");
                statement.setObject(5, OffsetDateTime.of(2026, 3, 14, 9, 0, 0, 0, ZoneOffset.UTC));
                statement.setObject(6, LocalDate.of(2026, 3, 14));
                statement.setBoolean(7, true);
                statement.setBigDecimal(8, new BigDecimal("99.5"));

                // Then
                try (ResultSet result = statement.executeQuery()) {
                    assertThat(result.next()).isTrue();
                    assertThat(result.getLong(1)).isEqualTo((lane + 1) / 2);
                }
            }
        }
    }

    @Test
    void theTypesOfParametersAreThoseTheClientGave() throws SQLException {
        try (Connection connection = connect("&prepareThreshold=-1");
                PreparedStatement statement =
                        connection.prepareStatement("SELECT place FROM places WHERE place = ? AND ? < 7")) {
            // When: a VARCHAR, where the column is TEXT
            statement.setString(1, "place-0");
            statement.setInt(2, 3);

            // Then
            for (int again = 0; again < 3; again++) {
                assertThat(Answer.of(statement.executeQuery()).rows()).containsExactly(List.of("place-0"));
            }
        }
    }

    @Test
    void aParameterIsAValueAndNeverSql() throws SQLException {
        try (Connection connection = connect("");
                PreparedStatement statement =
                        connection.prepareStatement("SELECT MAX(?::text), COUNT(*) FROM places WHERE place = ?")) {
            // When
            statement.setString(1, "x'); DROP VIEW places; --");
            statement.setString(2, "' OR '1'='1");

            // Then
            try (ResultSet result = statement.executeQuery()) {
                assertThat(result.getMetaData().getColumnCount()).isEqualTo(2);
            }
        }
        assertThat(rows("SELECT place FROM places")).hasSize(6);
    }

    @Test
    void whatAParameterIsComparedWithGivesItsType() throws SQLException {
        try (Connection connection = connect("");
                PreparedStatement statement = connection.prepareStatement(
                        "SELECT item FROM detections WHERE lane = ? AND event_time > ? AND confidence < ? + 1 LIMIT ?")) {
            // When
            List<String> types = new ArrayList<>();
            for (int i = 1; i <= 4; i++) {
                types.add(statement.getParameterMetaData().getParameterTypeName(i));
            }

            // Then
            assertThat(types).containsExactly("int4", "timestamptz", "int8", "int8");
            assertThat(statement.getMetaData().getColumnName(1)).isEqualTo("item");
        }
    }

    @Test
    void aPortalIsReadInPieces() throws SQLException {
        try (Connection connection = connect("")) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.setFetchSize(7);
                try (ResultSet result = statement.executeQuery("SELECT lane FROM detections" + BOUND)) {
                    assertThat(Answer.of(result).rows()).hasSize(TestGrid.ROWS).doesNotHaveDuplicates();
                }
            }
            connection.commit();
        }
    }

    @Test
    void whoGoesAwayInTheMiddleOfAPortalLeavesTheRoleItsPlace() throws SQLException {
        // Given
        Connection gone = login("cat", "pencil", verified());
        gone.setAutoCommit(false);
        Statement half = gone.createStatement();
        half.setFetchSize(7);
        assertThat(half.executeQuery("SELECT lane FROM detections").next()).isTrue();

        // When
        gone.abort(Runnable::run);

        // Then
        try (Connection next = login("cat", "pencil", verified());
                Statement statement = next.createStatement()) {
            assertThat(Answer.of(statement.executeQuery("SELECT place FROM places"))
                            .rows())
                    .hasSize(6);
        }
    }

    @Test
    void severalStatementsInOneQueryEachAnswer() throws SQLException {
        try (Connection connection = connect("&preferQueryMode=simple");
                Statement statement = connection.createStatement()) {
            // When
            boolean first =
                    statement.execute("SELECT 10; -- ping\n ; SET application_name = 'x'; SELECT place FROM places");

            // Then
            assertThat(first).isTrue();
            assertThat(Answer.of(statement.getResultSet()).rows()).containsExactly(List.of(10));
            assertThat(statement.getMoreResults()).isFalse();
            assertThat(statement.getMoreResults()).isTrue();
            assertThat(Answer.of(statement.getResultSet()).rows()).hasSize(6);
        }
    }

    @Test
    void nothingIsAnEmptyQuery() throws SQLException {
        try (Connection connection = connect("");
                Statement statement = connection.createStatement()) {
            assertThat(statement.execute(";")).isFalse();
            assertThat(statement.execute("-- ping")).isFalse();
            assertThat(connection.isValid(5)).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT * FROM nowhere | 42P01 | 15",
                "SELECT bogus FROM places | 42703 |",
                "SELEC 1 | 42601 | 1",
                "SELECT *\\nFROM detections | 54000 | 15",
                "SELECT /* é */ ROW_NUMBER() OVER (ORDER BY item) FROM places | 0A000 | 16",
                "DELETE FROM places | 0A000 | 1",
                "DROP VIEW places | 42601 | 1",
                "COPY places TO STDOUT | 42601 |",
                "SELECT place::regclass FROM places | 0A000 |",
                "SELECT 1/0 FROM places | 22012 |",
                "SELECT nothing(1) | 42883 | 8",
                "SELECT 'x | 42601 |",
                "SELECT $1 | 42P02 |",
            })
    void anErrorHasItsStateAndItsPlace(String sql, String state, @Nullable Integer position) throws SQLException {
        try (Connection connection = connect("&preferQueryMode=simple");
                Statement statement = connection.createStatement()) {
            // When
            PSQLException failure =
                    catchThrowableOfType(PSQLException.class, () -> statement.executeQuery(sql.replace("\\n", "\n")));

            // Then
            assertThat(failure.getSQLState()).isEqualTo(state);
            if (position != null) {
                assertThat(java.util.Objects.requireNonNull(failure.getServerErrorMessage())
                                .getPosition())
                        .isEqualTo(position);
            }
            assertThat(Answer.of(statement.executeQuery("SELECT 1")).rows()).hasSize(1);
        }
    }

    @Test
    void aFailedTransactionWaitsForItsEnd() throws SQLException {
        try (Connection connection = connect("");
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> statement.executeQuery("SELECT * FROM nowhere"))
                    .isInstanceOf(PSQLException.class);
            assertThat(catchThrowableOfType(PSQLException.class, () -> statement.executeQuery("SELECT 1"))
                            .getSQLState())
                    .isEqualTo("25P02");
            connection.rollback();
            assertThat(Answer.of(statement.executeQuery("SELECT 1")).rows()).hasSize(1);
        }
    }

    @Test
    void whoKnowsThePasswordReadsWhatTheRoleMay() throws SQLException {
        try (Connection connection = login("ann", "pencil", verified());
                Statement statement = connection.createStatement()) {
            assertThat(Answer.of(statement.executeQuery("SELECT DISTINCT site FROM detections"))
                            .rows())
                    .containsExactly(List.of("Reading"));
            assertThat(catchThrowableOfType(
                                    PSQLException.class,
                                    () -> statement.executeQuery("SELECT camera_id FROM detections"))
                            .getSQLState())
                    .isEqualTo("42703");
            assertThat(catchThrowableOfType(PSQLException.class, () -> statement.executeQuery("SELECT * FROM places"))
                            .getSQLState())
                    .isEqualTo("42P01");
            assertThat(catchThrowableOfType(
                                    PSQLException.class, () -> statement.executeQuery("SELECT lane FROM detections"))
                            .getMessage())
                    .contains("more than 15 rows");
            assertThat(names(connection.getMetaData().getColumns(null, null, "%", "%"), "COLUMN_NAME"))
                    .containsExactly("item", "site", "lane");
        }
    }

    @ParameterizedTest
    @CsvSource({"ann, wrong", "ann, ''", "nobody, pencil"})
    void whoDoesNotKnowItIsTurnedAwayInTheSameWords(String user, String password) {
        // When
        SQLException failure = catchThrowableOfType(
                SQLException.class, () -> login(user, password.isEmpty() ? "-" : password, verified()));

        // Then
        assertThat(failure.getMessage()).contains("password authentication failed for user \"" + user + "\"");
        assertThat(failure.getSQLState()).isEqualTo("28P01");
    }

    @Test
    void whoCannotBeWrittenDownDoesNotEnter() throws Exception {
        // Given
        List<String> lines = new ArrayList<>();
        boolean[] full = {false};
        AuditLog audit = new AuditLog(
                line -> {
                    if (full[0]) {
                        throw new IOException("no space left on device");
                    }
                    lines.add(line);
                },
                Clock.systemUTC(),
                false);
        Queries written = new Queries(grid.engine(), grid::catalog, audit, unshared());
        try (PgServer server = server(written, Access.open(), audit, null)) {
            // When
            try (Connection connection = connect(server, "&ApplicationName=audited");
                    Statement statement = connection.createStatement()) {
                Answer.of(statement.executeQuery("SELECT place FROM places"));
                full[0] = true;
                assertThat(catchThrowableOfType(
                                        SQLException.class, () -> statement.executeQuery("SELECT place FROM places"))
                                .getSQLState())
                        .isEqualTo("58030");
            }
            SQLException failure = catchThrowableOfType(SQLException.class, () -> connect(server, ""));

            // Then
            assertThat(failure.getSQLState()).isEqualTo("58030");
            assertThat(lines).first().asString().contains("\"event\":\"login\"").contains("\"user\":\"anybody\"");
            assertThat(lines)
                    .last()
                    .asString()
                    .contains("\"event\":\"query\"")
                    .contains("\"application\":\"audited\"")
                    .contains("\"rows\":6,\"complete\":true");
        }
    }

    @Test
    void anotherCertificateIsNoticed() throws Exception {
        Path other = Files.writeString(folder.resolve("empty.crt"), "");
        assertThatThrownBy(() -> login("ann", "pencil", "sslmode=verify-full&sslrootcert=" + other))
                .isInstanceOf(SQLException.class);
        try (Connection connection = login("ann", "pencil", "sslmode=disable")) {
            assertThat(connection.isValid(5)).isTrue();
        }
    }

    @Test
    void aStatementIsCancelledFromAnotherConnection() throws Exception {
        try (Connection connection = connect("");
                Statement statement = connection.createStatement()) {
            // Given
            String endless =
                    "SELECT COUNT(*) FROM places a, places b, places c, places d, places e, places f, places g,"
                            + " places h, places i, places j, places k, places l WHERE a.place || l.place = 'x'";
            CompletableFuture<ResultSet> running = CompletableFuture.supplyAsync(() -> {
                try {
                    return statement.executeQuery(endless);
                } catch (SQLException e) {
                    throw new java.util.concurrent.CompletionException(e);
                }
            });

            // When: it may not have come in yet, and a cancel that comes too early is none
            Throwable failure = null;
            for (int attempt = 0; attempt < 200 && failure == null; attempt++) {
                connection.unwrap(PGConnection.class).cancelQuery();
                try {
                    running.get(100, TimeUnit.MILLISECONDS);
                    break;
                } catch (ExecutionException e) {
                    failure = e.getCause();
                } catch (java.util.concurrent.TimeoutException e) {
                    failure = null;
                }
            }

            // Then
            assertThat((Object) failure).isInstanceOf(PSQLException.class);
            assertThat(((SQLException) java.util.Objects.requireNonNull(failure)).getSQLState())
                    .isEqualTo("57014");
            assertThat(Answer.of(statement.executeQuery("SELECT 1")).rows()).hasSize(1);
        }
    }

    @Test
    void aCancelEndsAStatementThatIsStillPlanned() throws Exception {
        // Given
        CountDownLatch planning = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        Engine slow = (sql, parameters, timeout) -> {
            planning.countDown();
            try {
                assertThat(cancelled.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return grid.engine().execute(sql, parameters, timeout);
        };
        Queries planned = new Queries(slow, grid::catalog, AUDIT, unshared());
        try (PgServer server = server(planned, Access.open(), null);
                Connection connection = connect(server, "");
                Statement statement = connection.createStatement()) {
            CompletableFuture<SQLException> failure = CompletableFuture.supplyAsync(() ->
                    catchThrowableOfType(SQLException.class, () -> statement.executeQuery("SELECT place FROM places")));

            // When
            assertThat(planning.await(30, TimeUnit.SECONDS)).isTrue();
            connection.unwrap(PGConnection.class).cancelQuery();
            cancelled.countDown();

            // Then
            assertThat(failure.get(30, TimeUnit.SECONDS).getSQLState()).isEqualTo("57014");
            assertThat(Answer.of(statement.executeQuery("SELECT place FROM places"))
                            .rows())
                    .hasSize(6);
        }
    }

    @Test
    void aQuestionAskedAgainLaterIsTheSameTextForTheEngine() throws Exception {
        // Given
        List<String> texts = new ArrayList<>();
        Engine recording = (sql, parameters, timeout) -> {
            texts.add(sql);
            return grid.engine().execute(sql, parameters, timeout);
        };
        Queries recorded = new Queries(recording, grid::catalog, AUDIT, unshared());
        try (PgServer server = server(recorded, Access.open(), null);
                Connection connection = connect(server, "&preferQueryMode=simple");
                Statement statement = connection.createStatement()) {
            List<Integer> counts = new ArrayList<>();

            // When: as Grafana asks, and by the clock
            for (String minute : List.of("01", "02")) {
                Answer lanes = Answer.of(statement.executeQuery("SELECT lane FROM detections WHERE event_time BETWEEN"
                        + " '2026-03-14T09:" + minute + ":00Z' AND '2026-03-14T09:05:00.123Z'"));
                counts.add(lanes.rows().size());
                statement.executeQuery("SELECT lane FROM detections WHERE event_time > now() - interval '1 minute'");
            }

            // Then
            assertThat(counts).containsExactly(9, 7);
            assertThat(texts).hasSize(4);
            assertThat(texts.get(0)).isEqualTo(texts.get(2));
            assertThat(texts.get(1)).isEqualTo(texts.get(3));
        }
    }

    @Test
    void aStatementThatTakesTooLongIsEnded() throws SQLException {
        try (Connection connection = login("bob", "pencil", verified());
                Statement statement = connection.createStatement()) {
            String endless =
                    "SELECT COUNT(*) FROM places a, places b, places c, places d, places e, places f, places g,"
                            + " places h, places i, places j, places k, places l WHERE a.place || l.place = 'x'";
            assertThat(catchThrowableOfType(PSQLException.class, () -> statement.executeQuery(endless))
                            .getSQLState())
                    .isEqualTo("57014");
        }
    }

    @Test
    void theDriversMetaDataShowsTheRelations() throws SQLException {
        try (Connection connection = connect("")) {
            DatabaseMetaData metaData = connection.getMetaData();
            assertThat(names(metaData.getTables(null, null, "%", null), "TABLE_NAME"))
                    .containsExactly("detections", "places");
            assertThat(names(metaData.getTables(null, "public", "pla%", new String[] {"TABLE"}), "TABLE_NAME"))
                    .containsExactly("places");
            assertThat(names(metaData.getTables(null, "other", "%", null), "TABLE_NAME"))
                    .isEmpty();
            assertThat(names(metaData.getSchemas(), "TABLE_SCHEM")).containsExactly("public");
            assertThat(names(metaData.getCatalogs(), "TABLE_CAT")).containsExactly("sightline");
            assertThat(names(metaData.getColumns(null, "public", "detections", "%"), "COLUMN_NAME"))
                    .containsExactly(
                            "item",
                            "site",
                            "camera_id",
                            "lane",
                            "total",
                            "confidence",
                            "price",
                            "wet",
                            "seen_on",
                            "event_time");
            assertThat(names(metaData.getColumns(null, null, "detections", null), "TYPE_NAME"))
                    .containsExactly(
                            "text", "text", "text", "int4", "int8", "float8", "numeric", "bool", "date", "timestamptz");
            assertThat(names(metaData.getPrimaryKeys(null, null, "detections"), "COLUMN_NAME"))
                    .isEmpty();
            assertThat(names(metaData.getIndexInfo(null, null, "detections", false, false), "INDEX_NAME"))
                    .isEmpty();
            assertThat(metaData.getDatabaseProductName()).isEqualTo("PostgreSQL");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT current_setting('server_version_num')::int/100 as version | [[1500]]",
                "SELECT extversion FROM pg_extension WHERE extname='timescaledb' | []",
                "SELECT relname AS \"a:name\" FROM pg_catalog.pg_rewrite | []",
                "SHOW server_version | [[15.8]]",
                "SHOW TIME ZONE | [[UTC]]",
                "SELECT current_database(), current_schema(), current_user | [[sightline, public, anybody]]",
                "SELECT n.nspname as \"Schema\", c.relname as \"Name\", CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' END as \"Type\", pg_catalog.pg_get_userbyid(c.relowner) as \"Owner\" FROM pg_catalog.pg_class c WHERE c.relkind IN ('r','p','') | [[public, detections, table, sightline], [public, places, table, sightline]]",
                "SELECT n.nspname as \"Schema\", c.relname as \"Name\", CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' END as \"Type\", pg_catalog.pg_get_userbyid(c.relowner) as \"Owner\" FROM pg_catalog.pg_class c WHERE c.relkind IN ('v','') | []",
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' | [[detections], [places]]",
                "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'places' | [[place, text], [site, text], [note, text]]",
                "SELECT quote_ident(column_name) AS \"column\", data_type AS \"type\" FROM information_schema.columns WHERE quote_ident(table_name) = 'places' | [[place, text], [site, text], [note, text]]",
            })
    void whatClientsAskWhenTheyConnectIsAnswered(String sql, String rows) throws SQLException {
        assertThat(rows(sql)).hasToString(rows);
    }

    @Test
    void beyondThisMachineItListensOnlyWithUsersAndTls() {
        InetSocketAddress everywhere = new InetSocketAddress("0.0.0.0", 0);
        assertThatThrownBy(() ->
                        new PgServer(queries, Access::open, AUDIT, certificate.context(), everywhere, Thread::new))
                .hasMessageContaining("without users");
        assertThatThrownBy(() -> new PgServer(
                        queries,
                        () -> Access.load(folder.resolve("access.yaml")),
                        AUDIT,
                        null,
                        everywhere,
                        Thread::new))
                .hasMessageContaining("without TLS");
    }

    private static List<List<@Nullable Object>> rows(String sql) throws SQLException {
        try (Connection connection = connect("");
                Statement statement = connection.createStatement()) {
            return Answer.of(statement.executeQuery(sql)).rows();
        }
    }

    private static List<String> names(ResultSet result, String column) throws SQLException {
        try (result) {
            List<String> names = new ArrayList<>();
            while (result.next()) {
                names.add(result.getString(column));
            }
            return names;
        }
    }

    private static List<String> comparable(Answer answer, String sql) {
        List<String> texts = answer.rows().stream()
                .map(row -> row.stream().map(PgServerTest::comparable).collect(Collectors.joining(" | ")))
                .toList();
        return sql.contains("ORDER BY") ? texts : texts.stream().sorted().toList();
    }

    private static String comparable(@Nullable Object value) {
        if (value instanceof Timestamp time) {
            return time.toInstant().toString();
        }
        if (value instanceof Date date) {
            return date.toLocalDate().toString();
        }
        if (value instanceof Number number) {
            BigDecimal exact = new BigDecimal(number.toString());
            return exact.signum() == 0
                    ? "0"
                    : exact.round(new java.math.MathContext(12, RoundingMode.HALF_UP))
                            .stripTrailingZeros()
                            .toPlainString();
        }
        return String.valueOf(value);
    }
}
