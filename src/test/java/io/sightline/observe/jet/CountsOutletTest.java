package io.sightline.observe.jet;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.jet.core.test.TestOutbox;
import io.sightline.observe.Counter;
import io.sightline.observe.Counts;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CountsOutletTest {
    private static final long LONG_AFTER_NANOS = 10_000_000_000L;

    @Test
    void aFlushThatFoundTheEdgeFullGoesOnBeforeTheNextInterval() {
        // Given
        TestOutbox outbox = new TestOutbox(1);
        CountsOutlet outlet = new CountsOutlet(0);
        assertThat(outbox.offer(0, "in the way")).isTrue();
        outlet.counts().add(Counter.RECORDS, 1);
        assertThat(outlet.flushNowAndThen(outbox, LONG_AFTER_NANOS)).isFalse();

        // When: the edge has room again, a moment later
        outbox.drainQueueAndReset(0, new ArrayList<>(), false);
        boolean done = outlet.flushNowAndThen(outbox, LONG_AFTER_NANOS + 1);

        // Then
        List<Counts> sent = new ArrayList<>();
        outbox.drainQueueAndReset(0, sent, false);
        assertThat(done).isTrue();
        assertThat(sent)
                .singleElement()
                .satisfies(counts -> assertThat(counts.total(Counter.RECORDS)).isEqualTo(1));
    }
}
