package io.sightline.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sightline.event.SourceRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordedFileTest {
    /** A record's text is its event time; within 1,000 of source time is plausible. */
    private static final EventTimes NUMBERS = (value, sourceTime) -> {
        try {
            long time = Long.parseLong(text(value));
            return sourceTime == EventTimes.NONE || Math.abs(time - sourceTime) <= 1_000 ? time : EventTimes.NONE;
        } catch (NumberFormatException e) {
            return EventTimes.NONE;
        }
    };

    @TempDir
    Path folder;

    @Test
    void aLineIsARecordAnEmptyOneTooAndACarriageReturnBelongsToIt() throws IOException {
        assertThat(values("a\n\nb\r\n\0\n")).containsExactly("a", "", "b\r", "\0");
    }

    @Test
    void theLastLineMayLackItsEnd() throws IOException {
        assertThat(values("a\nb")).containsExactly("a", "b");
        assertThat(values("")).isEmpty();
        assertThat(values("\n")).containsExactly("");
    }

    @Test
    void bytesThatAreNoTextAreKept() throws IOException {
        // Given
        byte[] broken = {(byte) 0xff, 0, (byte) 0xc3, '\n'};

        // Then
        assertThat(read(broken, 1).get(0).value()).containsExactly(0xff, 0, 0xc3);
    }

    @Test
    void linesOfAnyLengthSurviveTheEdgesOfBuffers() throws IOException {
        // Given
        long seed = 20261122;
        Random random = new Random(seed);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            lines.add("x".repeat(random.nextInt(4) == 0 ? 65_530 + random.nextInt(12) : random.nextInt(300)));
        }

        // Then
        assertThat(values(String.join("\n", lines) + "\n")).as("seed %d", seed).isEqualTo(lines);
    }

    @Test
    void gzipIsToldByItsBytesNotByItsName() throws IOException {
        // Given
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write("a\nb\n".getBytes(StandardCharsets.UTF_8));
        }

        // Then
        assertThat(read(packed.toByteArray(), 1))
                .extracting(record -> text(record.value()))
                .containsExactly("a", "b");
    }

    @Test
    void aCutGzipFileIsAnErrorWithItsName() throws IOException {
        // Given
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write("some text that is long enough".getBytes(StandardCharsets.UTF_8));
        }
        byte[] cut = Arrays.copyOf(packed.toByteArray(), packed.size() - 12);

        // Then
        assertThatThrownBy(() -> read(cut, 1))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("recorded");
    }

    @Test
    void aMissingFileIsAnErrorWithItsName() {
        assertThatThrownBy(() -> RecordedFile.open(folder.resolve("none.gz"), 1, NUMBERS))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("none.gz");
    }

    @Test
    void linesGoRoundTheTopicPartitionsWithRunningOffsets() throws IOException {
        assertThat(read(bytes("1\n2\n3\n4\n5\n"), 2))
                .extracting(record -> record.topicPartition() + ":" + record.offset())
                .containsExactly("0:0", "1:0", "0:1", "1:1", "0:2");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8})
    void sourceTimeIsTheGreatestEventTimeSoFarWithAnyNumberOfTopicPartitions(int topicPartitions) throws IOException {
        assertThat(times("5000\n5010\n5005\nno time\n5020\n", topicPartitions))
                .containsExactly(5000L, 5010L, 5010L, 5010L, 5020L);
    }

    @Test
    void anImplausibleTimeDoesNotMoveSourceTimeNotEvenInTheFirstLine() throws IOException {
        assertThat(times("99999999\n5000\n5010\n99999999\n5020\n", 1))
                .containsExactly(5000L, 5000L, 5010L, 5010L, 5020L);
    }

    @Test
    void recordsBeforeTheFirstTimeBearIt() throws IOException {
        assertThat(times("x\n\n5000\n", 1)).containsExactly(5000L, 5000L, 5000L);
        assertThat(times("x\ny\n", 1)).containsExactly(0L, 0L);
    }

    private List<String> values(String content) throws IOException {
        return read(bytes(content), 1).stream()
                .map(record -> text(record.value()))
                .toList();
    }

    private List<Long> times(String content, int topicPartitions) throws IOException {
        return read(bytes(content), topicPartitions).stream()
                .map(SourceRecord::timestampMillis)
                .toList();
    }

    private List<SourceRecord> read(byte[] content, int topicPartitions) throws IOException {
        Path path = folder.resolve("recorded");
        Files.write(path, content);
        List<SourceRecord> records = new ArrayList<>();
        try (RecordedFile file = RecordedFile.open(path, topicPartitions, NUMBERS)) {
            for (SourceRecord record = file.next(); record != null; record = file.next()) {
                records.add(record);
            }
        }
        return records;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
