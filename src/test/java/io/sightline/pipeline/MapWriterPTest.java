package io.sightline.pipeline;

import static io.sightline.fixture.Eventually.eventually;
import static io.sightline.fixture.SqlRows.rows;
import static io.sightline.pipeline.Detections.NINE_MILLIS;
import static io.sightline.pipeline.Detections.event;
import static io.sightline.pipeline.Detections.only;
import static io.sightline.pipeline.Detections.sum;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.core.Processor;
import com.hazelcast.jet.core.ProcessorSupplier;
import com.hazelcast.jet.core.Watermark;
import com.hazelcast.jet.core.test.TestInbox;
import com.hazelcast.jet.core.test.TestOutbox;
import com.hazelcast.jet.core.test.TestProcessorContext;
import com.hazelcast.jet.core.test.TestSupport;
import com.hazelcast.map.EntryProcessor;
import io.sightline.dedupe.Duplicate;
import io.sightline.event.DeadLetter;
import io.sightline.event.DeadLetter.Reason;
import io.sightline.event.Event;
import io.sightline.event.Origin;
import io.sightline.event.imap.Buckets;
import io.sightline.grid.GridMember;
import io.sightline.grid.GridNames;
import io.sightline.grid.SqlCatalog;
import io.sightline.observe.Counter;
import io.sightline.observe.Latencies;
import io.sightline.spec.PipelineSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The writer through the three kinds of rows it is for, on a real member. */
class MapWriterPTest {
    private static final PipelineSpec SPEC = Detections.spec();
    private static final OffsetDateTime NINE = OffsetDateTime.parse("2026-03-14T09:00Z");
    private static final int ROOM = 1_000;

    private static HazelcastInstance member;

    @BeforeAll
    static void startMember() {
        member = GridMember.startAlone();
        PipelineMaps.prepareUnbounded(member, SPEC);
        Relations.publish(member);
        SqlCatalog.create(member, Relations.of(SPEC));
    }

    @AfterAll
    static void stopMember() {
        member.getLifecycleService().terminate();
    }

    @BeforeEach
    void emptyMaps() {
        List.of(GridNames.hotWindow(SPEC.name()), GridNames.DUPLICATES, GridNames.DEAD_LETTERS)
                .forEach(map -> member.getMap(map).clear());
    }

    @Test
    void eventsBecomeRowsOfTheHotWindowThroughSnapshotsAndRestores() {
        // Given
        List<Object> input = new ArrayList<>();
        for (int offset = 0; offset < 12; offset++) {
            input.add(event(SPEC, offset, "loc-" + offset % 3, NINE_MILLIS + offset));
        }

        // When / Then
        verify(HotRows.writer(SPEC, null), input, outputs -> {
            assertThat(rows(member, "SELECT record_offset FROM detections ORDER BY record_offset"))
                    .extracting(row -> row.get(0))
                    .containsExactlyElementsOf(LongStream.range(0, 12).boxed().toList());
            assertThat(rows(member, "SELECT * FROM detections WHERE record_offset = 0"))
                    .containsExactly(Arrays.asList(
                            "event-0",
                            "cam-loc-0",
                            "loc-0",
                            "person",
                            0.5,
                            null,
                            null,
                            null,
                            null,
                            NINE.minusSeconds(1),
                            null,
                            "North",
                            "Yard",
                            51.5,
                            9.25,
                            "{\"lens\":2}",
                            NINE,
                            0,
                            0L,
                            0));
        });
    }

    @Test
    void writingTheSameAgainChangesNothing() {
        // Given
        Event first = event(SPEC, 1, "loc-1", NINE_MILLIS);
        Event second = event(SPEC, 2, "loc-1", NINE_MILLIS);

        // When / Then
        verify(
                HotRows.writer(SPEC, null),
                List.of(first, second, first, first, second),
                outputs -> assertThat(hotRows()).isEqualTo(2));
    }

    @Test
    void whatIsTooOldForTheHotWindowIsCountedAndNotWritten() {
        // Given: source times of 2026 against a clock of today, once within the window and once not
        long now = System.currentTimeMillis();

        // When / Then
        verify(
                HotRows.writer(SPEC, Duration.ofMinutes(10)),
                List.of(
                        event(SPEC, 1, "loc-1", now - Duration.ofMinutes(11).toMillis()),
                        event(SPEC, 2, "loc-1", now - Duration.ofMinutes(5).toMillis())),
                outputs -> {
                    assertThat(rows(member, "SELECT record_offset FROM detections"))
                            .containsExactly(List.of(2L));
                    assertThat(sum(outputs).total(Counter.HOT_EXPIRED)).isEqualTo(1);
                });
    }

    @Test
    void eventsThatCameLateAreCountedAndWrittenLikeAnyOther() {
        // Given: one second after they happened, and three
        Event inTime = event(SPEC, 1, "loc-1", NINE_MILLIS);
        Event late = new Event(
                0,
                2,
                0,
                NINE_MILLIS + 2_001,
                inTime.eventTimeMicros(),
                inTime.idHigh(),
                inTime.idLow(),
                inTime.values(),
                null,
                inTime.added());

        // When / Then
        verify(HotRows.writer(SPEC, null), List.of(inTime, late), outputs -> {
            assertThat(hotRows()).isEqualTo(2);
            assertThat(sum(outputs).total(Counter.LATE)).isEqualTo(1);
        });
    }

    @Test
    void duplicatesBecomeRowsOfTheLedger() {
        // Given
        Event repeated = event(SPEC, 8, "loc-4", NINE_MILLIS);

        // When / Then
        verify(LedgerRows.writer(SPEC), List.of(new Duplicate(repeated, new Origin(2, 3, 4), 1_500)), outputs -> {
            assertThat(rows(member, "SELECT * FROM duplicates"))
                    .containsExactly(Arrays.asList(
                            "detections",
                            "event-8",
                            "cam-loc-4",
                            NINE.minusSeconds(1),
                            NINE,
                            1_500L,
                            0,
                            8L,
                            0,
                            2,
                            3L,
                            4));
            assertThat(only(Latencies.class, outputs)).isEmpty();
        });
    }

    @Test
    void deadLettersBecomeRowsWithTheirBytesWholeAndReadable() {
        // Given: bytes that are no text, too
        byte[] raw = "{\"item\":\"\u00e4\"".getBytes(StandardCharsets.UTF_8);
        byte[] broken = {(byte) 0xff, 'a', 0};
        DeadLetter truncated = new DeadLetter(
                new Origin(3, 14, 2),
                NINE_MILLIS,
                Reason.TRUNCATED,
                "item",
                "the record ends in the middle",
                new byte[] {7},
                raw);
        DeadLetter noText =
                new DeadLetter(new Origin(3, 15, 0), NINE_MILLIS, Reason.NOT_JSON, null, "not JSON", null, broken);

        // When / Then
        verify(
                DeadLetterRows.writer(SPEC),
                List.of(truncated, noText),
                outputs -> assertThat(rows(member, "SELECT * FROM dead_letters ORDER BY record_offset"))
                        .containsExactly(
                                Arrays.asList(
                                        "detections",
                                        "truncated",
                                        "item",
                                        "the record ends in the middle",
                                        NINE,
                                        3,
                                        14L,
                                        2,
                                        "{\"item\":\"\u00e4\"",
                                        "Bw==",
                                        Base64.getEncoder().encodeToString(raw)),
                                Arrays.asList(
                                        "detections",
                                        "not_json",
                                        null,
                                        "not JSON",
                                        NINE,
                                        3,
                                        15L,
                                        0,
                                        "\ufffda\u0000",
                                        null,
                                        Base64.getEncoder().encodeToString(broken))));
    }

    @Test
    void watermarksAreForwardedInOrderAndEveryLatencyIsReported() {
        // Given
        List<Object> input = List.of(
                new Watermark(1),
                event(SPEC, 1, "loc-1", NINE_MILLIS),
                new Watermark(2),
                event(SPEC, 2, "loc-1", NINE_MILLIS),
                event(SPEC, 3, "loc-1", NINE_MILLIS),
                new Watermark(3),
                new Watermark(4));

        // When / Then
        verify(HotRows.writer(SPEC, null), input, outputs -> {
            assertThat(only(Watermark.class, outputs))
                    .extracting(Watermark::timestamp)
                    .containsExactly(1L, 2L, 3L, 4L);
            assertThat(only(Latencies.class, outputs).stream()
                            .mapToLong(Latencies::total)
                            .sum())
                    .isEqualTo(3);
        });
    }

    @Test
    void neitherBarrierNorWatermarkNorTheEndOvertakesARowThatIsNotAcknowledged() throws Exception {
        // Given: a row on its way to a grid partition that is busy
        Event event = event(SPEC, 1, "loc-1", NINE_MILLIS);
        TestOutbox outbox = new TestOutbox(new int[] {ROOM}, ROOM);
        Processor processor = HotRows.writer(SPEC, null).get(1).iterator().next();
        processor.init(outbox, new TestProcessorContext().setHazelcastInstance(member));
        Buckets buckets = Buckets.of(member);
        CompletableFuture<Void> busy = occupy(buckets.key(buckets.bucketOf(event.idHigh())));

        // When
        TestInbox inbox = new TestInbox();
        inbox.add(event);
        processor.process(0, inbox);
        boolean watermarkTaken = processor.tryProcessWatermark(new Watermark(7));
        processor.tryProcess();
        boolean barrierPassed = processor.saveToSnapshot();
        boolean ended = processor.complete();
        List<Object> before = new ArrayList<>();
        outbox.drainQueueAndReset(0, before, false);
        Busy.done.countDown();
        busy.join();
        eventually("the barrier passes", processor::saveToSnapshot);

        // Then
        assertThat(inbox).isEmpty();
        assertThat(watermarkTaken).isTrue();
        assertThat(barrierPassed).isFalse();
        assertThat(ended).isFalse();
        assertThat(only(Watermark.class, before)).isEmpty();
        assertThat(hotRows()).isEqualTo(1);
        List<Object> after = new ArrayList<>();
        outbox.drainQueueAndReset(0, after, false);
        assertThat(only(Watermark.class, after)).containsExactly(new Watermark(7));
        assertThat(processor.complete()).isTrue();
    }

    @Test
    void moreRowsThanFitInFlightAreTakenBitByBitAndAllArrive() throws Exception {
        // Given
        int events = 10_000;
        TestOutbox outbox = new TestOutbox(new int[] {ROOM}, ROOM);
        Processor processor = HotRows.writer(SPEC, null).get(1).iterator().next();
        processor.init(outbox, new TestProcessorContext().setHazelcastInstance(member));
        TestInbox inbox = new TestInbox();
        for (int offset = 0; offset < events; offset++) {
            inbox.add(event(SPEC, offset, "loc-1", NINE_MILLIS));
        }

        // When
        eventually("all are taken", () -> {
            processor.process(0, inbox);
            return inbox.isEmpty();
        });
        eventually("the barrier passes", processor::saveToSnapshot);

        // Then
        assertThat(hotRows()).isEqualTo(events);
    }

    /** Keeps the thread of this key's grid partition busy until {@link Busy#done}. Returns once it is. */
    private static CompletableFuture<Void> occupy(Integer key) throws InterruptedException {
        Busy.begun = new CountDownLatch(1);
        Busy.done = new CountDownLatch(1);
        CompletableFuture<Void> busy = member.<Integer, String>getMap("busy")
                .submitToKey(key, new Busy())
                .toCompletableFuture()
                .thenAccept(nothing -> {});
        Busy.begun.await();
        return busy;
    }

    /** Waits on the thread of a grid partition. */
    private static final class Busy implements EntryProcessor<Integer, String, String> {
        private static final long serialVersionUID = 1;

        private static CountDownLatch begun = new CountDownLatch(1);
        private static CountDownLatch done = new CountDownLatch(1);

        @Override
        public @Nullable String process(Map.Entry<Integer, String> entry) {
            begun.countDown();
            try {
                done.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return null;
        }

        @Override
        public @Nullable EntryProcessor<Integer, String, String> getBackupProcessor() {
            return null;
        }
    }

    private static int hotRows() {
        return member.getMap(GridNames.hotWindow(SPEC.name())).size();
    }

    private interface Claim {
        void holds(List<Object> reports);
    }

    /** Runs the processor in every mode, each on empty maps. Rows are written at their own time: waiting is progress. */
    private void verify(ProcessorSupplier processor, List<?> input, Claim claim) {
        TestSupport.verifyProcessor(processor)
                .hazelcastInstance(member)
                .executeBeforeEachRun(this::emptyMaps)
                .disableLogging()
                .disableProgressAssertion()
                .input(input)
                .assertOutput(1, (mode, outputs) -> claim.holds(Objects.requireNonNull(outputs.get(0))));
    }
}
