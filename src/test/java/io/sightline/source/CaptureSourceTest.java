package io.sightline.source;

import com.hazelcast.jet.core.Watermark;
import com.hazelcast.jet.core.test.TestSupport;
import io.sightline.event.SourceRecord;
import io.sightline.fixture.CaptureFiles;
import io.sightline.spec.SourceSpec.Start;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.avro.file.CodecFactory;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureSourceTest {
    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");
    private static final int EVENTS = 800;
    private static final int EVENTS_A_FILE = 100;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path hub;

    @Test
    void theEventsOfASpanComeInOrderOfTimeThroughSnapshotsToo() {
        // Given an event a second, in turn in one topic partition and the other
        for (int begin = 0; begin < EVENTS; begin += 2 * EVENTS_A_FILE) {
            for (int partition = 0; partition < 2; partition++) {
                int from = begin + partition;
                CaptureFiles.write(
                        hub,
                        partition,
                        NOON.plusSeconds(begin),
                        CodecFactory.deflateCodec(6),
                        IntStream.range(0, EVENTS_A_FILE)
                                .mapToObj(i -> event(from + 2 * i))
                                .toList());
            }
        }
        String folder = hub.toUri().toString();
        Instant from = NOON.plusSeconds(100);
        Instant to = NOON.plusSeconds(EVENTS - 100);
        OffsetRange range = list(folder).range(new Start.At(from), to);

        // Then
        TestSupport.verifyProcessor(() -> new CaptureSource.CaptureP(() -> list(folder), range))
                .disableLogging()
                .disableProgressAssertion()
                .runUntilOutputMatches(LIMIT.toMillis(), 100)
                .outputChecker((expected, actual) -> areThere(expected, eventsOf(actual)))
                .expectOutput(IntStream.range(100, EVENTS - 100)
                        .mapToObj(CaptureSourceTest::event)
                        .toList());
    }

    /** The events, if each came at a watermark of its time. */
    private static List<Object> eventsOf(List<?> items) {
        List<Object> events = new ArrayList<>();
        long watermark = 0;
        for (Object item : items) {
            if (item instanceof Watermark mark) {
                watermark = mark.timestamp();
            } else if (((SourceRecord) item).timestampMillis() == watermark) {
                events.add(item);
            }
        }
        return events;
    }

    /** Asked after each item, and so not by describing all each time. */
    private static boolean areThere(List<?> expected, List<?> actual) {
        return actual.size() == expected.size() && described(actual).equals(described(expected));
    }

    private static List<String> described(List<?> events) {
        return events.stream()
                .map(event -> (SourceRecord) Objects.requireNonNull(event))
                .map(event -> event.topicPartition() + ":" + event.offset() + " at " + event.timestampMillis() + ": "
                        + new String(event.value(), StandardCharsets.UTF_8))
                .toList();
    }

    private static SourceRecord event(int second) {
        return new SourceRecord(
                second % 2,
                second / 2,
                NOON.plusSeconds(second).toEpochMilli(),
                ("event " + second).getBytes(StandardCharsets.UTF_8));
    }

    private static CaptureFolder list(String folder) {
        return CaptureFolder.list(new org.apache.hadoop.fs.Path(folder), new Configuration());
    }
}
