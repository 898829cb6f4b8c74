package io.sightline.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sightline.decode.Outcomes.Outcome;
import io.sightline.decode.TreeOracle.Expected;
import io.sightline.event.DeadLetter.Reason;
import io.sightline.event.Field;
import io.sightline.event.FieldType;
import io.sightline.spec.EventSpec;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever becomes of a record on its way: no exception, nothing lost, and no wrong value. */
class DecoderMutationTest {
    private static final long SEED = 0x51647;
    private static final Set<Reason> UNREADABLE = EnumSet.of(Reason.EMPTY, Reason.NOT_JSON, Reason.TRUNCATED);
    private static final EventSpec SPEC = Outcomes.spec(
            true,
            Field.of("event_id", FieldType.STRING, false),
            Field.of("camera_id", FieldType.STRING, true),
            Field.of("item", FieldType.STRING, true),
            Field.of("confidence", FieldType.DOUBLE, false),
            new Field("bbox_x", FieldType.DOUBLE, false, "/bbox/x"),
            new Field("bbox_y", FieldType.DOUBLE, false, "/bbox/y"),
            Field.of("count", FieldType.INT, false),
            Field.of("seen", FieldType.LONG, false),
            Field.of("parked", FieldType.BOOLEAN, false),
            new Field("tag", FieldType.STRING, false, "/tags/0"),
            new Field("tag_k", FieldType.INT, false, "/tags/1/k"),
            Field.of("day", FieldType.DATE, false));

    private final Decoder decoder = new Decoder(SPEC);
    private final TreeOracle oracle = new TreeOracle(SPEC);
    private int events;
    private int refusals;
    private int beyondOracle;

    @Test
    void fiftyThousandDamagedRecordsAgreeWithTheOracle() {
        check(SEED, 50_000);
    }

    @Tag("long")
    @Test
    void aMillionDamagedRecordsAgreeWithTheOracle() {
        check(SEED + 1, 1_000_000);
    }

    private void check(long seed, int records) {
        Mutations mutations = new Mutations(new Random(seed));
        for (int i = 0; i < records; i++) {
            byte[] record = mutations.next();
            try {
                check(record);
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError(
                        "seed " + seed + ", record " + i + ": " + new String(record, StandardCharsets.UTF_8), failure);
            }
        }
        // The generator must not degenerate: elements that can be read are often events and often not.
        assertThat(events).isGreaterThan(records / 5);
        assertThat(beyondOracle).isLessThan(1 + records / 1000);
        assertThat(refusals).isGreaterThan(records / 20);
    }

    private void check(byte[] record) {
        List<Outcome> outcomes = Outcomes.decode(decoder, record);
        checkRanges(record, outcomes);

        try {
            checkAgainstTree(record, outcomes);
        } catch (NumberFormatException exponentBeyondBigDecimal) {
            beyondOracle++;
        }
    }

    private void checkAgainstTree(byte[] record, List<Outcome> outcomes) {
        Optional<JsonNode> json = TreeOracle.read(record, 0, record.length);
        int complete = outcomes.size();
        if (json.isEmpty()) {
            complete--;
            require(UNREADABLE.contains(outcomes.get(complete).reason()), "broken JSON", outcomes);
        } else if (json.get().isArray() && json.get().isEmpty()) {
            complete--;
            require(outcomes.get(0).reason() == Reason.EMPTY_ARRAY, "empty array", outcomes);
        } else {
            require(complete == (json.get().isArray() ? json.get().size() : 1), "number of elements", outcomes);
        }
        for (Outcome outcome : outcomes.subList(0, complete)) {
            checkElement(record, outcome);
        }
    }

    /** Ranges lie one after the other inside the record, and what is left at the end is told. */
    private static void checkRanges(byte[] record, List<Outcome> outcomes) {
        require(!outcomes.isEmpty(), "nothing told", outcomes);
        int end = 0;
        for (int i = 0; i < outcomes.size(); i++) {
            Outcome outcome = outcomes.get(i);
            require(!RecordReader.PARSER_FAULT.equals(outcome.detail()), "a fault of the parser", outcomes);
            require(outcome.index() == i && outcome.from() >= end && outcome.to() >= outcome.from(), "range", outcomes);
            end = outcome.to();
        }
        require(end <= record.length, "range", outcomes);
        for (int i = end; i < record.length; i++) {
            require(record[i] == ']' || record[i] <= ' ', "bytes lost", outcomes);
        }
    }

    private void checkElement(byte[] record, Outcome outcome) {
        Expected expected = oracle.expect(record, outcome.from(), outcome.to(), Outcomes.SOURCE_TIME);
        if (outcome.reason() != null) {
            refusals++;
            require(expected.reasons().contains(outcome.reason()), expected, List.of(outcome));
            return;
        }
        events++;
        require(expected.reasons().isEmpty(), expected, List.of(outcome));
        for (int i = 0; i < expected.values().size(); i++) {
            require(isSame(expected.values().get(i), outcome.values().get(i)), expected, List.of(outcome));
        }
        JsonNode extra = null;
        if (outcome.extra() != null) {
            byte[] bytes = outcome.extra().getBytes(StandardCharsets.UTF_8);
            extra = TreeOracle.read(bytes, 0, bytes.length).orElseThrow();
        }
        require(Objects.equals(expected.extra(), extra), expected, List.of(outcome));
    }

    private static boolean isSame(Object expected, Object actual) {
        // The tree's decimals know no negative zero.
        return (expected instanceof Double a && actual instanceof Double b)
                ? a.doubleValue() == b.doubleValue()
                : Objects.equals(expected, actual);
    }

    private static void require(boolean holds, Object what, List<Outcome> outcomes) {
        if (!holds) {
            throw new AssertionError(what + ": " + outcomes);
        }
    }
}
