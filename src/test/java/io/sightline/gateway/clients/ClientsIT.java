package io.sightline.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * psql, node-postgres, lib/pq and pgx against the gateway, all with TLS, the certificate checked, and a password. Runs with
 * {@code -Pclients}; what is not installed fails with the line that installs it.
 */
@Tag("clients")
@Timeout(120)
class ClientsIT {
    private static final Path CLIENTS = Path.of("src", "test", "clients").toAbsolutePath();
    private static final int WATCHED_ROWS_IN_FLIGHT = 10;
    private static final String GO =
            "apt-get install -y golang-go golang-github-lib-pq-dev golang-github-jackc-pgx-v4-dev";
    private static final String PSQL = "apt-get install -y postgresql-client";

    /** What each client prints of the same steps. */
    private static final List<String> STEPS = List.of(
            "connect: ann",
            "catalog: detections endless large places",
            "parameters: 4",
            "cancel: 57014",
            "large: " + ClientGateway.LARGE,
            "wrong password: 28P01");

    @TempDir
    private static Path folder;

    private static ClientGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        gateway = new ClientGateway(folder);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void nodePostgres() throws Exception {
        // Given
        need(List.of("node", "--version"), "apt-get install -y nodejs npm");
        if (!Files.isDirectory(CLIENTS.resolve("node/node_modules/pg"))) {
            fail("node-postgres is missing: npm ci --prefix src/test/clients/node");
        }

        // Then
        assertThat(steps("node", CLIENTS.resolve("node/client.js").toString()))
                .containsExactlyInAnyOrderElementsOf(STEPS);
        assertThat(gateway.mostKept()).as("thousands of rows in memory").isLessThan(WATCHED_ROWS_IN_FLIGHT);
    }

    @Test
    void libPq() throws Exception {
        assertThat(steps(go("libpq", "lib/pq"))).containsExactlyInAnyOrderElementsOf(STEPS);
        assertThat(gateway.mostKept()).as("thousands of rows in memory").isLessThan(WATCHED_ROWS_IN_FLIGHT);
    }

    @Test
    void pgx() throws Exception {
        assertThat(steps(go("pgx", "jackc/pgx/v4"))).containsExactlyInAnyOrderElementsOf(STEPS);
        assertThat(gateway.mostKept()).as("thousands of rows in memory").isLessThan(WATCHED_ROWS_IN_FLIGHT);
    }

    @Test
    void psqlListsAndDescribesWhatTheRoleReads() throws Exception {
        assertThat(psql("-c", "\\dt").out())
                .contains("public | detections | table")
                .contains("public | places");
        assertThat(psql("-c", "\\d").out())
                .contains("public | detections | table")
                .contains("public | places");
        assertThat(psql("-c", "\\d places").out())
                .contains("Table \"public.places\"")
                .contains("place  | text")
                .contains("note   | text");
        assertThat(psql("-c", "\\d nowhere").err()).contains("Did not find any relation named \"nowhere\"");
        assertThat(psql("-c", "\\l").out()).contains("sightline").contains("UTF8");
        assertThat(psql("-c", "\\dn").out()).contains("public | sightline");
        assertThat(psql("-c", "\\conninfo").out()).contains("SSL connection (protocol: TLSv1.3");
    }

    @Test
    void psqlReadsRowsScriptsAndErrorsAsFromPostgres() throws Exception {
        assertThat(psql("-At", "-c", "SELECT place FROM places WHERE site = 'Reading' ORDER BY place")
                        .out())
                .isEqualTo("place-0\nplace-1\nplace-2\n");
        assertThat(psql("-At", "-c", "SELECT 1; SELECT 'two'").out()).isEqualTo("1\ntwo\n");
        assertThat(psql("-c", "SELECT *\nFROM nowhere").err())
                .contains("ERROR:  relation \"nowhere\" does not exist")
                .contains("LINE 2: FROM nowhere");
        assertThat(psql("-c", "DROP TABLE places").err()).contains("ERROR:");
    }

    @Test
    void psqlReadsALargeResult() throws Exception {
        // When
        Ran psql = psql(
                "-At",
                "-c",
                "SELECT * FROM large",
                "-o",
                folder.resolve("large.txt").toString());

        // Then
        assertThat(psql.err()).isEmpty();
        try (var lines = Files.lines(folder.resolve("large.txt"))) {
            assertThat(lines.count()).isEqualTo(ClientGateway.LARGE);
        }
    }

    @Test
    void psqlIsTurnedAwayWithAWrongPasswordOrAnUnknownCertificate() throws Exception {
        assertThat(psqlAs("wrong", gateway.rootCertificate(), "-c", "SELECT 1").err())
                .contains("password authentication failed for user \"ann\"");
        Path other = io.sightline.gateway.TestCertificate.in(Files.createDirectory(folder.resolve("other")), "EC")
                .certificate();
        assertThat(psqlAs("pencil", other, "-c", "SELECT 1").err()).contains("certificate verify failed");
    }

    @Test
    void ctrlCInPsqlEndsTheStatementAndNotTheConnection() throws Exception {
        // Given
        need(List.of("psql", "--version"), PSQL);
        CountDownLatch asked = gateway.nextEndless();
        Running psql =
                start(psqlCommand("-c", "SELECT * FROM endless"), environment("pencil", gateway.rootCertificate()));
        asked.await();

        // When
        assertThat(new ProcessBuilder(
                                "kill", "-INT", String.valueOf(psql.process().pid()))
                        .start()
                        .waitFor())
                .isZero();

        // Then
        assertThat(psql.awaitEnd().err()).contains("ERROR:  canceling statement due to user request");
    }

    private record Ran(int status, String out, String err) {}

    private static Ran psql(String... arguments) throws Exception {
        return psqlAs("pencil", gateway.rootCertificate(), arguments);
    }

    private static Ran psqlAs(String password, Path root, String... arguments) throws Exception {
        need(List.of("psql", "--version"), PSQL);
        return run(psqlCommand(arguments), environment(password, root));
    }

    private static List<String> psqlCommand(String... arguments) {
        List<String> command = new ArrayList<>(
                List.of("psql", "-X", "-h", "localhost", "-p", "" + gateway.port(), "-U", "ann", "-d", "sightline"));
        command.addAll(List.of(arguments));
        return command;
    }

    private static Map<String, String> environment(String password, Path root) {
        return Map.of(
                "PGPASSWORD", password, "PGSSLMODE", "verify-full", "PGSSLROOTCERT", root.toString(), "PAGER", "cat");
    }

    /** Builds a client and gives its program. */
    private static String go(String name, String library) throws Exception {
        need(List.of("go", "version"), GO);
        if (!Files.isDirectory(Path.of("/usr/share/gocode/src/github.com", library))) {
            fail(library + " is missing: " + GO);
        }
        Path program = folder.resolve(name);
        Ran build = run(
                List.of(
                        "go",
                        "build",
                        "-o",
                        program.toString(),
                        CLIENTS.resolve("go/" + name + "/main.go").toString()),
                Map.of("GO111MODULE", "off", "GOPATH", "/usr/share/gocode", "GOFLAGS", ""));
        assertThat(build.status()).as(build.err()).isZero();
        return program.toString();
    }

    /** What a client of ours prints. */
    private static List<String> steps(String... program) throws Exception {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(List.of(
                "localhost", "" + gateway.port(), gateway.rootCertificate().toString()));
        Ran client = run(command, Map.of());
        assertThat(client.status()).as(client.out() + client.err()).isZero();
        return client.out().lines().toList();
    }

    private static void need(List<String> command, String install) throws Exception {
        try {
            assertThat(run(command, Map.of()).status()).isZero();
        } catch (IOException e) {
            fail(command.get(0) + " is missing: " + install);
        }
    }

    /** A program that runs, and the files that it writes to. */
    private record Running(Process process, Path out, Path err) {
        Ran awaitEnd() throws InterruptedException, IOException {
            if (!process.waitFor(100, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                fail("still runs after 100 s: " + process.info().commandLine().orElse(""));
            }
            return new Ran(process.exitValue(), Files.readString(out), Files.readString(err));
        }
    }

    private static Running start(List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        return new Running(
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start(), out, err);
    }

    private static Ran run(List<String> command, Map<String, String> environment) throws Exception {
        return start(command, environment).awaitEnd();
    }
}
