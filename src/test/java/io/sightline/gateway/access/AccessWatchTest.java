package io.sightline.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sightline.gateway.StatementException;
import io.sightline.spec.AccessFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An access file that changes under a gateway that runs. */
class AccessWatchTest {
    private static final ScramVerifier PENCIL = verifier("pencil");

    @TempDir
    private Path folder;

    private Path file;
    private long nanos;
    private AccessWatch watch;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("access.yaml");
        users("ann");
        watch = new AccessWatch(file, () -> nanos);
    }

    @Test
    void aChangedFileCountsFromTheNextSecondOn() throws IOException {
        // Given
        users("ann", "bob");

        // Then
        assertThat(watch.get().find("bob")).isNull();
        nanos += Duration.ofSeconds(1).toNanos();
        assertThat(watch.get().find("bob")).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"users: [{user: bob, role: none, verifier: x}]", "roles: [", "", "users: []"})
    void aFileThatIsWrongIsRefusedWhole(String text) throws IOException {
        // Given
        Files.writeString(file, text);
        nanos += Duration.ofSeconds(1).toNanos();

        // Then
        assertThat(watch.get().find("ann")).isNotNull();
        assertThat(watch.get().isOpen()).isFalse();
    }

    @Test
    void aFileThatIsGoneChangesNothingUntilItIsBack() throws IOException {
        // Given
        Files.delete(file);
        nanos += Duration.ofSeconds(1).toNanos();
        assertThat(watch.get().find("ann")).isNotNull();

        // When
        users("bob");
        nanos += Duration.ofSeconds(1).toNanos();

        // Then
        assertThat(watch.get().find("ann")).isNull();
        assertThat(watch.get().find("bob")).isNotNull();
    }

    @Test
    void aFileThatIsWrongFromTheStartIsSaid() throws IOException {
        Files.writeString(file, "roles: [");
        assertThatThrownBy(() -> new AccessWatch(file, () -> nanos)).isInstanceOf(AccessFileException.class);
    }

    @Test
    void whoIsTakenOutOrGetsAnotherPasswordDoesNotGoOn() {
        // Given
        Access before = watch.get();
        Access after = Access.open();

        // Then
        assertThat(before.enter("ann", PENCIL).role().name()).isEqualTo("all");
        assertThat(refusal(before, "bob", PENCIL)).contains("may no longer enter");
        assertThat(refusal(before, "ann", verifier("other"))).contains("may no longer enter");
        assertThat(refusal(before, "ann", null)).contains("may no longer enter");
        assertThat(refusal(after, "ann", PENCIL)).contains("may no longer enter");
    }

    private static String refusal(Access access, String user, @Nullable ScramVerifier proven) {
        return catchThrowableOfType(StatementException.class, () -> access.enter(user, proven))
                .message();
    }

    private void users(String... names) throws IOException {
        StringBuilder yaml = new StringBuilder("roles: [{role: all, reads: [{relation: \"*\"}]}]\nusers:\n");
        for (String name : names) {
            yaml.append("  - {user: %s, role: all, verifier: \"%s\"}\n".formatted(name, PENCIL));
        }
        Files.writeString(file, yaml);
    }

    private static ScramVerifier verifier(String password) {
        return ScramVerifier.of(password, "0123456789abcdef".getBytes(StandardCharsets.US_ASCII), 4096);
    }
}
