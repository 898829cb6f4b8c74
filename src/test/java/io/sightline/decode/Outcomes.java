package io.sightline.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.event.DeadLetter.Reason;
import io.sightline.event.Field;
import io.sightline.event.FieldType;
import io.sightline.event.Schema;
import io.sightline.spec.EventSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A sink that remembers what it was told, and the schemas the tests decode with. */
final class Outcomes implements Decoder.Sink {
    static final long SOURCE_TIME = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();

    /** One callback; reason is null for an event. */
    record Outcome(
            int index,
            @Nullable Reason reason,
            @Nullable String field,
            @Nullable String detail,
            long eventTimeMicros,
            List<@Nullable Object> values,
            @Nullable String extra,
            int from,
            int to) {}

    final List<Outcome> all = new ArrayList<>();

    @Override
    public void event(
            int index, long eventTimeMicros, @Nullable Object[] values, @Nullable String extra, int from, int to) {
        all.add(new Outcome(index, null, null, null, eventTimeMicros, Arrays.asList(values), extra, from, to));
    }

    @Override
    public void refused(int index, Reason reason, @Nullable String field, String detail, int from, int to) {
        all.add(new Outcome(index, reason, field, detail, 0, List.of(), null, from, to));
    }

    /** Detections: strings, doubles under /bbox, one time. */
    static EventSpec detections(boolean keepUnknownFields) {
        return spec(
                keepUnknownFields,
                Field.of("event_id", FieldType.STRING, false),
                Field.of("camera_id", FieldType.STRING, true),
                Field.of("item", FieldType.STRING, true),
                Field.of("confidence", FieldType.DOUBLE, false),
                new Field("bbox_x", FieldType.DOUBLE, false, "/bbox/x"),
                new Field("bbox_y", FieldType.DOUBLE, false, "/bbox/y"));
    }

    /** A spec of these fields and the time field {@code event_time}; plausible is a day ahead and 30 days behind. */
    static EventSpec spec(boolean keepUnknownFields, Field... fields) {
        List<Field> all = new ArrayList<>(List.of(fields));
        all.add(Field.of("event_time", FieldType.TIMESTAMP, true));
        return new EventSpec(new Schema(all, "event_time"), keepUnknownFields, Duration.ofDays(1), Duration.ofDays(30));
    }

    static List<Outcome> decode(EventSpec spec, byte[] record) {
        return decode(new Decoder(spec), record);
    }

    static List<Outcome> decode(EventSpec spec, String record) {
        return decode(spec, record.getBytes(StandardCharsets.UTF_8));
    }

    static List<Outcome> decode(Decoder decoder, byte[] record) {
        Outcomes outcomes = new Outcomes();
        decoder.decode(record, SOURCE_TIME, outcomes);
        return outcomes.all;
    }

    /** The event that the record is. */
    static Outcome event(EventSpec spec, String record) {
        Outcome only = only(decode(spec, record));
        assertThat(only.reason()).as(only.toString()).isNull();
        return only;
    }

    /** The refusal that the record is. */
    static Outcome refusal(EventSpec spec, String record) {
        Outcome only = only(decode(spec, record));
        assertThat(only.reason()).as("reason of %s", record).isNotNull();
        return only;
    }

    private static Outcome only(List<Outcome> outcomes) {
        assertThat(outcomes).hasSize(1);
        return outcomes.get(0);
    }
}
