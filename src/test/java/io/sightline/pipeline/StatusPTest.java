package io.sightline.pipeline;

import static io.sightline.fixture.Eventually.eventually;
import static io.sightline.fixture.SqlRows.rows;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.core.Processor;
import com.hazelcast.jet.core.ProcessorSupplier;
import com.hazelcast.jet.core.Watermark;
import com.hazelcast.jet.core.test.TestInbox;
import com.hazelcast.jet.core.test.TestOutbox;
import com.hazelcast.jet.core.test.TestProcessorContext;
import com.hazelcast.jet.core.test.TestSupport;
import io.sightline.grid.GridMember;
import io.sightline.grid.GridNames;
import io.sightline.observe.AtBarrier;
import io.sightline.observe.Counter;
import io.sightline.observe.Counts;
import io.sightline.observe.Latencies;
import io.sightline.observe.Progress;
import io.sightline.source.EndOffsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatusPTest {
    private static final String PIPELINE = "detections";
    private static HazelcastInstance member;

    @BeforeAll
    static void startMember() {
        member = GridMember.startAlone();
        Relations.publish(member);
    }

    @AfterAll
    static void stopMember() {
        member.getLifecycleService().terminate();
    }

    @BeforeEach
    void emptyMaps() {
        List.of(GridNames.STATUS, GridNames.TOPIC_PARTITIONS, GridNames.COUNTS)
                .forEach(map -> member.getMap(map).clear());
    }

    @Test
    void totalsAndProgressAreExactThroughSnapshotsAndRestoresBetweenAllItems() {
        TestSupport.verifyProcessor(StatusP.supplier(
                        PIPELINE,
                        () -> new KnownEnds(Map.of(0, 100L, 1, 50L, 2, 7L)),
                        AtBarrier.NOTHING,
                        false,
                        figures()))
                .hazelcastInstance(member)
                .executeBeforeEachRun(this::emptyMaps)
                .disableLogging()
                .disableProgressAssertion()
                .input(List.of(
                        counts(Counter.RECORDS, "", 5),
                        new Progress(0, 40, 1_000),
                        counts(Counter.DEAD_LETTERS, "empty", 2),
                        new Progress(1, 50, 2_000),
                        counts(Counter.DEAD_LETTERS, "not_json", 1),
                        counts(Counter.RECORDS, "", 7),
                        new Progress(0, 90, 3_000),
                        counts(Counter.DEAD_LETTERS, "empty", 3)))
                .assertOutput(1, (mode, outputs) -> {
                    assertThat(rows(member, "SELECT records, dead_letters, originals, lag_events FROM pipeline_status"))
                            .as("status, %s", mode)
                            .containsExactly(List.of(12L, 6L, 0L, 10L + 0 + 7));
                    assertThat(rows(member, "SELECT counter, label, total FROM pipeline_counts"))
                            .as("counts, %s", mode)
                            .containsExactlyInAnyOrder(
                                    List.of("records", "", 12L),
                                    List.of("dead_letters", "empty", 5L),
                                    List.of("dead_letters", "not_json", 1L));
                    assertThat(
                                    rows(
                                            member,
                                            "SELECT topic_partition, next_offset, end_offset, lag_events FROM topic_partitions"))
                            .as("topic partitions, %s", mode)
                            .containsExactlyInAnyOrder(List.of(0, 90L, 100L, 10L), List.of(1, 50L, 50L, 0L));
                });
    }

    @Test
    void watermarkAndLatenciesArePublishedWhileTheJobRuns() throws Exception {
        // Given
        Latencies latencies = new Latencies();
        for (int i = 1; i <= 100; i++) {
            latencies.record(i <= 50 ? 3 : 7);
        }
        Processor processor = start(0, 1, new TestOutbox(new int[0], 8), null);
        TestInbox inbox = new TestInbox();
        inbox.add(latencies);
        processor.process(0, inbox);
        assertThat(processor.tryProcessWatermark(new Watermark(Detections.NINE_MILLIS)))
                .isTrue();

        // When
        processor.tryProcess();

        // Then
        eventually("a row is published", () -> member.getMap(GridNames.STATUS).containsKey(PIPELINE));
        assertThat(rows(
                        member,
                        "SELECT complete_up_to, latency_p50_ms, latency_p99_ms, lag_events FROM pipeline_status"))
                .containsExactly(Arrays.asList(OffsetDateTime.parse("2026-03-14T09:00Z"), 3L, 7L, null));
        processor.close();
    }

    @Test
    void onlyTheProcessorThatOwnsTheKeyPublishesSavesAndAsksTheBroker() throws Exception {
        // Given
        int processors = 3;
        List<Integer> published = new ArrayList<>();
        List<Integer> saved = new ArrayList<>();
        KnownEnds ends = new KnownEnds(Map.of());

        // When
        for (int index = 0; index < processors; index++) {
            emptyMaps();
            TestOutbox outbox = new TestOutbox(new int[0], 8);
            Processor processor = start(index, processors, outbox, ends);
            eventually("all is written", processor::complete);
            if (!member.getMap(GridNames.STATUS).isEmpty()) {
                published.add(index);
            }
            assertThat(processor.saveToSnapshot()).isTrue();
            if (!outbox.snapshotQueue().isEmpty()) {
                saved.add(index);
            }
            processor.close();
        }

        // Then
        assertThat(published).hasSize(1).isEqualTo(saved);
        assertThat(ends.opened).isEqualTo(1);
        assertThat(ends.closed).isEqualTo(1);
    }

    @Test
    void theCommitterIsToldAtEachBarrierWhatTheJobSnapshotHolds() throws Exception {
        // Given a cold start after 100 records
        ProcessorSupplier supplier = StatusP.supplier(
                PIPELINE,
                null,
                new AtBarrier(List.of(new Progress(2, 9, Progress.NONE_READ)), counts(Counter.RECORDS, "", 100)),
                true,
                figures());
        TestOutbox outbox = new TestOutbox(new int[] {8}, 8);
        Processor processor = supplier.get(1).iterator().next();
        processor.init(outbox, new TestProcessorContext().setHazelcastInstance(member));
        TestInbox inbox = new TestInbox();
        inbox.addAll(List.of(counts(Counter.RECORDS, "", 5), new Progress(0, 40, 1_000), new Progress(1, 7, 900)));
        processor.process(0, inbox);

        // When
        boolean passed = processor.saveToSnapshot();
        inbox.addAll(List.of(counts(Counter.RECORDS, "", 1), new Progress(0, 41, 1_001)));
        processor.process(0, inbox);

        // Then
        assertThat(passed).isTrue();
        List<Object> told = new ArrayList<>();
        outbox.drainQueueAndReset(0, told, false);
        assertThat(told).singleElement().isInstanceOfSatisfying(AtBarrier.class, barrier -> {
            assertThat(barrier.progress())
                    .containsExactly(
                            new Progress(0, 40, 1_000),
                            new Progress(1, 7, 900),
                            new Progress(2, 9, Progress.NONE_READ));
            assertThat(barrier.totals().byName()).containsExactly(Map.entry("records", 105L));
        });
        processor.close();
    }

    private static StatusP.JetFigures figures() {
        return (name, value) -> {};
    }

    private static Counts counts(Counter counter, String label, long n) {
        Counts counts = new Counts();
        counts.add(counter, label, n);
        return counts;
    }

    /** One of so many processors of the member; {@code ends} counts how often it is opened. */
    private static Processor start(int index, int processors, TestOutbox outbox, @Nullable KnownEnds ends)
            throws Exception {
        ProcessorSupplier supplier =
                StatusP.supplier(PIPELINE, ends == null ? null : ends::open, AtBarrier.NOTHING, false, figures());
        Processor processor = supplier.get(1).iterator().next();
        processor.init(
                outbox,
                new TestProcessorContext()
                        .setHazelcastInstance(member)
                        .setLocalParallelism(processors)
                        .setLocalProcessorIndex(index));
        return processor;
    }

    /** A broker whose ends are known, and how often somebody looked. */
    private static final class KnownEnds implements EndOffsets {
        private final Map<Integer, Long> nextOffsets;
        private int opened;
        private int closed;

        KnownEnds(Map<Integer, Long> nextOffsets) {
            this.nextOffsets = nextOffsets;
        }

        EndOffsets open() {
            opened++;
            return this;
        }

        @Override
        public Reading latest() {
            return new Reading(nextOffsets, Map.of(), null, Detections.NINE_MILLIS, 0, null);
        }

        @Override
        public void close() {
            closed++;
        }
    }
}
