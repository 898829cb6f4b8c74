package io.sightline.history;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.observe.Counter;
import io.sightline.spec.PipelineFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Power BI project as text: that it fits the table of {@code pipelines/detections.yaml}, and itself. */
class PowerBiProjectTest {
    private static final Path PROJECT = Path.of("dashboards/powerbi");
    private static final Path MODEL = PROJECT.resolve("Detections.SemanticModel/definition");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern COLUMN = Pattern.compile(
            "(?m)^\\tcolumn (\\w+)\\n\\t\\tdataType: (\\w+)\\n(?:\\t\\t.*\\n)*?\\t\\tsourceColumn: (\\w+)\\n");

    @Test
    void theModelHasTheColumnsOfTheTable() throws IOException {
        // Given
        Map<String, String> expected = new LinkedHashMap<>();
        EventRows rows = new EventRows(PipelineFile.load(Path.of("pipelines/detections.yaml")));
        for (Column column : rows.columns()) {
            expected.put(column.name(), modelType(column.type()));
        }
        expected.put("event_date", modelType(FieldType.DATE));

        // Then
        assertThat(columns("Detections")).containsExactlyEntriesOf(expected);
    }

    private static String modelType(FieldType type) {
        return switch (type) {
            case BOOLEAN -> "boolean";
            case INT, LONG -> "int64";
            case DOUBLE -> "double";
            case STRING -> "string";
            case TIMESTAMP, DATE -> "dateTime";
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"Detections", "Commits"})
    void theQueryToPasteIsThatOfTheModel(String table) throws IOException {
        // Given
        String pasted = Files.readString(PROJECT.resolve(table + ".pq"))
                .lines()
                .filter(line -> !line.startsWith("//"))
                .map(String::strip)
                .reduce("", (all, line) -> all + line + "\n");
        String model = tmdl("tables/" + table + ".tmdl");

        // When
        String inModel = model.substring(model.indexOf("source =\n") + "source =\n".length())
                .lines()
                .map(String::strip)
                .reduce("", (all, line) -> all + line + "\n");

        // Then
        assertThat(inModel).isEqualTo(pasted);
    }

    @Test
    void theCountersReadFromTheLogAreThoseThatTheJobWritesThere() throws IOException {
        assertThat(columns("Commits").keySet())
                .containsExactly("version", Counter.EVENTS.code(), Counter.ORIGINALS.code(), Counter.DUPLICATES.code());
        assertThat(Files.readString(PROJECT.resolve("Commits.pq"))).contains("\"sightline_counters\"");
    }

    @Test
    void everyReferenceToAColumnFindsIt() throws IOException {
        for (Path file : files(".tmdl").toList()) {
            Matcher reference = Pattern.compile("(Detections|Commits|Calendar|SiteAccess)(?:\\[(\\w+)\\]|\\.(\\w+)\\n)")
                    .matcher(Files.readString(file));
            while (reference.find()) {
                String column = reference.group(2) == null ? reference.group(3) : reference.group(2);
                assertThat(columns(reference.group(1)))
                        .as("%s: %s", file, reference.group())
                        .containsKey(column);
            }
        }
    }

    @Test
    void everyTableAndRoleOfTheModelHasItsFile() throws IOException {
        Matcher part = Pattern.compile("ref (table|role) '?([\\w ]+)'?\\n").matcher(tmdl("model.tmdl"));
        List<Path> named = new ArrayList<>();
        while (part.find()) {
            named.add(MODEL.resolve(part.group(1) + "s/" + part.group(2) + ".tmdl"));
        }
        assertThat(named).hasSize(5).allSatisfy(file -> assertThat(file).exists());
    }

    @Test
    void theWindowIsAskedOfThePartitionColumnFirst() throws IOException {
        assertThat(Files.readString(PROJECT.resolve("Detections.pq")))
                .containsSubsequence(
                        "History = DeltaLake.Table(Files)",
                        "Window = Table.SelectRows(History, each [event_date] >= Date.From(RangeStart) and [event_date] <"
                                + " Date.From(RangeEnd))");
        assertThat(tmdl("expressions.tmdl"))
                .contains("expression RangeStart = #datetime(", "expression RangeEnd = #datetime(");
    }

    static Stream<Path> jsonFiles() throws IOException {
        return Stream.of(".json", ".pbip", ".pbir", ".pbism", ".platform").flatMap(PowerBiProjectTest::files);
    }

    @ParameterizedTest
    @MethodSource("jsonFiles")
    void everyJsonPartNamesItsSchemaAndTheFilesItPointsToAreThere(Path file) throws IOException {
        JsonNode json = JSON.readTree(file.toFile());
        assertThat(json.path("$schema").asText())
                .startsWith("https://developer.microsoft.com/json-schemas/fabric/")
                .endsWith("/schema.json");
        for (JsonNode path : json.findValues("path")) {
            assertThat(file.resolveSibling(path.asText()).normalize()).isDirectory();
        }
    }

    private static Map<String, String> columns(String table) throws IOException {
        Map<String, String> columns = new LinkedHashMap<>();
        Matcher column = COLUMN.matcher(tmdl("tables/" + table + ".tmdl"));
        while (column.find()) {
            assertThat(column.group(3)).isEqualTo(column.group(1));
            columns.put(column.group(1), column.group(2));
        }
        return columns;
    }

    private static String tmdl(String name) throws IOException {
        return Files.readString(MODEL.resolve(name));
    }

    private static Stream<Path> files(String end) {
        try (Stream<Path> all = Files.walk(PROJECT)) {
            return all.filter(file -> file.toString().endsWith(end)).toList().stream();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
