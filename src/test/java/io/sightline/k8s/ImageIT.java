package io.sightline.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The container image without its base, as {@code -Pclients} builds it: its settings, what it holds, and that the launcher in it
 * needs nothing else. A container is not started.
 */
@Tag("clients")
@Timeout(180)
class ImageIT {
    private static final Path BUILT = Path.of(System.getProperty("build.directory", "target"));

    @TempDir
    private static Path folder;

    private static Path root;
    private static JsonNode config;

    @BeforeAll
    static void unpack() throws Exception {
        Path image = BUILT.resolve("jib-image.tar");
        if (!Files.exists(image)) {
            fail("there is no " + image + ": ./mvnw -Pclients -DskipTests verify builds it");
        }
        Path layers = Files.createDirectory(folder.resolve("layers"));
        root = Files.createDirectory(folder.resolve("root"));
        run(folder, Map.of(), "tar", "-xf", image.toAbsolutePath().toString(), "-C", layers.toString());
        JsonNode manifest = new ObjectMapper()
                .readTree(layers.resolve("manifest.json").toFile())
                .path(0);
        config = new ObjectMapper()
                .readTree(layers.resolve(manifest.path("Config").asText()).toFile());
        for (JsonNode layer : manifest.path("Layers")) {
            run(folder, Map.of(), "tar", "-xzf", layers.resolve(layer.asText()).toString(), "-C", root.toString());
        }
    }

    @Test
    void itRunsTheLauncherAsAUserThatIsNotRoot() {
        JsonNode settings = config.path("config");
        assertThat(settings.path("User").asText()).isEqualTo("10001:10001");
        assertThat(settings.path("Entrypoint")).hasToString("[\"/opt/sightline/sightline\"]");
        assertThat(settings.path("WorkingDir").asText()).isEqualTo("/opt/sightline");
        assertThat(settings.path("Env").isEmpty()).as("no variables").isTrue();
        assertThat(config.path("created").asText()).isEqualTo("1970-01-01T00:00:00Z");
    }

    @Test
    void thatUserHasAName() throws IOException {
        assertThat(Files.readAllLines(root.resolve("etc/passwd")))
                .anyMatch(line -> line.startsWith("sightline:x:10001:10001:"));
    }

    @Test
    void itHoldsWhatTheLauncherNeedsAndNoMore() throws IOException {
        Path home = root.resolve("opt/sightline");
        assertThat(names(root)).containsExactlyInAnyOrder("etc", "opt");
        assertThat(names(root.resolve("etc"))).containsExactlyInAnyOrder("passwd", "group");
        assertThat(names(home))
                .containsExactlyInAnyOrder(
                        "sightline",
                        "LICENSE",
                        "docs",
                        "grid-config",
                        "pipelines",
                        "classpath",
                        "libs",
                        // Jib's own notes of the same.
                        "jib-classpath-file",
                        "jib-main-class-file");
        assertThat(names(home.resolve("docs"))).containsExactly("licences.md");
        assertThat(names(home.resolve("grid-config"))).isEqualTo(names(Path.of("grid-config")));
        assertThat(names(home.resolve("pipelines")))
                .containsExactlyInAnyOrder("detections.yaml", "vehicle-counts.yaml", "reference");
        assertThat(names(home.resolve("classpath"))).containsExactly("sightline.jar");
        assertThat(names(home.resolve("libs"))).isEqualTo(names(BUILT.resolve("lib")));
        assertThat(Files.isExecutable(home.resolve("sightline"))).isTrue();
    }

    @Test
    void theLauncherInItRunsAWholePipeline() throws Exception {
        // Given
        Path sample = Path.of("pipelines", "detections.sample.jsonl").toAbsolutePath();

        // When
        String printed = run(
                root.resolve("opt/sightline"),
                Map.of("JAVA_HOME", System.getProperty("java.home"), "SIGHTLINE_HEAP", "768m"),
                "./sightline",
                "test",
                "pipelines/detections.yaml",
                "--input",
                sample.toString(),
                "--json");

        // Then
        JsonNode expected = new ObjectMapper()
                .readTree(Path.of("pipelines", "detections.expected.json").toFile());
        JsonNode counters = new ObjectMapper().readTree(printed);
        for (String counter : List.of("records", "events", "unique", "duplicates", "dead_letters")) {
            assertThat(counters.path(counter).asLong())
                    .as(counter)
                    .isEqualTo(expected.path(counter).asLong())
                    .isPositive();
        }
        assertThat(names(root.resolve("opt/sightline"))).as("nothing was built").doesNotContain("target");
    }

    @Test
    void itsBaseIsNamedByADigest() throws IOException {
        assertThat(Files.readString(Path.of("pom.xml")))
                .containsPattern("<image.base>eclipse-temurin:[0-9._]+-jre@sha256:[0-9a-f]{64}</image.base>");
    }

    private static Set<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** What it prints. */
    private static String run(Path directory, Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(command)))
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(150, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        assertThat(process.waitFor())
                .as("%s: %s", String.join(" ", command), Files.readString(err, StandardCharsets.UTF_8))
                .isZero();
        return Files.readString(out, StandardCharsets.UTF_8);
    }
}
