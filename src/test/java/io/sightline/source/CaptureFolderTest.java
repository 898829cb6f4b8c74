package io.sightline.source;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sightline.event.SourceRecord;
import io.sightline.fixture.CaptureFiles;
import io.sightline.spec.SourceSpec.Start;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.avro.file.CodecFactory;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureFolderTest {
    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");
    private static final long SECONDS_A_FILE = 60;
    private static final Configuration CONFIGURATION = new Configuration();
    private static final Start EARLIEST = new Start.Earliest();

    @TempDir
    private Path directory;

    private Path hub;

    @BeforeEach
    void nameTheHub() {
        hub = directory.resolve("namespace/hub");
    }

    @Test
    void aFolderIsReadFromItsFirstEventToItsLast() {
        // Given
        file(0, 0, 5, 6, 7);
        file(0, 1);
        file(0, 2, 8, 9);
        file(3, 1, 40);

        // When
        OffsetRange range = list().range(EARLIEST, null);

        // Then
        assertThat(range.from()).isEqualTo(Map.of(0, 5L, 3, 40L));
        assertThat(range.to()).isEqualTo(Map.of(0, 10L, 3, 41L));
        assertThat(range.size()).isEqualTo(6);
        assertThat(events(0, 5)).containsExactly(5L, 6L, 7L, 8L, 9L);
    }

    @Test
    void everyMomentIsFoundWhereverFilesAreEmpty() {
        // Given one event a second, in files of a minute of which any may have none
        for (int empty = 0; empty < 1 << 4; empty++) {
            Path of = directory.resolve("hub-" + empty);
            List<SourceRecord> all = new ArrayList<>();
            for (int minute = 0; minute < 4; minute++) {
                List<SourceRecord> records = new ArrayList<>();
                for (int second = 0; second < 3 && (empty >> minute & 1) == 0; second++) {
                    records.add(event(1, 10L * minute + second, minute * SECONDS_A_FILE + second * 20L));
                }
                CaptureFiles.write(of, 1, at(minute * SECONDS_A_FILE), CodecFactory.nullCodec(), records);
                all.addAll(records);
            }
            CaptureFolder folder = list(of);

            for (int second = -10; second < 5 * SECONDS_A_FILE; second += 35) {
                // When
                Instant moment = at(second);
                long found = folder.range(new Start.At(moment), null).from(1);

                // Then
                long expected = all.stream()
                        .filter(event -> event.timestampMillis() >= moment.toEpochMilli())
                        .mapToLong(SourceRecord::offset)
                        .findFirst()
                        .orElse(all.isEmpty() ? 0 : all.get(all.size() - 1).offset() + 1);
                assertThat(found).as("empty %s, second %s", empty, second).isEqualTo(expected);
                assertThat(folder.range(EARLIEST, moment).to(1))
                        .as("empty %s, second %s", empty, second)
                        .isEqualTo(behindLastBefore(moment, all));
            }
        }
    }

    /** Not the sequence number of the first event after it: none of the files may have those in between. */
    private static long behindLastBefore(Instant moment, List<SourceRecord> all) {
        return all.stream()
                .filter(event -> event.timestampMillis() < moment.toEpochMilli())
                .mapToLong(event -> event.offset() + 1)
                .max()
                .orElse(all.isEmpty() ? 0 : all.get(0).offset());
    }

    @Test
    void readingBeginsAtAnySequenceNumberAndLeavesOutWhatIsRepeated() {
        // Given
        file(0, 0, 5, 6, 7);
        file(0, 1, 6, 7, 8);
        file(0, 2, 9);

        // Then
        assertThat(events(0, 5)).containsExactly(5L, 6L, 7L, 8L, 9L);
        assertThat(events(0, 9)).containsExactly(9L);
        assertThat(events(0, 7)).startsWith(6L).endsWith(9L);
        assertThat(events(1, 0)).isEmpty();
    }

    @Test
    void whatIsInABodyComesBackWithTimeAndOffset() {
        // Given
        file(2, 0, 5);

        // When
        SourceRecord event = requireNonNull(list().from(2, 0).next());

        // Then
        assertThat(event.topicPartition()).isEqualTo(2);
        assertThat(event.timestampMillis()).isEqualTo(NOON.toEpochMilli());
        assertThat(new String(event.value(), StandardCharsets.UTF_8)).isEqualTo("event 5");
    }

    @Test
    void aFileCutOffAnywhereIsNamedUnlessItEndsWithABlock() throws IOException {
        // Given
        Path file = file(0, 0, 5, 6, 7);
        byte[] whole = Files.readAllBytes(file);
        long headerOnly = Files.size(file(1, 0));

        for (int length = 0; length < whole.length; length++) {
            // When
            Files.write(file, Arrays.copyOf(whole, length));

            // Then
            if (length != headerOnly) {
                assertThatThrownBy(() -> list().range(EARLIEST, null))
                        .as("cut to %s bytes", length)
                        .isInstanceOf(SourceException.class)
                        .hasMessageStartingWith("Capture file ")
                        .hasMessageContaining(file + " cannot be read: ");
            }
        }
    }

    @Test
    void aFolderWithoutCaptureFilesIsRefused() throws IOException {
        Files.createDirectories(hub);
        Files.writeString(hub.resolve("events.avro"), "");

        assertThatThrownBy(this::list)
                .hasMessageStartingWith("there are no Capture files in file:" + hub)
                .hasMessageEndingWith("; expected PARTITION/YEAR/MONTH/DAY/HOUR/MINUTE/SECOND.avro, at any depth");
    }

    @Test
    void theFilesOfTwoEventHubsAreNotMixed() {
        file(0, 0, 5);
        hub = directory.resolve("namespace/other");
        file(0, 0, 5);

        assertThatThrownBy(() -> list(directory))
                .hasMessageContaining("several event hubs; name one of them: ")
                .hasMessageContaining("namespace/hub, ")
                .hasMessageEndingWith("namespace/other");
    }

    @Test
    void aFolderThatIsNotThereIsNamed() {
        assertThatThrownBy(this::list).hasMessageContaining(hub + " cannot be listed: ");
    }

    private CaptureFolder list() {
        return list(hub);
    }

    private static CaptureFolder list(Path folder) {
        return CaptureFolder.list(new org.apache.hadoop.fs.Path(folder.toUri()), CONFIGURATION);
    }

    private List<Long> events(int partition, long from) {
        List<Long> found = new ArrayList<>();
        try (CaptureFolder.Events events = list().from(partition, from)) {
            for (SourceRecord event; (event = events.next()) != null; ) {
                found.add(event.offset());
            }
        }
        return found;
    }

    private Path file(int partition, int minute, long... sequenceNumbers) {
        List<SourceRecord> records = LongStream.of(sequenceNumbers)
                .mapToObj(number -> event(partition, number, minute * SECONDS_A_FILE))
                .toList();
        return CaptureFiles.write(hub, partition, at(minute * SECONDS_A_FILE), CodecFactory.deflateCodec(6), records);
    }

    private static SourceRecord event(int partition, long sequenceNumber, long second) {
        byte[] body = ("event " + sequenceNumber).getBytes(StandardCharsets.UTF_8);
        return new SourceRecord(partition, sequenceNumber, at(second).toEpochMilli(), body);
    }

    private static Instant at(long second) {
        return NOON.plusSeconds(second);
    }
}
