package io.sightline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code sightline test} over recorded feeds whose truth is known: the pipelines' samples, and any folder with a truth. */
final class SamplesIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path PIPELINES = Path.of("pipelines");

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"detections", "vehicle-counts"})
    void aSampleGivesWhatItsTruthSays(String name) throws IOException {
        // When
        JsonNode result = test(directory.resolve("out"), PIPELINES.resolve(name + ".sample.jsonl"), name);

        // Then
        JSON.readTree(PIPELINES.resolve(name + ".expected.json").toFile())
                .properties()
                .forEach(expected -> assertThat(result.get(expected.getKey()))
                        .as(expected.getKey())
                        .isEqualTo(expected.getValue()));
        assertFilesAgree(result, directory.resolve("out"));
    }

    @Test
    void theSameInputGivesTheSameBytes() throws IOException {
        // Given
        Path input = PIPELINES.resolve("detections.sample.jsonl");

        // When
        test(directory.resolve("first"), input, "detections", "--topic-partitions", "8");
        test(directory.resolve("second"), input, "detections", "--topic-partitions", "8");

        // Then
        assertThat(files(directory.resolve("second"))).isEqualTo(files(directory.resolve("first")));
    }

    @Test
    void topicPartitionsChangeOriginsAndNothingElse() throws IOException {
        // Given
        Path input = PIPELINES.resolve("detections.sample.jsonl");

        // When
        JsonNode one = test(directory.resolve("one"), input, "detections");
        JsonNode eight = test(directory.resolve("eight"), input, "detections", "--topic-partitions", "8");

        // Then
        for (String counter : List.of("records", "events", "unique", "duplicates", "dead_letters", "unmatched")) {
            assertThat(eight.get(counter)).as(counter).isEqualTo(one.get(counter));
        }
        assertThat(ids(directory.resolve("eight"))).isEqualTo(ids(directory.resolve("one")));
    }

    @Test
    @Tag("recorded")
    void aRecordedFeedGivesWhatItsTruthSays() throws IOException {
        // Given
        Path feed = Path.of(System.getProperty("feed"));
        Path out = directory.resolve("out");

        // When
        JsonNode result = test(
                out,
                feed.resolve("detections.jsonl.gz"),
                "detections",
                "--reference",
                "locations=" + feed.resolve("locations.csv"));

        // Then
        JsonNode truth = JSON.readTree(feed.resolve("truth.json").toFile());
        for (String counter : List.of("records", "events", "unique", "duplicates", "dead_letters", "unmatched")) {
            assertThat(result.get(counter)).as(counter).isEqualTo(truth.get(counter));
        }
        assertFilesAgree(result, out);
        assertThat(sums(
                        lines(out.resolve("events.jsonl")),
                        row -> row.get("location_id").textValue(),
                        row -> 1L))
                .isEqualTo(longs(truth.get("unique_per_location")));
        assertThat(sums(
                        lines(out.resolve("rollups").resolve("detections_per_minute.jsonl")),
                        row -> row.get("location_id").textValue() + "|"
                                + row.get("window_start").textValue(),
                        row -> row.get("detections").longValue()))
                .isEqualTo(longs(truth.get("unique_per_location_and_minute")));
    }

    /** Runs the command and gives the object it prints. */
    private static JsonNode test(Path out, Path input, String pipeline, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "test",
                PIPELINES.resolve(pipeline + ".yaml").toString(),
                "--input",
                input.toString(),
                "--out",
                out.toString(),
                "--json"));
        arguments.addAll(List.of(more));
        PrintStream stdout = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            assertThat(Sightline.execute(arguments.toArray(String[]::new))).isEqualTo(Sightline.DONE);
        } finally {
            System.setOut(stdout);
        }
        return JSON.readTree(printed.toByteArray());
    }

    private static void assertFilesAgree(JsonNode result, Path out) throws IOException {
        assertThat(lines(out.resolve("events.jsonl")))
                .hasSize(result.get("unique").intValue());
        assertThat(lines(out.resolve("duplicates.jsonl")))
                .hasSize(result.get("duplicates").intValue());
        Map<String, Long> reasons = sums(
                lines(out.resolve("dead-letters.jsonl")),
                row -> row.get("reason").textValue(),
                row -> 1L);
        assertThat(reasons).isEqualTo(longs(result.get("dead_letters_by_reason")));
    }

    private static Set<String> ids(Path out) throws IOException {
        return lines(out.resolve("events.jsonl")).stream()
                .map(row -> row.get("event_id").textValue())
                .collect(Collectors.toSet());
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            rows.add(JSON.readTree(line));
        }
        return rows;
    }

    private static Map<String, Long> sums(
            List<JsonNode> rows,
            java.util.function.Function<JsonNode, String> group,
            java.util.function.Function<JsonNode, Long> value) {
        return rows.stream().collect(Collectors.groupingBy(group, TreeMap::new, Collectors.summingLong(value::apply)));
    }

    private static Map<String, Long> longs(JsonNode object) {
        Map<String, Long> values = new TreeMap<>();
        object.properties()
                .forEach(field -> values.put(field.getKey(), field.getValue().longValue()));
        return values;
    }

    private static Map<String, String> files(Path directory) throws IOException {
        Map<String, String> contents = new HashMap<>();
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                contents.put(directory.relativize(path).toString(), Files.readString(path));
            }
        }
        return contents;
    }
}
