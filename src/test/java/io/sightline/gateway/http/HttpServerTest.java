package io.sightline.gateway.http;

import static io.sightline.gateway.http.Browser.basic;
import static io.sightline.gateway.http.Browser.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.sightline.gateway.TestCertificate;
import io.sightline.gateway.TestGrid;
import io.sightline.gateway.access.Access;
import io.sightline.gateway.access.AuditLog;
import io.sightline.gateway.access.Role;
import io.sightline.gateway.server.TlsFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The door with the JDK's own client: what it answers, to whom, and what it refuses. */
class HttpServerTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final String BOUND = " WHERE event_time > '2026-01-01T00:00:00Z'";

    @TempDir
    static Path folder;

    private static HttpGrid grid;
    private static HttpServer open;
    private static HttpServer guarded;
    private static final AtomicReference<Access> ACCESS = new AtomicReference<>();

    @BeforeAll
    static void start() throws Exception {
        grid = new HttpGrid();
        ACCESS.set(HttpGrid.access(folder));
        open = server(Access.open());
        guarded = grid.serve(ACCESS::get, null, ANY, Clock.systemUTC());
    }

    @AfterAll
    static void stop() {
        open.close();
        guarded.close();
        grid.close();
    }

    private static HttpServer server(Access access) throws Exception {
        return grid.serve(() -> access, null, ANY, Clock.systemUTC());
    }

    @Test
    void aStatementGivesRowsTypesAndHowCompleteTheyAre() throws Exception {
        // When
        HttpResponse<String> response = new Browser(open)
                .sql("SELECT item, lane, total, confidence, wet, seen_on, event_time, price FROM detections" + BOUND
                        + " ORDER BY event_time LIMIT 2");

        // Then
        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode answer = json(response);
        assertThat(answer.path("columns").findValuesAsText("type"))
                .containsExactly(
                        "VARCHAR",
                        "INTEGER",
                        "BIGINT",
                        "DOUBLE",
                        "BOOLEAN",
                        "DATE",
                        "TIMESTAMP WITH TIME ZONE",
                        "DECIMAL");
        assertThat(answer.path("rows").get(1))
                .hasToString("[\"item-1\",1,10,0.125,false,\"2026-03-15\",\"2026-03-14T09:00:30.000Z\",1.5]");
        assertThat(answer.path("row_count").asLong()).isEqualTo(2);
        JsonNode completeness = answer.path("completeness").get(0);
        assertThat(completeness.path("pipeline").asText()).isEqualTo("detections");
        assertThat(completeness.path("complete_up_to").asText()).isEqualTo("2026-03-14T09:20:00.000Z");
        assertThat(completeness.path("late").asLong()).isEqualTo(3);
    }

    @Test
    void rowsAreNoOlderThanHowCompleteTheyAreSaidToBe() throws Exception {
        // Given rows that are shared for longer than the status that was read before them
        AtomicLong millis = new AtomicLong();
        String sql = "SELECT events FROM pipeline_status";
        try (HttpServer server = grid.serveShared(() -> TimeUnit.MILLISECONDS.toNanos(millis.get()), ANY)) {
            Browser browser = new Browser(server);
            browser.sql("SELECT late FROM pipeline_status");
            millis.set(100);
            browser.sql(sql);

            // When
            grid.status(1_300, HttpGrid.COMPLETE_UP_TO.plusMinutes(1));
            millis.set(200);
            JsonNode shared = json(browser.sql(sql));
            millis.set(300);
            JsonNode next = json(browser.sql(sql));

            // Then
            assertThat(shared.at("/completeness/0/complete_up_to").asText()).isEqualTo("2026-03-14T09:20:00.000Z");
            assertThat(shared.path("rows")).hasToString("[[1200]]");
            assertThat(next.at("/completeness/0/complete_up_to").asText()).isEqualTo("2026-03-14T09:21:00.000Z");
            assertThat(next.path("rows")).hasToString("[[1300]]");
        } finally {
            grid.reset();
        }
    }

    @Test
    void parametersAreValuesAndNeverSql() throws Exception {
        // Given
        Browser browser = new Browser(open);
        String sql = "SELECT COUNT(*) FROM detections" + BOUND + " AND item = $1 AND lane < $2 AND wet = $3";

        // When
        HttpResponse<String> found =
                browser.post("/api/sql", "{\"sql\": \"" + sql + "\", \"parameters\": [\"item-0\", 13, true]}");
        HttpResponse<String> injected =
                browser.post("/api/sql", "{\"sql\": \"" + sql + "\", \"parameters\": [\"' OR 1=1 --\", 13, true]}");

        // Then
        assertThat(json(found).path("rows")).hasToString("[[3]]");
        assertThat(json(injected).path("rows")).hasToString("[[0]]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT nothing FROM detections WHERE event_time > '2026-01-01' | 400 | 42703",
                "SELECT * FROM nowhere | 400 | 42P01",
                "SELECT * FROM hot_detections | 400 | 42P01",
                "SELEC 1 | 400 | 42601",
                "SELECT 1; SELECT 2 | 400 | 42601",
                "DROP VIEW detections | 400 | 42601",
                "SELECT * FROM TABLE(csv_file('/etc')) | 400 | 0A000",
            })
    void aStatementThatIsNotRunSaysWhyAndWhere(String sql, int status, String sqlState) throws Exception {
        // When
        HttpResponse<String> response = new Browser(open).sql(sql);

        // Then
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(json(response).path("error").path("sqlstate").asText()).isEqualTo(sqlState);
        assertThat(json(response).path("error").path("message").asText()).isNotBlank();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"sql\": 7} | 400",
                "{\"sql\": \"SELECT 1\", \"parameters\": {}} | 400",
                "{\"sql\": \"SELECT 1\", \"parameters\": [[1]]} | 400",
                "[\"SELECT 1\"] | 400",
                "{\"sql\": \"SELECT 1\" | 400",
                "{\"sql\": \"SELECT 1\"} {} | 400",
                "{\"sql\": \"\"} | 400",
                "[[[[[[[[[[[[1]]]]]]]]]]]] | 400",
            })
    void aBodyThatIsNoStatementIsRefused(String body, int status) throws Exception {
        assertThat(new Browser(open).post("/api/sql", body).statusCode()).isEqualTo(status);
    }

    @Test
    void aBodyThatIsTooLargeOrNoJsonIsNotRead() throws Exception {
        // Given
        Browser browser = new Browser(open);

        // Then
        assertThat(browser.post("/api/sql", "{\"sql\": \"" + "x".repeat(Exchange.MOST_BODY_BYTES) + "\"}")
                        .statusCode())
                .isEqualTo(413);
        assertThat(browser.post("/api/sql", "{\"sql\": \"SELECT 1\"}", "Content-Type", "text/plain")
                        .statusCode())
                .isEqualTo(200);
        assertThat(browser.send(browser.request("/api/sql")
                                .header("Content-Type", "text/plain")
                                .POST(HttpRequest.BodyPublishers.ofString("{\"sql\": \"SELECT 1\"}")))
                        .statusCode())
                .isEqualTo(415);
    }

    @Test
    void aRoleReadsItsRowsAndNoMoreOfThemThanItMay() throws Exception {
        // Given
        Browser ann = new Browser(guarded);
        String login = basic("ann", HttpGrid.PASSWORD);

        // When
        HttpResponse<String> rows =
                ann.sql("SELECT DISTINCT site FROM detections ORDER BY site", "Authorization", login);
        HttpResponse<String> all = ann.sql("SELECT item FROM detections", "Authorization", login);
        HttpResponse<String> hidden = ann.sql("SELECT * FROM places", "Authorization", login);
        HttpResponse<String> column = ann.sql("SELECT price FROM detections", "Authorization", login);

        // Then
        assertThat(json(rows).path("rows")).hasToString("[[\"Reading\"]]");
        assertThat(json(all).path("error").path("sqlstate").asText()).isEqualTo("54000");
        assertThat(json(hidden).path("error").path("sqlstate").asText()).isEqualTo("42P01");
        assertThat(json(column).path("error").path("sqlstate").asText()).isEqualTo("42703");
        assertThat(List.of(rows, all, hidden, column))
                .allSatisfy(answer -> assertThat(answer.body()).doesNotContain(TestGrid.SECRET));
    }

    @Test
    void pipelinesAndRelationsThatMayNotBeReadAreNotNamed() throws Exception {
        // When
        HttpResponse<String> everything = new Browser(open).get("/api/pipelines");
        HttpResponse<String> ofAnn =
                new Browser(guarded).get("/api/pipelines", "Authorization", basic("ann", HttpGrid.PASSWORD));

        // Then
        assertThat(json(everything).path("relations"))
                .hasToString(
                        "[\"detections\",\"detections_per_minute\",\"detections_per_place\",\"detections_per_second\",\"pipeline_status\",\"places\"]");
        JsonNode pipeline = json(ofAnn).path("pipelines").get(0);
        assertThat(json(ofAnn).path("user").asText()).isEqualTo("ann");
        assertThat(json(ofAnn).path("relations"))
                .hasToString(
                        "[\"detections\",\"detections_per_minute\",\"detections_per_place\",\"detections_per_second\",\"pipeline_status\"]");
        assertThat(pipeline.path("hot_window").path("columns").findValuesAsText("name"))
                .containsExactly("item", "site", "lane");
        assertThat(pipeline.path("rollups").findValuesAsText("rollup"))
                .containsExactly("detections_per_second", "detections_per_place", "detections_per_minute");
        assertThat(pipeline.path("job").asText()).isEqualTo("RUNNING");
    }

    @Test
    void theStatusIsThatOfSqlWithTheJob() throws Exception {
        // When
        JsonNode status =
                json(new Browser(open).get("/api/status")).path("pipelines").get(0);

        // Then
        assertThat(status.path("pipeline").asText()).isEqualTo("detections");
        assertThat(status.path("duplicates").asLong()).isEqualTo(11);
        assertThat(status.path("job").asText()).isEqualTo("RUNNING");
    }

    @Test
    void metricsAreInPrometheusFormatAndOfTheSameFigures() throws Exception {
        // Given
        Browser browser = new Browser(open);
        browser.get("/api/status");

        // When
        HttpResponse<String> response = browser.get("/metrics");

        // Then
        assertThat(response.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
        Pattern sample =
                Pattern.compile("sightline_[a-z0-9_]+(\\{[a-z_]+=\"[^\"]*\"(,[a-z_]+=\"[^\"]*\")*})? [-0-9.]+");
        Pattern type = Pattern.compile("# (TYPE sightline_[a-z0-9_]+ (counter|gauge|histogram)|HELP .*)");
        assertThat(response.body().lines())
                .allMatch(line ->
                        sample.matcher(line).matches() || type.matcher(line).matches());
        assertThat(response.body())
                .contains("sightline_events_total{pipeline=\"detections\"} ")
                .contains("sightline_duplicates_total{pipeline=\"detections\"} 11\n")
                .contains("sightline_latency_p99_seconds{pipeline=\"detections\"} 0.250\n")
                .contains("sightline_job_running{pipeline=\"detections\"} 1\n")
                .contains("sightline_http_requests_total{status=\"200\"} ");
    }

    @Test
    void readinessSaysWhyNot() throws Exception {
        try (HttpServer server = server(Access.open())) {
            // Given
            Browser browser = new Browser(server);
            assertThat(browser.get("/health/live").statusCode()).isEqualTo(200);
            assertThat(browser.get("/health/ready").statusCode()).isEqualTo(200);

            // When
            grid.view.jobs.put("detections", "SUSPENDED");
            HttpResponse<String> suspended = browser.get("/health/ready");
            grid.view.jobs.put("detections", "RUNNING");
            grid.view.sourceProblem = "no answer within 5 s";
            HttpResponse<String> withoutSource = browser.get("/health/ready");
            grid.view.connected = false;
            HttpResponse<String> alone = browser.get("/health/ready");

            // Then
            assertThat(suspended.statusCode()).isEqualTo(503);
            assertThat(json(suspended).path("reasons")).hasToString("[\"the job detections is SUSPENDED\"]");
            assertThat(withoutSource.statusCode())
                    .as("what is there can still be read")
                    .isEqualTo(200);
            assertThat(json(withoutSource).path("warnings"))
                    .hasToString("[\"the broker of detections cannot be reached: no answer within 5 s\"]");
            assertThat(json(alone).path("reasons")).hasToString("[\"no member of the grid answers\"]");
            assertThat(browser.get("/health/live").statusCode()).isEqualTo(200);
        } finally {
            grid.view.jobs.put("detections", "RUNNING");
            grid.view.connected = true;
            grid.view.sourceProblem = null;
        }
    }

    @Test
    void aSessionBeginsWithThePasswordAndEndsWhenAsked() throws Exception {
        // Given
        Browser ann = new Browser(guarded);
        assertThat(ann.get("/api/status").statusCode()).isEqualTo(401);

        // When
        HttpResponse<String> login = ann.login("ann", HttpGrid.PASSWORD);
        HttpResponse<String> inside = ann.get("/api/status");
        ann.post("/api/logout", "{}");

        // Then
        assertThat(login.statusCode()).isEqualTo(204);
        assertThat(login.headers().firstValue("Set-Cookie").orElseThrow())
                .matches("sightline=[A-Za-z0-9_-]{43}; Path=/; Expires=.*; Max-Age=43200; HttpOnly; SameSite=Strict");
        assertThat(inside.statusCode()).isEqualTo(200);
        assertThat(ann.get("/api/status").statusCode()).isEqualTo(401);
    }

    @Test
    void aSessionEndsWithTheUser() throws Exception {
        // Given
        Browser ann = new Browser(guarded);
        ann.login("ann", HttpGrid.PASSWORD);
        Access before = ACCESS.get();

        // When
        ACCESS.set(Access.load(Files.writeString(folder.resolve("others.yaml"), """
                roles: [{role: site, reads: [{relation: pipeline_status}]}]
                users: [{user: bob, role: site, verifier: "%s"}]
                """.formatted(HttpGrid.VERIFIER))));
        int status = ann.get("/api/status").statusCode();
        ACCESS.set(before);

        // Then
        assertThat(status).isEqualTo(401);
    }

    @Test
    void wrongPasswordsAreAnsweredAlikeAndThenSlowly() throws Exception {
        // Given
        MovingClock clock = new MovingClock();
        Access access = ACCESS.get();
        try (HttpServer server = grid.serve(() -> access, null, ANY, clock)) {
            Browser browser = new Browser(server);

            // When
            HttpResponse<String> wrong = browser.login("bob", "pen");
            HttpResponse<String> nobody = browser.login("nobody", "pen");
            browser.login("bob", "pen");
            browser.login("bob", "pen");
            HttpResponse<String> tooSoon = browser.login("bob", HttpGrid.PASSWORD);
            HttpResponse<String> another = browser.login("ann", HttpGrid.PASSWORD);
            clock.now = clock.now.plusSeconds(2);
            HttpResponse<String> later = browser.login("bob", HttpGrid.PASSWORD);

            // Then
            assertThat(wrong.statusCode()).isEqualTo(401);
            assertThat(nobody.body()).isEqualTo(wrong.body());
            assertThat(tooSoon.statusCode()).isEqualTo(429);
            assertThat(tooSoon.headers().firstValue("Retry-After")).contains("1");
            assertThat(another.statusCode()).isEqualTo(204);
            assertThat(later.statusCode()).isEqualTo(204);
        }
    }

    @Test
    void whatIsAskedAndWhoEntersIsWrittenDownOrDoesNotHappen() throws Exception {
        // Given
        Browser ann = new Browser(guarded);
        HttpGrid.AUDITED.clear();

        // When
        ann.login("ann", "pen");
        ann.login("ann", HttpGrid.PASSWORD);
        ann.sql("SELECT item FROM detections WHERE item = 'secret'", "User-Agent", "notebook");

        // Then
        assertThat(HttpGrid.AUDITED)
                .anyMatch(line -> line.contains("\"login_refused\"") && line.contains("\"ann\""))
                .anyMatch(line -> line.contains("\"event\":\"login\"") && line.contains("\"ann\""))
                .anyMatch(line -> line.contains("\"event\":\"query\"")
                        && line.contains("\"application\":\"notebook\"")
                        && line.contains("\"policy\":{\"detections\":\"site = ${claim:site}\"}"))
                .noneMatch(line -> line.contains("secret") || line.contains(HttpGrid.PASSWORD));
    }

    @Test
    void withoutAnAuditLogNobodyEnters() throws Exception {
        // Given
        AuditLog full = new AuditLog(
                line -> {
                    throw new IOException("no space left on device");
                },
                Clock.systemUTC(),
                false);
        try (HttpServer server = new HttpServer(
                grid.queries, grid.queries, full, ACCESS::get, grid.view, null, ANY, Clock.systemUTC())) {
            Browser ann = new Browser(server);

            // When
            HttpResponse<String> login = ann.login("ann", HttpGrid.PASSWORD);
            HttpResponse<String> stream = ann.get("/api/events", "Authorization", basic("ann", HttpGrid.PASSWORD));

            // Then
            assertThat(login.statusCode()).isEqualTo(503);
            assertThat(login.headers().firstValue("Set-Cookie")).isEmpty();
            assertThat(stream.statusCode()).isEqualTo(503);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic !!!", "Basic YW5u", "Bearer ", "Bearer a.b.c", "Digest x", "Basic " + "YQ", ""})
    void aHeaderThatProvesNothingIsRefused(String header) throws Exception {
        assertThat(new Browser(guarded)
                        .get("/api/status", "Authorization", header)
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void everyAnswerBearsSecureHeaders() throws Exception {
        Browser browser = new Browser(open);
        for (String path : List.of("/", "/api/status", "/nothing", "/api/nothing", "/metrics", "/health/live")) {
            // When
            HttpResponse<String> response = browser.get(path);

            // Then
            assertThat(response.headers().firstValue("Content-Security-Policy").orElse(""))
                    .as(path)
                    .startsWith("default-src 'none'; script-src 'self'; style-src 'self'")
                    .doesNotContain("unsafe");
            assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(response.headers().firstValue("Server")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/nothing, 404",
        "GET, /page/index.html, 404",
        "GET, /../pom.xml, 400",
        "GET, /%2e%2e/pom.xml, 400",
        "DELETE, /api/status, 405",
        "GET, /api/sql, 405",
        "TRACE, /, 404",
        "HEAD, /, 200",
        "HEAD, /api/status, 200"
    })
    void onlyWhatIsThereIsAnswered(String method, String path, int status) throws Exception {
        Browser browser = new Browser(open);
        HttpRequest.Builder request = browser.request("/").method(method, HttpRequest.BodyPublishers.noBody());
        request.uri(URI.create(open.url().replaceAll("/$", "") + path));
        assertThat(browser.send(request).statusCode()).isEqualTo(status);
    }

    @Test
    void otherSitesGetNothing() throws Exception {
        // Given
        Browser browser = new Browser(open);

        // Then
        assertThat(browser.sql("SELECT 1", "Sec-Fetch-Site", "cross-site").statusCode())
                .isEqualTo(403);
        assertThat(browser.get("/api/events", "Sec-Fetch-Site", "same-site").statusCode())
                .isEqualTo(403);
        assertThat(browser.get("/", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate")
                        .statusCode())
                .isEqualTo(200);
        assertThat(statusLine("rebound.example")).isEqualTo("HTTP/1.1 403 Forbidden");
        assertThat(statusLine("rebound.example:" + open.port())).isEqualTo("HTTP/1.1 403 Forbidden");
        assertThat(statusLine("localhost:1")).isEqualTo("HTTP/1.1 200 OK");
    }

    private static String statusLine(String host) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), open.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("GET /api/status HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
        }
    }

    @Test
    void itListensBeyondThisMachineOnlyWithUsersAndTls() {
        InetSocketAddress everywhere = new InetSocketAddress("0.0.0.0", 0);
        assertThatThrownBy(() -> grid.serve(Access::open, null, everywhere, Clock.systemUTC()))
                .hasMessageContaining("add users to the access file");
        assertThatThrownBy(() -> grid.serve(ACCESS::get, null, everywhere, Clock.systemUTC()))
                .hasMessageContaining("give a certificate");
        assertThatThrownBy(() -> grid.serve(
                        ACCESS::get,
                        null,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), open.port()),
                        Clock.systemUTC()))
                .isInstanceOf(BindException.class);
    }

    @Test
    void withACertificateItSpeaksTlsAndItsCookieGoesNowhereElse() throws Exception {
        // Given
        TlsFiles tls = TestCertificate.in(folder, "EC");
        HttpClient client =
                HttpClient.newBuilder().sslContext(trusting(tls.certificate())).build();
        try (HttpServer server = grid.serve(ACCESS::get, tls.context(), ANY, Clock.systemUTC())) {
            URI url = URI.create("https://localhost:" + server.port() + "/api/login");

            // When
            HttpResponse<String> login = client.send(
                    HttpRequest.newBuilder(url)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(
                                    "{\"user\": \"ann\", \"password\": \"" + HttpGrid.PASSWORD + "\"}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());

            // Then
            assertThat(login.statusCode()).isEqualTo(204);
            assertThat(login.headers().firstValue("Set-Cookie").orElseThrow())
                    .startsWith("__Host-sightline=")
                    .contains("; Secure");
            assertThat(login.headers().firstValue("Strict-Transport-Security")).isPresent();
        }
    }

    @Test
    void aRoleOfNothingReadsNothing() {
        assertThat(Role.readerOfNothing().grant("detections")).isNull();
    }

    private static SSLContext trusting(Path certificate) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (var in = Files.newInputStream(certificate)) {
            store.setCertificateEntry(
                    "gateway", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    static final class MovingClock extends Clock {
        volatile Instant now = Instant.parse("2026-03-14T09:00:00Z");

        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(@Nullable ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
