package io.sightline.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PipelineJsonSchemaTest {
    private static final Path FILE = Path.of("pipelines/schema.json");

    @Test
    void schemaFileIsInStepWithTheLoader() throws IOException {
        // When
        String schema = PipelineJsonSchema.text();

        // Then
        KeptFile.assertInStep(FILE, schema);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pipelines/detections.yaml", "pipelines/vehicle-counts.yaml"})
    void shippedPipelineIsValidAndNamesTheSchemaInItsFirstLine(Path pipeline) throws IOException {
        // Given
        String yaml = Files.readString(pipeline);

        // When
        var errors = schema().validate(YamlAsJson.of(yaml), InputFormat.JSON);

        // Then
        assertThat(errors).isEmpty();
        assertThat(yaml.lines().findFirst()).contains("# yaml-language-server: $schema=schema.json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "keep: 15m -> kep: 15m",
                "profile: kafka -> profile: kafak",
                "pipeline: detections -> pipeline: Detections",
                "pipeline: detections -> pipeline: table",
                "    item: -> extra: ",
                "horizon: 10m -> horizon: 10",
                "{type: string, required: false} -> {type: text, required: false}",
                "from: /bbox/x -> from: bbox/x",
                "detections: count -> detections: number",
                "idle-timeout: 5s -> connection-string: Endpoint=sb://x",
                "  topic: detections -> ",
                "key: [event_id] -> key: []",
            })
    void badFileIsInvalid(String change) throws IOException {
        // Given
        String[] fromTo = change.split(" -> ", 2);
        String good = Files.readString(Path.of("pipelines/detections.yaml"));
        String bad = good.replaceFirst(Pattern.quote(fromTo[0]), fromTo[1]);
        assertThat(bad).isNotEqualTo(good);

        // When
        var errors = schema().validate(YamlAsJson.of(bad), InputFormat.JSON);

        // Then
        assertThat(errors).isNotEmpty();
    }

    static Schema schema() throws IOException {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(PipelineJsonSchema.text(), InputFormat.JSON);
    }
}
