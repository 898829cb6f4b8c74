package io.sightline.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleFeedTest {
    private static final Path PIPELINES = Path.of("pipelines");

    @Test
    void detectionsAreAsTheGeneratorMakesThem() throws IOException {
        assertInStep("detections", DetectionsSample.feed());
    }

    @Test
    void vehicleCountsAreAsTheGeneratorMakesThem() throws IOException {
        assertInStep("vehicle-counts", VehicleCountsSample.feed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"detections", "vehicle-counts"})
    void figuresAddUp(String name) throws IOException {
        // Given
        JsonNode expected = new ObjectMapper()
                .readTree(PIPELINES.resolve(name + ".expected.json").toFile());
        String lines = Files.readString(PIPELINES.resolve(name + ".sample.jsonl"));
        int deadLetters = 0;
        for (JsonNode count : expected.get("dead_letters_by_reason")) {
            deadLetters += count.intValue();
        }

        // Then
        assertThat(expected.get("records").intValue())
                .isEqualTo((int) lines.chars().filter(c -> c == '\n').count());
        assertThat(expected.get("events").intValue())
                .isEqualTo(expected.get("unique").intValue()
                        + expected.get("duplicates").intValue());
        assertThat(expected.get("dead_letters").intValue()).isEqualTo(deadLetters);
    }

    private static void assertInStep(String name, SampleFeed feed) throws IOException {
        KeptFile.assertInStep(PIPELINES.resolve(name + ".sample.jsonl"), feed.lines());
        KeptFile.assertInStep(PIPELINES.resolve(name + ".expected.json"), feed.expected());
    }
}
