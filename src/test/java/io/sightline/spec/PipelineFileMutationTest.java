package io.sightline.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random damage to good files: the loader gives a pipeline or all that is wrong, and nothing else comes out of it. */
class PipelineFileMutationTest {
    private static final int FILES = 1_000;
    private static final List<String> PIECES = List.of(
            "[",
            "]",
            "{",
            "}",
            ": ",
            ":",
            "- ",
            "#",
            "\"",
            "'",
            "\t",
            "  ",
            "|",
            ">",
            "&a ",
            "*a",
            "!!str ",
            "? ",
            "%",
            "${",
            "}",
            "~",
            "null",
            "true",
            "0",
            "-1",
            "1e9",
            "10m",
            "\u0000",
            "\uFEFF",
            "ü",
            "\uD83D\uDE00",
            "\uD800",
            "---\n",
            "...\n",
            "<<: ",
            "event_time",
            "extra",
            "type: string",
            ",",
            "`",
            "@",
            "\\",
            "\r");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void damagedFileLoadsOrIsRefusedInWords(long seed) throws IOException {
        // Given
        Random random = new Random(seed);
        Schema schema = PipelineJsonSchemaTest.schema();
        List<String> good = List.of(
                Files.readString(Path.of("pipelines/detections.yaml")),
                Files.readString(Path.of("pipelines/vehicle-counts.yaml")));
        int loaded = 0;

        for (int i = 0; i < FILES; i++) {
            String yaml = damage(good.get(i % 2), random);
            try {
                // When
                PipelineFile.parse("damaged.yaml", yaml);
                loaded++;

                // Then: what the loader takes, the schema takes
                assertThat(schema.validate(YamlAsJson.of(yaml), InputFormat.JSON))
                        .as("seed %d, file %d:%n%s", seed, i, yaml)
                        .isEmpty();
            } catch (PipelineFileException e) {
                for (Problem problem : e.problems().list()) {
                    assertThat(problem.toString().lines())
                            .as("seed %d, file %d:%n%s", seed, i, yaml)
                            .hasSize(1);
                }
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError("seed " + seed + ", file " + i + ":\n" + yaml, e);
            }
        }
        assertThat(loaded).isBetween(FILES / 50, FILES * 49 / 50);
    }

    private static String damage(String yaml, Random random) {
        List<String> lines = new ArrayList<>(yaml.lines().toList());
        int times = 1 + random.nextInt(3);
        for (int i = 0; i < times && !lines.isEmpty(); i++) {
            int at = random.nextInt(lines.size());
            String line = lines.get(at);
            int column = random.nextInt(line.length() + 1);
            switch (random.nextInt(7)) {
                case 0 -> lines.remove(at);
                case 1 -> lines.add(random.nextInt(lines.size()), line);
                case 2 -> lines.set(at, lines.get(random.nextInt(lines.size())));
                case 3 -> lines.set(at, line.substring(0, column));
                case 4 -> lines.set(at, " ".repeat(random.nextInt(8)) + line.strip());
                case 5 -> lines.set(at, line.substring(0, column) + piece(random) + line.substring(column));
                default ->
                    lines.set(
                            at,
                            line.substring(0, column)
                                    + piece(random)
                                    + line.substring(Math.min(line.length(), column + 1 + random.nextInt(4))));
            }
        }
        return String.join("\n", lines) + "\n";
    }

    private static String piece(Random random) {
        return PIECES.get(random.nextInt(PIECES.size()));
    }
}
