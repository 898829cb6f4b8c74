package io.sightline.pipeline;

import static io.sightline.pipeline.Detections.NINE_MILLIS;
import static io.sightline.pipeline.Detections.json;
import static io.sightline.pipeline.Detections.only;
import static io.sightline.pipeline.Detections.record;
import static io.sightline.pipeline.Detections.sum;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.jet.core.test.TestSupport;
import io.sightline.event.DeadLetter;
import io.sightline.event.Event;
import io.sightline.event.Origin;
import io.sightline.event.Redriven;
import io.sightline.event.SourceRecord;
import io.sightline.observe.Counter;
import io.sightline.observe.Counts;
import io.sightline.observe.Progress;
import io.sightline.spec.PipelineSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Each claim holds with the job snapshot saved and restored between all items, and with edges that are full. */
class DecodePTest {
    private static final int EDGES = 5;
    private static final PipelineSpec SPEC = Detections.spec();

    @Test
    void everyElementOfEveryRecordBecomesAnEventWithItsOriginInOrder() {
        verify(
                List.of(
                        record(0, 5, NINE_MILLIS, json("a")),
                        record(3, 0, NINE_MILLIS, "[" + json("b") + "," + json("c") + "]"),
                        record(0, 6, NINE_MILLIS, json("d"))),
                outputs -> {
                    assertThat(ids(outputs)).containsExactly("a", "b", "c", "d");
                    assertThat(only(Event.class, outputs.get(DecodeP.EVENTS)))
                            .extracting(event -> event.origin().toString())
                            .containsExactly("0:5:0", "3:0:0", "3:0:1", "0:6:0");
                    assertThat(outputs.get(DecodeP.DEAD_LETTERS)).isEmpty();
                });
    }

    @Test
    void whatIsRefusedKeepsItsBytesItsOriginAndItsReason() {
        // Given
        String noCamera = "{\"event_id\":\"x\",\"item\":\"person\",\"event_time\":" + NINE_MILLIS + "}";

        // When / Then
        verify(
                List.of(
                        record(1, 7, NINE_MILLIS, "not json"),
                        record(1, 8, NINE_MILLIS, "[" + json("a") + ", " + noCamera + " ," + json("b") + "]"),
                        record(1, 9, NINE_MILLIS, "")),
                outputs -> {
                    assertThat(ids(outputs)).containsExactly("a", "b");
                    List<DeadLetter> letters = only(DeadLetter.class, outputs.get(DecodeP.DEAD_LETTERS));
                    assertThat(letters)
                            .extracting(letter -> letter.origin() + " "
                                    + letter.reason().code() + " " + new String(letter.raw(), StandardCharsets.UTF_8))
                            .containsExactly(
                                    "1:7:0 not_json not json", "1:8:1 missing_field " + noCamera, "1:9:0 empty ");
                    assertThat(letters).extracting(DeadLetter::sourceTimeMillis).containsOnly(NINE_MILLIS);
                    assertThat(letters.get(1).field()).isEqualTo("camera_id");
                });
    }

    @Test
    void whatNothingIdentifiesIsADeadLetterOfItsOwnKind() {
        // Given: a count without its lane, which is part of the key
        String noLane =
                "{\"sensor\":{\"id\":\"s-1\"},\"measured\":{\"atMs\":" + NINE_MILLIS + "},\"counts\":{\"all\":3}}";

        // When / Then
        verify(Detections.spec("vehicle-counts", yaml -> yaml), List.of(record(2, 4, NINE_MILLIS, noLane)), outputs -> {
            assertThat(outputs.get(DecodeP.EVENTS)).isEmpty();
            assertThat(only(DeadLetter.class, outputs.get(DecodeP.DEAD_LETTERS)))
                    .singleElement()
                    .satisfies(letter -> {
                        assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.MISSING_KEY);
                        assertThat(letter.origin()).hasToString("2:4:0");
                        assertThat(letter.raw())
                                .asString(StandardCharsets.UTF_8)
                                .isEqualTo(noLane);
                    });
            assertThat(sum(outputs.get(DecodeP.STATUS)).byLabel(Counter.DEAD_LETTERS))
                    .isEqualTo(Map.of("missing_key", 1L));
        });
    }

    @Test
    void whatIsSentAgainSaysOfWhichDeadLetterAndIsReadLikeAnyOther() {
        // Given a letter that is refused again
        Origin letter = new Origin(1, 17, 2);
        SourceRecord again = new SourceRecord(0, 40, NINE_MILLIS, null, "{".getBytes(StandardCharsets.UTF_8), letter);

        // When / Then
        verify(List.of(again), outputs -> {
            assertThat(outputs.get(DecodeP.REDRIVEN))
                    .containsExactly(new Redriven(letter, new Origin(0, 40, 0), NINE_MILLIS));
            assertThat(only(DeadLetter.class, outputs.get(DecodeP.DEAD_LETTERS)))
                    .hasSize(1);
            // The history gets both, in the order in which they came to be.
            assertThat(outputs.get(DecodeP.KEPT))
                    .hasSize(2)
                    .startsWith(outputs.get(DecodeP.REDRIVEN).get(0));
        });
    }

    @Test
    void sourceTimeNeverGoesBackInATopicPartitionAndEachHasItsOwn() {
        verify(
                List.of(
                        record(0, 0, NINE_MILLIS + 1_000, json("a")),
                        record(1, 0, NINE_MILLIS + 5, json("b")),
                        record(0, 1, NINE_MILLIS, json("c")),
                        record(0, 2, NINE_MILLIS + 2_000, json("d")),
                        record(0, 3, NINE_MILLIS + 1_999, "bad"),
                        record(1, 1, NINE_MILLIS, json("e"))),
                outputs -> {
                    assertThat(only(Event.class, outputs.get(DecodeP.EVENTS)))
                            .extracting(event -> event.sourceTimeMillis() - NINE_MILLIS)
                            .containsExactly(1_000L, 5L, 1_000L, 2_000L, 5L);
                    assertThat(only(DeadLetter.class, outputs.get(DecodeP.DEAD_LETTERS)))
                            .extracting(letter -> letter.sourceTimeMillis() - NINE_MILLIS)
                            .containsExactly(2_000L);
                });
    }

    @Test
    void countsAndProgressAddUpHoweverOftenTheyAreSent() {
        // Given
        List<SourceRecord> records = new ArrayList<>();
        for (int offset = 0; offset < 20; offset++) {
            String value = offset % 5 == 4 ? "" : "[" + json("x" + offset) + "," + json("y" + offset) + "]";
            records.add(record(offset % 2, 100 + offset / 2, NINE_MILLIS + offset, value));
        }

        // When / Then
        verify(records, outputs -> {
            List<Object> reports = outputs.get(DecodeP.STATUS);
            Counts counts = sum(reports);
            assertThat(counts.total(Counter.RECORDS)).isEqualTo(20);
            assertThat(counts.total(Counter.EVENTS)).isEqualTo(32);
            assertThat(counts.byLabel(Counter.DEAD_LETTERS)).isEqualTo(Map.of("empty", 4L));
            for (int topicPartition : new int[] {0, 1}) {
                List<Progress> progress = only(Progress.class, reports).stream()
                        .filter(read -> read.topicPartition() == topicPartition)
                        .toList();
                assertThat(progress)
                        .extracting(Progress::nextOffset)
                        .as("next offsets of topic partition %d", topicPartition)
                        .isSorted()
                        .endsWith(110L);
                assertThat(progress.get(progress.size() - 1).sourceTimeMillis())
                        .isEqualTo(NINE_MILLIS + 18 + topicPartition);
            }
        });
    }

    private static List<Object> ids(List<List<Object>> outputs) {
        int id = SPEC.event().schema().indexOf("event_id");
        List<Object> ids = new ArrayList<>();
        only(Event.class, outputs.get(DecodeP.EVENTS)).forEach(event -> ids.add(event.value(id)));
        return ids;
    }

    private static void verify(List<SourceRecord> records, Consumer<List<List<Object>>> claim) {
        verify(SPEC, records, claim);
    }

    /** Runs the processor in every mode. It may progress on any edge, where Jet looks at the first only. */
    private static void verify(PipelineSpec spec, List<SourceRecord> records, Consumer<List<List<Object>>> claim) {
        TestSupport.verifyProcessor(DecodeP.supplier(spec))
                .disableLogging()
                .disableProgressAssertion()
                .input(records)
                .assertOutput(EDGES, (mode, outputs) -> claim.accept(outputs));
    }
}
