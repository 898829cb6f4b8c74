package io.sightline.enrich.imap;

import static io.sightline.enrich.imap.Grid.cameras;
import static io.sightline.enrich.imap.Grid.content;
import static io.sightline.enrich.imap.Grid.event;
import static io.sightline.enrich.imap.Grid.places;
import static io.sightline.enrich.imap.Grid.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.function.SupplierEx;
import com.hazelcast.jet.RestartableException;
import com.hazelcast.jet.core.Processor;
import com.hazelcast.jet.core.test.TestInbox;
import com.hazelcast.jet.core.test.TestOutbox;
import com.hazelcast.jet.core.test.TestProcessorContext;
import com.hazelcast.jet.core.test.TestSupport;
import io.sightline.enrich.ReferenceLayout;
import io.sightline.event.Event;
import io.sightline.observe.Counter;
import io.sightline.observe.Counts;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EnrichPTest {
    private static final Path NOWHERE = Path.of("nowhere.csv");
    private static HazelcastInstance member;
    private static References references;

    @BeforeAll
    static void startMember() {
        member = Grid.member("enrich-processor");
        references = new References(member, Clock.systemUTC());
    }

    @AfterAll
    static void stopMember() {
        member.shutdown();
    }

    @Test
    void everyEventGoesToEveryEdgeWithItsColumnsAndWhatHasNoRowIsCounted() {
        // Given
        ReferenceSource source = places("one", NOWHERE);
        references.publish(source, content(row("a", "North", 1.5), row("", null, null)));
        List<Event> events = List.of(event(0, "a"), event(1, "none"), event(2, ""), event(3, new Object[] {null}));
        List<String> joined = List.of("0[North, 1.5]", "1[null, null]", "2[null, null]", "3[null, null]");

        // When / Then
        TestSupport.verifyProcessor(processor(source))
                .hazelcastInstance(member)
                .disableLogging()
                .input(events)
                .outputChecker(sameAs(joined, Map.of("places", 2L)))
                .expectOutputs(List.of(joined, joined, List.of()));
    }

    @Test
    void severalReferencesAddTheirColumnsOneAfterTheOther() {
        // Given
        ReferenceSource first = places("two", NOWHERE);
        ReferenceSource second = cameras("two");
        references.publish(first, content(row("a", "North", 1.5)));
        references.publish(second, content(row(7, "X100")));
        List<Event> events = List.of(event(0, "a", 7), event(1, "a", 8), event(2, "b", 7), event(3, null, null));
        List<String> joined =
                List.of("0[North, 1.5, X100]", "1[North, 1.5, null]", "2[null, null, X100]", "3[null, null, null]");

        // When / Then
        TestSupport.verifyProcessor(processor(first, second))
                .hazelcastInstance(member)
                .disableLogging()
                .input(events)
                .outputChecker(sameAs(joined, Map.of("cameras", 2L, "places", 2L)))
                .expectOutputs(List.of(joined, List.of()));
    }

    @Test
    void withoutReferencesEventsPassUnchanged() {
        // Given
        List<Event> events = List.of(event(0, "a"), event(1, "b"));
        List<String> joined = List.of("0[]", "1[]");

        // When / Then
        TestSupport.verifyProcessor(processor())
                .hazelcastInstance(member)
                .disableLogging()
                .input(events)
                .outputChecker(sameAs(joined, Map.of()))
                .expectOutputs(List.of(joined, List.of()));
    }

    @Test
    void theEventsOfOneInboxSeeOneVersionAndTheNextInboxTheNewOne() throws Exception {
        // Given
        ReferenceSource source = places("swap", NOWHERE);
        references.publish(source, content(row("a", "old", 1.0)));
        Processor processor = processor(source).get();
        TestOutbox outbox = new TestOutbox(new int[] {1, 8});
        processor.init(outbox, context());
        TestInbox inbox = new TestInbox(List.of(event(0, "a"), event(1, "a")));

        // When
        processor.process(0, inbox);
        List<Object> first = drain(outbox);
        references.publish(source, content(row("a", "new", 1.0)));
        processor.process(0, inbox);
        List<Object> rest = drain(outbox);
        processor.process(0, new TestInbox(List.of(event(2, "a"))));
        List<Object> next = drain(outbox);

        // Then
        assertThat(first).hasToString("[0[old, 1.0]]");
        assertThat(rest).as("joined when the outbox was full").hasToString("[1[old, 1.0]]");
        assertThat(next).hasToString("[2[new, 1.0]]");
    }

    @Test
    void oneReferenceGivesItsRowWithoutACopy() throws Exception {
        // Given
        ReferenceSource source = places("shared", NOWHERE);
        references.publish(source, content(row("a", "North", 1.5)));
        Processor processor = processor(source).get();
        TestOutbox outbox = new TestOutbox(new int[] {8, 8});
        processor.init(outbox, context());

        // When
        processor.process(0, new TestInbox(List.of(event(0, "a"), event(1, "a"))));

        // Then
        List<Event> joined = new ArrayList<>();
        outbox.drainQueueAndReset(0, joined, false);
        assertThat(joined.get(0).added()).isSameAs(joined.get(1).added());
    }

    @Test
    void withoutTheVersionItMustSeeAProcessorDoesNotStart() {
        // Given
        ReferenceSource source = places("late", NOWHERE);
        long present =
                references.publish(source, content(row("a", "North", 1.5))).number();
        EnrichP processor =
                new EnrichP(List.of(source), Map.of(source.key(), present + 1), Duration.ZERO, System::nanoTime);

        // When / Then
        assertThatThrownBy(() -> processor.init(new TestOutbox(new int[] {8, 8}), context()))
                .isInstanceOf(RestartableException.class)
                .hasMessageContaining("version " + (present + 1) + " of reference places did not reach this member");
    }

    @Test
    void aTableOfAnotherLayoutIsNotJoinedWith() {
        // Given: the pipeline used to add other columns
        ReferenceSource now = places("changed", NOWHERE);
        ReferenceSource before = new ReferenceSource(
                "changed",
                new ReferenceLayout("places", Grid.PLACES.key(), List.of()),
                0,
                now.from(),
                now.refresh(),
                "changed_before");
        references.publish(before, content(row("a")));
        EnrichP processor = new EnrichP(List.of(now), Map.of(), Duration.ZERO, System::nanoTime);

        // When / Then
        assertThat(references.current(now)).isEmpty();
        assertThatThrownBy(() -> processor.init(new TestOutbox(new int[] {8, 8}), context()))
                .isInstanceOf(RestartableException.class);
    }

    private static SupplierEx<Processor> processor(ReferenceSource... sources) {
        List<ReferenceSource> list = List.of(sources);
        return () -> new EnrichP(list, Map.of(), Duration.ofSeconds(10), System::nanoTime);
    }

    private static TestProcessorContext context() {
        return new TestProcessorContext().setHazelcastInstance(member);
    }

    /** Compares events by what they show, and counts by their sum: how often they are sent is not fixed. */
    private static BiPredicate<List<?>, List<?>> sameAs(List<String> joined, Map<String, Long> unmatched) {
        return (expected, actual) -> {
            if (expected.equals(joined)) {
                return shown(actual).equals(joined);
            }
            Counts sum = new Counts();
            actual.forEach(item -> sum.addAll((Counts) item));
            return sum.byLabel(Counter.UNMATCHED).equals(unmatched);
        };
    }

    private static List<Object> drain(TestOutbox outbox) {
        List<Object> events = new ArrayList<>();
        outbox.drainQueueAndReset(0, events, false);
        return List.copyOf(shown(events));
    }

    private static List<String> shown(List<?> events) {
        return events.stream()
                .map(item -> (Event) item)
                .map(event -> event.offset() + Arrays.toString(event.added()))
                .toList();
    }
}
