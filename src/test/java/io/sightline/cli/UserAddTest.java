package io.sightline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.gateway.access.Access;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code sightline user add} over access files as people write them. */
class UserAddTest {
    private static final String ROLES = """
            # who may what
            roles:
              - role: reader
                reads: [{relation: "*"}]
              - {role: reading, reads: [{relation: places, rows: "site = ${claim:site}"}]}
            """;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "users: []\n",
                "users:   [ ]   # nobody yet",
                "users:\n  # the first\n  - {user: old, role: reader, verifier: \"@\"}\n",
                "users:\n- user: old\n  role: reader\n  verifier: \"@\"\n# the end\n",
                "users:\n\n      - user: old\n        role: reader\n        verifier: \"@\"",
            })
    void aUserIsAddedAndAllElseStays(String users) throws IOException {
        // Given
        String verifier = "SCRAM-SHA-256$4096:" + "A".repeat(24) + "$" + "A".repeat(43) + "=:" + "A".repeat(43) + "=";
        Path file = write(ROLES + users.replace("@", verifier));

        // When
        Ran ran = add(file, "s\u00e9cret \"1\"", "ann", "--role", "reading", "--claim", "site=Reading \"x\": #1");

        // Then
        assertThat(ran.err()).contains("user ann has role reading in " + file);
        assertThat(ran.exitStatus()).isZero();
        Access access = Access.load(file);
        Access.Known ann = Objects.requireNonNull(access.find("ann"));
        assertThat(ann.principal().claims()).containsEntry("site", List.of("Reading \"x\": #1"));
        assertThat(access.find("old") != null).isEqualTo(users.contains("old"));
        assertThat(Files.readString(file))
                .startsWith(ROLES)
                .contains(users.contains("#") ? "#" : "")
                .doesNotContain("cret");
        assertThat(folder.toFile().list()).containsExactly("access.yaml");
    }

    @Test
    void theEntryIsPrintedInsteadIfThatIsAsked() throws IOException {
        // Given
        Path file = write(ROLES);

        // When
        Ran ran = add(file, "pencil", "ann", "--role", "reader", "--print");

        // Then
        assertThat(ran.out()).startsWith("- user: \"ann\"\n  role: \"reader\"\n  verifier: \"SCRAM-SHA-256$4096:");
        assertThat(Files.readString(file)).isEqualTo(ROLES);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ann --role raeder | did you mean `reader`?",
                "ann --role reading | has no claim `site`",
                "bob --role reader | a user of this name is there already",
                "an:n --role reader | letters, digits",
                "ann | Missing required option: '--role=R'",
            })
    void whatWouldMakeTheFileUselessIsRefused(String arguments, String message) throws IOException {
        // Given
        Path file = write(ROLES);
        add(file, "pencil", "bob", "--role", "reader");
        String before = Files.readString(file);

        // When
        Ran ran = add(file, "pencil", arguments.strip().split(" "));

        // Then
        assertThat(ran.exitStatus()).isEqualTo(Sightline.BAD_USAGE);
        assertThat(ran.err()).contains(message).doesNotContain(".draft").doesNotContain("SCRAM-SHA-256$4096:");
        assertThat(Files.readString(file)).isEqualTo(before);
        assertThat(folder.toFile().list()).containsExactly("access.yaml");
    }

    @Test
    void aPasswordIsNeverTakenFromTheCommandLine() throws IOException {
        // Given
        Path file = write(ROLES);

        // Then
        assertThat(add(file, "", "ann", "--role", "reader").err()).contains("an empty password is none");
        assertThat(Ran.sightline("user", "add", "ann", "pencil", "--role", "reader", "--access", file.toString())
                        .err())
                .contains("Unmatched argument");
    }

    private Ran add(Path file, String password, String... arguments) {
        InputStream stdin = System.in;
        System.setIn(new ByteArrayInputStream((password + "\n").getBytes(StandardCharsets.UTF_8)));
        try {
            List<String> all = new java.util.ArrayList<>(List.of("user", "add"));
            all.addAll(List.of(arguments));
            all.addAll(List.of("--access", file.toString(), "--password-stdin"));
            return Ran.sightline(all.toArray(String[]::new));
        } finally {
            System.setIn(stdin);
        }
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(folder.resolve("access.yaml"), yaml);
    }
}
