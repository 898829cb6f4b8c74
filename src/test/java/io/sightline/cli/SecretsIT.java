package io.sightline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.demo.MemberProcess;
import io.sightline.demo.Ports;
import io.sightline.fixture.Eventually;
import io.sightline.fixture.HubBroker;
import io.sightline.gateway.access.ScramVerifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What must stay secret, through all that we print: a connection string that is accepted, one that is refused, passwords,
 * a token, and a value in a statement. Looked for in logs, the audit log, what commands say, metrics, health, error texts,
 * the command lines of processes, and the files of the history.
 */
@Timeout(180)
class SecretsIT {
    private static final String ACCEPTED = "YWNjZXB0ZWQta2V5LW9mLXRoZS1odWI=";
    private static final String REFUSED = "cmVmdXNlZC1rZXktb2YtdGhlLWh1Yg==";
    private static final String PASSWORD = "correct-horse-battery";
    private static final String MISTYPED = "correct-horse-batteri";
    private static final String TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.b2YtYW5u";
    private static final String LITERAL = "a-name-that-somebody-asked-for";
    private static final List<String> SECRETS = List.of(ACCEPTED, REFUSED, PASSWORD, MISTYPED, TOKEN, LITERAL);

    @RegisterExtension
    static final HubBroker HUB = new HubBroker();

    /** Of what is looked through; secrets themselves are elsewhere. */
    @TempDir
    private Path folder;

    @TempDir
    private Path secrets;

    private final Map<String, String> said = new LinkedHashMap<>();

    @Test
    void noSecretIsInWhatWePrint() throws Exception {
        // Given
        String topic = HUB.newTopic(1);
        HUB.accept(connectionString(ACCEPTED));
        rotateTo(ACCEPTED);
        String file = pipeline(topic).toString();
        int pgPort = Ports.free();
        int httpPort = Ports.free();
        try (MemberUnderTest member = new MemberUnderTest(folder, HUB.trust());
                MemberProcess gateway = gateway(member, pgPort, httpPort)) {
            say("check", Ran.sightline("check", file));
            say("check --online", Ran.sightline("check", "--online", file));
            say("submit", member.sightline("submit", file));
            HUB.send(topic, 0, System.currentTimeMillis(), detection());
            Eventually.eventually(
                    "an event is read", () -> member.number("SELECT SUM(events) FROM pipeline_status") == 1);

            // When: the wrong key, the wrong password, a token that nobody knows
            HUB.accept(connectionString("b3RoZXI="));
            rotateTo(REFUSED);
            Eventually.eventually(
                    "the broker refuses",
                    () -> member.number("SELECT COUNT(*) FROM pipeline_status WHERE source_problem IS NOT NULL") == 1);
            say("check --online, refused", Ran.sightline("check", "--online", file));
            say("status", member.sightline("status"));
            say("jobs", member.sightline("jobs", "--json"));
            say("the same twice", member.sightline("submit", file));
            said.put(
                    "source_problem",
                    member.rows("SELECT source_problem FROM pipeline_status").toString());
            Eventually.eventually(
                    "the gateway is ready",
                    () -> text(folder.resolve("gateway.log")).contains("gateway ready"));
            said.put("psql", asked(pgPort, PASSWORD));
            said.put("psql, mistyped", asked(pgPort, MISTYPED));
            String door = "http://127.0.0.1:" + httpPort;
            said.put("http", http(door + "/api/sql", "Basic " + base64("ann:" + MISTYPED)));
            said.put("http, token", http(door + "/api/sql", "Bearer " + TOKEN));
            said.put("http, metrics", http(door + "/metrics", "Basic " + base64("ann:" + PASSWORD)));
            String ofMember = text(folder.resolve("member.log")).replaceAll("(?s).*?(http://\\S+)/metrics.*", "$1");
            said.put("metrics", http(ofMember + "/metrics", ""));
            said.put("health", http(ofMember + "/health/ready", ""));
            said.put("command lines", commandLines());
            assertThat(gateway.isAlive()).isTrue();
        }
        for (Path each : files(folder)) {
            said.put(each.toString(), text(each));
        }

        // Then
        assertThat(said.get("check --online, refused"))
                .as("it speaks of what went wrong")
                .contains("refuses");
        assertThat(said.get("health")).contains("Authentication failed");
        assertThat(said.get("psql")).as("it speaks of the column").contains("nothing");
        assertThat(said.get("psql, mistyped")).contains("password");
        assertThat(text(folder.resolve("audit.jsonl"))).contains("login_refused", "query_started");
        assertThat(found(Map.of("positive", text(secrets.resolve("key")))))
                .as("the search finds")
                .isNotEmpty();
        assertThat(found(said)).isEmpty();
    }

    private static List<String> found(Map<String, String> texts) {
        List<String> found = new ArrayList<>();
        texts.forEach((where, text) -> {
            for (String secret : SECRETS) {
                if (text.contains(secret) || text.contains(base64(secret))) {
                    found.add(secret + " in " + where);
                }
            }
        });
        return found;
    }

    private Path pipeline(String topic) throws IOException {
        String yaml = Files.readString(Path.of("pipelines", "detections.yaml"))
                .replace("  topic: detections", "  topic: " + topic)
                .replaceFirst("bootstrap-servers: .*", "bootstrap-servers: " + HUB.address())
                .replaceFirst(
                        "profile: kafka.*",
                        "profile: event-hubs\n  connection-string: \\${file:" + secrets.resolve("key") + "}")
                .replaceFirst("table: \\S+", "table: " + folder.resolve("history"));
        return Files.writeString(folder.resolve("detections.yaml"), yaml);
    }

    private void rotateTo(String key) throws IOException {
        Path written = Files.writeString(secrets.resolve("written"), connectionString(key));
        Files.move(written, secrets.resolve("key"), StandardCopyOption.ATOMIC_MOVE);
    }

    private static String connectionString(String key) {
        return "Endpoint=sb://localhost/;SharedAccessKeyName=reader;SharedAccessKey=" + key;
    }

    private static String detection() {
        return "{\"event_id\": \"1\", \"camera_id\": \"c\", \"item\": \"car\", \"event_time\": \"%s\"}"
                .formatted(Instant.now());
    }

    private MemberProcess gateway(MemberUnderTest member, int pgPort, int httpPort) throws IOException {
        ScramVerifier verifier =
                ScramVerifier.of(PASSWORD, "0123456789abcdef".getBytes(StandardCharsets.US_ASCII), 4096);
        Path access = Files.writeString(folder.resolve("access.yaml"), """
                roles: [{role: reader, reads: [{relation: "*"}]}]
                users: [{user: ann, role: reader, verifier: "%s"}]
                """.formatted(verifier));
        return MemberProcess.start(
                "256m",
                List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                Map.of(),
                folder.resolve("gateway.log"),
                Stream.concat(
                                Stream.of(
                                        "gateway",
                                        "--pg-port=" + pgPort,
                                        "--http-port=" + httpPort,
                                        "--access=" + access,
                                        "--audit=" + folder.resolve("audit.jsonl")),
                                member.address().stream())
                        .toList());
    }

    private void say(String what, Ran ran) {
        said.put(what, ran.out() + ran.err());
    }

    private static String asked(int port, String password) {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + port + "/sightline?sslmode=disable", "ann", password);
                Statement statement = connection.createStatement()) {
            statement.executeQuery("SELECT 1 FROM pipeline_status WHERE pipeline = '" + LITERAL + "'");
            statement.executeQuery("SELECT nothing FROM pipeline_status WHERE pipeline = '" + LITERAL + "'");
            return "";
        } catch (SQLException e) {
            // What the client itself was asked is the client's.
            return String.valueOf(e.getMessage());
        }
    }

    private static String http(String url, String authorization) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        if (url.endsWith("/api/sql")) {
            request.header("Content-Type", "application/json").POST(BodyPublishers.ofString("{\"sql\": \"SELECT 1\"}"));
        }
        return HttpClient.newHttpClient()
                .send(request.build(), BodyHandlers.ofString())
                .body();
    }

    /** Of this process's children and theirs: the whole lines, as everybody on the machine sees them. */
    private static String commandLines() {
        return ProcessHandle.current()
                .descendants()
                .map(process -> text(Path.of("/proc", String.valueOf(process.pid()), "cmdline")))
                .reduce("", String::concat);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    /** Byte for byte, so that any file can be searched; empty if it is not there. */
    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
