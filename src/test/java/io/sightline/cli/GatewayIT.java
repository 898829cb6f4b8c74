package io.sightline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sightline.demo.MemberProcess;
import io.sightline.demo.Ports;
import io.sightline.fixture.Eventually;
import io.sightline.gateway.TestCertificate;
import io.sightline.gateway.access.ScramVerifier;
import io.sightline.gateway.server.TlsFiles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The gateway as a process of its own, before a member that is one too. */
@Timeout(300)
class GatewayIT {
    private static final String ANSWER = "SELECT COUNT(*) FROM pipeline_status";

    /** What a process that was asked to end by this signal gives. */
    private static final int SIGTERM = 128 + 15;

    @TempDir
    private Path folder;

    @Test
    void peopleReadTheGridThroughItUntilItIsAskedToEnd() throws Exception {
        int port = Ports.free();
        int httpPort = Ports.free();
        try (MemberUnderTest member = new MemberUnderTest(folder);
                MemberProcess gateway = gateway(member, port, "--http-port", "" + httpPort)) {
            // Given
            Eventually.eventually("the gateway is ready", () -> log().contains("gateway ready"));

            // When
            String answer = ask(port, "anybody", "", "disable");
            Ran second = member.sightline("gateway", "--pg-port", "" + port, "--http-port", "" + Ports.free());
            Ran third = member.sightline("gateway", "--pg-port", "" + Ports.free(), "--http-port", "" + httpPort);
            String door = memberDoor();
            Ran fourth = Ran.sightline("member", "--port", "" + Ports.free(), "--metrics-port", portOf(door));
            String ready = get(door + "/health/ready");
            String metrics = get(door + "/metrics");
            Ran beyond = member.sightline("gateway", "--pg-port", "" + Ports.free(), "--listen", "0.0.0.0");
            gateway.terminate();

            // Then
            assertThat(answer).isEqualTo("0");
            assertThat(log()).contains("no users configured").contains("as reader of everything");
            assertThat(second.exitStatus()).isEqualTo(Sightline.FAILED);
            assertThat(second.err()).contains("port " + port + " is taken; name another with --pg-port");
            assertThat(third.exitStatus()).isEqualTo(Sightline.FAILED);
            assertThat(third.err()).contains("port " + httpPort + " is taken; name another with --http-port");
            assertThat(fourth.exitStatus()).isEqualTo(Sightline.FAILED);
            assertThat(fourth.err()).contains("port " + portOf(door) + " is taken; name another with --metrics-port");
            assertThat(ready).isEqualTo("{\"status\":\"ready\",\"reasons\":[]}");
            assertThat(metrics).contains("sightline_cluster_members 1\n", "sightline_runtime_errors_total 0\n");
            assertThat(beyond.exitStatus()).isEqualTo(Sightline.BAD_USAGE);
            assertThat(beyond.err()).contains("without users the gateway listens on this machine alone");
            // Its own end and the signal race for the status.
            assertThat(gateway.awaitEnd()).isIn(Sightline.DONE, SIGTERM);
            assertThat(log()).doesNotContain("\tat ");
        }
    }

    @Test
    void withUsersItAsksForThePasswordAndProvesItselfWithItsCertificate() throws Exception {
        int port = Ports.free();
        TlsFiles tls = TestCertificate.in(folder, "EC");
        ScramVerifier pencil = ScramVerifier.of("pencil", "0123456789abcdef".getBytes(StandardCharsets.US_ASCII), 4096);
        Path access = Files.writeString(folder.resolve("access.yaml"), """
                roles: [{role: status, reads: [{relation: pipeline_status}]}]
                users: [{user: ann, role: status, verifier: "%s"}]
                """.formatted(pencil));
        try (MemberUnderTest member = new MemberUnderTest(folder);
                MemberProcess gateway = gateway(
                        member,
                        port,
                        "--http-port",
                        "" + Ports.free(),
                        "--access",
                        access.toString(),
                        "--tls-cert",
                        tls.certificate().toString(),
                        "--tls-key",
                        tls.key().toString())) {
            // Given
            Eventually.eventually("the gateway is ready", () -> log().contains("gateway ready"));
            String verified = "verify-full&sslrootcert=" + tls.certificate();

            // Then
            assertThat(gateway.isAlive()).isTrue();
            Eventually.eventually(
                    "it says who may enter", () -> log().contains("by password: the users of " + access + " (1)"));
            assertThat(ask(port, "ann", "pencil", verified)).isEqualTo("0");
            assertThat(catchThrowableOfType(SQLException.class, () -> ask(port, "ann", "pen", verified))
                            .getSQLState())
                    .isEqualTo("28P01");
        }
    }

    private MemberProcess gateway(MemberUnderTest member, int port, String... options) {
        List<String> arguments = new ArrayList<>(List.of("gateway", "--pg-port", "" + port));
        arguments.addAll(member.address());
        arguments.addAll(List.of(options));
        return MemberProcess.start(
                "256m",
                List.of(
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dsightline.home=" + folder,
                        "-Dlogback.configurationFile=logback.xml"),
                Map.of(),
                folder.resolve("gateway.log"),
                arguments);
    }

    private static String ask(int port, String user, String password, String sslMode) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://localhost:" + port + "/sightline?sslmode=" + sslMode, user, password);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(ANSWER)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    /** Where the member says that its own door is. */
    private String memberDoor() throws IOException {
        Matcher door = Pattern.compile("metrics and health at (http://127\\.0\\.0\\.1:\\d+)/metrics")
                .matcher(Files.readString(folder.resolve("member.log")));
        assertThat(door.find()).isTrue();
        return door.group(1);
    }

    private static String portOf(String url) {
        return url.substring(url.lastIndexOf(':') + 1);
    }

    private static String get(String url) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
                .body();
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("gateway.log"));
        } catch (IOException e) {
            return "";
        }
    }
}
