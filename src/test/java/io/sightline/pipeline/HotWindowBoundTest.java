package io.sightline.pipeline;

import static io.sightline.fixture.Eventually.eventually;
import static io.sightline.fixture.SqlRows.rows;
import static io.sightline.pipeline.Detections.event;
import static io.sightline.pipeline.Detections.sum;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.core.Processor;
import com.hazelcast.jet.core.test.TestInbox;
import com.hazelcast.jet.core.test.TestOutbox;
import com.hazelcast.jet.core.test.TestProcessorContext;
import io.sightline.grid.GridMember;
import io.sightline.grid.GridNames;
import io.sightline.grid.SqlCatalog;
import io.sightline.observe.Counter;
import io.sightline.observe.Counts;
import io.sightline.spec.PipelineSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What happens when more rows arrive than the hot window may hold. */
class HotWindowBoundTest {
    private static final long BOUND = 2_000;
    private static final int EVENTS = 20_000;
    private static final int ROOM = 1_000;

    private static HazelcastInstance member;

    @BeforeAll
    static void startMember() {
        member = GridMember.startAlone();
    }

    @AfterAll
    static void stopMember() {
        member.getLifecycleService().terminate();
    }

    @Test
    void olderRowsLeaveAndEveryOneOfThemIsCounted() throws Exception {
        // Given
        PipelineSpec spec = Detections.spec();
        member.getConfig().addMapConfig(PipelineMaps.hotWindow(spec, BOUND));
        SqlCatalog.create(member, Relations.of(spec));
        TestOutbox outbox = new TestOutbox(new int[] {ROOM}, ROOM);
        Processor processor = HotRows.writer(spec, null).get(1).iterator().next();
        processor.init(outbox, new TestProcessorContext().setHazelcastInstance(member));
        List<Object> reports = new ArrayList<>();
        long now = System.currentTimeMillis();

        // When
        TestInbox inbox = new TestInbox();
        for (int offset = 0; offset < EVENTS; offset++) {
            inbox.add(event(spec, offset, "loc-" + offset % 7, now));
        }
        eventually("all are taken", () -> {
            processor.process(0, inbox);
            outbox.drainQueueAndReset(0, reports, false);
            return inbox.isEmpty();
        });
        eventually("the barrier passes", processor::saveToSnapshot);
        outbox.drainQueueAndReset(0, reports, false);

        // Then
        Counts counts = sum(reports);
        long present = member.getMap(GridNames.hotWindow(spec.name())).size();
        assertThat(present).as("rows present").isBetween(1L, 2 * BOUND);
        assertThat(counts.total(Counter.HOT_EVICTED)).as("rows evicted").isEqualTo(EVENTS - present);
        assertThat(counts.total(Counter.HOT_EXPIRED)).isZero();
        assertThat(longs("SELECT COUNT(*) FROM detections"))
                .as("rows that SQL sees")
                .containsExactly(present);
        assertThat(longs("SELECT COUNT(DISTINCT record_offset) FROM detections"))
                .as("distinct rows")
                .containsExactly(present);
        // Eviction looks at a sample of rows, and tells their ages by the second: the very newest may be in it.
        assertThat(longs("SELECT MAX(record_offset) FROM detections"))
                .as("the newest row")
                .singleElement()
                .satisfies(newest -> assertThat(newest).isGreaterThan(EVENTS - 100L));
        assertThat(longs("SELECT COUNT(*) FROM detections WHERE record_offset >= " + EVENTS / 2))
                .as("newer rows, of all that are present")
                .singleElement()
                .satisfies(newer -> assertThat(newer).isGreaterThan(present * 3 / 4));
    }

    private static List<Long> longs(String sql) {
        return rows(member, sql).stream()
                .map(row -> (Long) Objects.requireNonNull(row.get(0)))
                .toList();
    }
}
