package io.sightline.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sightline.spec.AccessFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The access file: every key, the defaults, and all problems at once. */
class AccessTest {
    private static final ScramVerifier VERIFIER =
            ScramVerifier.of("pencil", "0123456789abcdef".getBytes(StandardCharsets.US_ASCII), 4096);

    @TempDir
    Path folder;

    @Test
    void everyKeyIsRead() throws IOException {
        // When
        Access access = load("""
                roles:
                  - role: reading
                    admin: true
                    reads:
                      - {relation: detections, columns: [item, site], rows: "site IN (${claim:site})"}
                      - {relation: "*"}
                    max-rows: 10
                    statement-timeout: 5s
                    concurrency: 2
                users:
                  - {user: grafana, role: reading, verifier: "%s", claims: {site: [Reading, Hull]}}
                """.formatted(VERIFIER));

        // Then
        Access.Known grafana = Objects.requireNonNull(access.find("grafana"));
        Role role = grafana.principal().role();
        assertThat(access.isOpen()).isFalse();
        assertThat(access.find("nobody")).isNull();
        assertThat(grafana.principal().claims()).isEqualTo(Map.of("site", List.of("Reading", "Hull")));
        assertThat(grafana.verifier()).hasToString(VERIFIER.toString());
        assertThat(role.admin()).isTrue();
        assertThat(role.maxRows()).isEqualTo(10);
        assertThat(role.statementTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(role.concurrency()).isEqualTo(2);
        assertThat(Objects.requireNonNull(role.grant("detections")).columns()).containsExactly("item", "site");
        assertThat(Objects.requireNonNull(role.grant("anything")).rows()).isNull();
    }

    @Test
    void theDefaultsAreThoseOfTheOpenReader() throws IOException {
        // When
        Access access = load("""
                roles: [{role: r, reads: [{relation: places}]}]
                users: [{user: u, role: r, verifier: "%s"}]
                """.formatted(VERIFIER));

        // Then
        Role role = Objects.requireNonNull(access.find("u")).principal().role();
        Role reader = Role.readerOfEverything();
        assertThat(role.admin()).isEqualTo(reader.admin()).isFalse();
        assertThat(role.maxRows()).isEqualTo(reader.maxRows());
        assertThat(role.statementTimeout()).isEqualTo(reader.statementTimeout());
        assertThat(role.concurrency()).isEqualTo(reader.concurrency());
        assertThat(role.grant("detections")).isNull();
    }

    @Test
    void theFileOfTheProjectIsOpen() {
        assertThat(Access.load(Path.of("grid-config", "access.yaml")).isOpen()).isTrue();
    }

    @Test
    void allProblemsAreToldAtOnce() {
        // When
        AccessFileException failure =
                catchThrowableOfType(AccessFileException.class, () -> load("""
                roles:
                  - role: reading
                    reads:
                      - {relation: detections, rows: "site IN (SELECT 1)"}
                      - {relation: detections, colums: [item]}
                    max-rows: none
                  - {role: reading, reads: [{relation: places, rows: "site = ${claim:site}"}]}
                  - {role: other, reads: []}
                users:
                  - {user: ann, role: readng, verifier: "%1$s"}
                  - {user: ann, role: other, verifier: secret}
                """.formatted(VERIFIER)));

        // Then
        assertThat(failure.problems().list())
                .extracting(problem -> problem.line() + " " + problem.path())
                .containsExactly(
                        "4 roles[0].reads[0].rows",
                        "5 roles[0].reads[1].colums",
                        "5 roles[0].reads[1].relation",
                        "6 roles[0].max-rows",
                        "7 roles[1].role",
                        "8 roles[2].reads",
                        "10 users[0].role",
                        "11 users[1].verifier",
                        "11 users[1].user");
        assertThat(failure)
                .hasMessageContaining("did you mean `reading`?")
                .hasMessageContaining("did you mean `columns`?");
    }

    @Test
    void aUserWhoseRoleAsksForAClaimHasIt() {
        // When
        AccessFileException failure =
                catchThrowableOfType(AccessFileException.class, () -> load("""
                roles: [{role: r, reads: [{relation: places, rows: "site = ${claim:site}"}]}]
                users: [{user: u, role: r, verifier: "%s"}]
                """.formatted(VERIFIER)));

        // Then
        assertThat(failure).hasMessageContaining("has no claim `site`");
    }

    @Test
    void aTokenIsHeldToTheRolesAndTheirClaims() {
        // When
        AccessFileException failure = catchThrowableOfType(AccessFileException.class, () -> load("""
                roles: [{role: r, reads: [{relation: places, rows: "site = ${claim:site}"}]}]
                tokens:
                  - issuer: https://login.example/v2.0
                    audience: api://sightline
                    keys: http://login.example/keys
                    roles: [{app-role: Read, role: r}, {app-role: All, role: everything}]
                """));

        // Then
        assertThat(failure.problems().list())
                .extracting(problem -> problem.line() + " " + problem.path())
                .containsExactly("5 tokens[0].keys", "6 tokens[0].roles[0].app-role", "6 tokens[0].roles[1].role");
        assertThat(failure).hasMessageContaining("has no claim `site`").hasMessageContaining("https://");
    }

    @Test
    void noSecretIsToldInAProblem() {
        assertThat(catchThrowableOfType(AccessFileException.class, () -> load("usrs: \"" + VERIFIER + "\"")))
                .hasMessageNotContaining(VERIFIER.toString().substring(20));
    }

    private Access load(String yaml) throws IOException {
        return Access.load(Files.writeString(folder.resolve("access.yaml"), yaml));
    }
}
