package io.sightline.source;

import com.hazelcast.jet.core.test.TestSupport;
import io.sightline.event.SourceRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordedSourceTest {

    @TempDir
    Path folder;

    @Test
    void emitsTheFileInOrderAndCompletes() throws IOException {
        // Given
        Path file = folder.resolve("feed.jsonl");
        Files.writeString(file, "a\nb\nc\n");

        // Then
        TestSupport.verifyProcessor(() ->
                        new RecordedSource.RecordedFileP(file.toString(), 2, (value, sourceTime) -> EventTimes.NONE))
                .disableSnapshots()
                .outputChecker((expected, actual) -> print(expected).equals(print(actual)))
                .expectOutput(List.of(
                        new SourceRecord(0, 0, 0, bytes("a")),
                        new SourceRecord(1, 0, 0, bytes("b")),
                        new SourceRecord(0, 1, 0, bytes("c"))));
    }

    private static List<String> print(List<?> items) {
        return items.stream()
                .map(item -> (SourceRecord) item)
                .map(record -> record.topicPartition() + ":" + record.offset() + "@" + record.timestampMillis()
                        + Arrays.toString(record.value()))
                .toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
