package io.sightline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CheckCommandTest {
    private static final String DETECTIONS = "pipelines/detections.yaml";
    private static final String VEHICLE_COUNTS = "pipelines/vehicle-counts.yaml";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    @Test
    void goodFilesAreOkOnStderr() {
        // When
        int code = run(DETECTIONS, VEHICLE_COUNTS);

        // Then
        assertThat(code).isZero();
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString().lines())
                .containsExactly(
                        DETECTIONS + ": ok (pipeline detections, topic detections, 11 fields, 1 reference, 3 rollups)",
                        VEHICLE_COUNTS
                                + ": ok (pipeline vehicle_counts, topic vehicle-counts, 10 fields, 1 reference, 2 rollups)");
    }

    @Test
    void problemsOfAllFilesAreToldAndTheCodeIsTwo() throws IOException {
        // Given
        Path bad = bad();

        // When
        int code = run(bad.toString(), DETECTIONS, "none.yaml");

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString().lines())
                .hasSize(3)
                .anyMatch(line -> line.contains("bad.yaml:4: source.topics: unknown key") && line.contains("`topic`"))
                .anyMatch(line -> line.startsWith(DETECTIONS + ": ok"))
                .anyMatch(line -> line.equals("none.yaml: no such file"));
    }

    @Test
    void jsonIsOneObjectAndNothingElseOnStdout() throws IOException {
        // When
        int code = run("--json", bad().toString(), DETECTIONS);

        // Then
        assertThat(code).isEqualTo(2);
        JsonNode files = new ObjectMapper().readTree(out.toString()).get("files");
        assertThat(files).hasSize(2);
        assertThat(files.get(0).get("file").textValue()).endsWith("bad.yaml");
        assertThat(files.get(0).get("ok").booleanValue()).isFalse();
        assertThat(files.get(0).get("problems")).hasSize(1);
        JsonNode problem = files.get(0).get("problems").get(0);
        assertThat(problem.toString())
                .isEqualTo("{\"path\":\"source.topics\",\"line\":4,\"value\":null,"
                        + "\"accepted\":\"topic, bootstrap-servers, profile, connection-string, identity, format, start, partitions-from, idle-timeout\","
                        + "\"message\":\"unknown key\",\"hint\":\"did you mean `topic`?\"}");
        assertThat(files.get(1).toString()).isEqualTo("{\"file\":\"" + DETECTIONS + "\",\"ok\":true,\"problems\":[]}");
    }

    @Test
    void problemOfTheWholeFileHasNoLine() throws IOException {
        // When
        int code = run("--json", folder.resolve("none.yaml").toString());

        // Then
        assertThat(code).isEqualTo(2);
        JsonNode problem = new ObjectMapper().readTree(out.toString()).at("/files/0/problems/0");
        assertThat(problem.get("line").isNull()).isTrue();
        assertThat(problem.get("message").textValue()).isEqualTo("no such file");
    }

    @Test
    void bigRollupIsWarnedAboutAndStillOk() throws IOException {
        // Given
        String yaml = Files.readString(Path.of(DETECTIONS)).replace("keep: 1h", "keep: 30d");
        Path big = Files.writeString(folder.resolve("big.yaml"), yaml);

        // When
        int code = run(big.toString());

        // Then
        assertThat(code).isZero();
        assertThat(err.toString()).contains("big.yaml: warning: rollup detections_per_second: keep holds up to");
    }

    @Test
    void noFileIsBadUsage() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains("FILE");
    }

    private Path bad() throws IOException {
        String yaml = Files.readString(Path.of(DETECTIONS))
                .replaceFirst("(?s)^#.*?\n", "")
                .replace("topic:", "topics:");
        return Files.writeString(folder.resolve("bad.yaml"), yaml);
    }

    private int run(String... arguments) {
        return new CommandLine(new CheckCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
