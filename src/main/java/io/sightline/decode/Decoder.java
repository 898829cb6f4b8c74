package io.sightline.decode;

import io.sightline.event.DeadLetter.Reason;
import io.sightline.event.Schema;
import io.sightline.spec.EventSpec;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes of a record into events, or into refusals that say why not. Nothing is lost: each element of a record is
 * told to the {@link Sink} exactly once, in order, and a record has at least one. Throws nothing of its own, whatever the
 * bytes. Plain Java; not thread-safe: one for each processor.
 *
 * <h2>Records and elements</h2>
 *
 * A record is one JSON object (its only element, index 0) or an array of objects. UTF-8; a byte order mark at its beginning
 * is passed over.
 *
 * <ol>
 *   <li>More than {@value #MAX_RECORD_BYTES} bytes: {@code too_large}. Not looked at further.
 *   <li>Nothing, or nothing but white space: {@code empty}. An array of nothing: {@code empty_array}.
 *   <li>JSON that breaks: {@code truncated} if only its end is missing, else {@code not_json}. So are invalid UTF-8, a NUL, a
 *       field name with half of a surrogate pair, and anything but white space after the end of the JSON; of an object's
 *       record that refuses the object. Of an array, the complete elements before stand, and all the rest is one more
 *       element. The same goes for what the parser does not take: a field name of more than
 *       {@value RecordReader#MAX_NAME_LENGTH} bytes ({@code too_large}), and nesting beyond
 *       {@value RecordReader#MAX_PARSER_DEPTH} levels ({@code too_deep}).
 *   <li>Else each element stands or is refused by itself, for the first of these that applies:
 *       <ol>
 *         <li>it is not an object: {@code not_an_object};
 *         <li>in the order of the text, the first of: nesting beyond {@value ElementReader#MAX_DEPTH} levels
 *             ({@code too_deep}), a key for the second time in one object, known or unknown ({@code duplicate_key}), NaN or
 *             infinity, known or unknown ({@code not_a_number}), a value that its field does not take (below);
 *         <li>in the order of the schema, the first required field that is absent or null: {@code missing_field};
 *         <li>an event time further from source time than is plausible: {@code event_time_implausible}.
 *       </ol>
 * </ol>
 *
 * <h2>Values</h2>
 *
 * A field's value stands at its JSON pointer; a step such as {@code 0} is an array index or an object's key. Null is
 * absent. What stands on the way to a field must be an object (or array) too: else {@code wrong_type}, with the pointer.
 *
 * <ul>
 *   <li>boolean: {@code true} or {@code false} only.
 *   <li>string: strings only. Half of a surrogate pair, which only an escape can make, is {@code out_of_range}.
 *   <li>int, long: a number without fraction, however written: {@code 3}, {@code 3.0}, {@code 3e2}. With one it is
 *       {@code wrong_type}; beyond the type, {@code out_of_range}.
 *   <li>double: any number, to the nearest double; beyond the largest, {@code out_of_range}.
 *   <li>timestamp: text as {@link Timestamps} reads it, zone required, or milliseconds since 1970 as a number without
 *       fraction; else {@code bad_time}. Beyond 64 bits of microseconds, {@code out_of_range}.
 *   <li>date: text {@code 2026-01-31}; else {@code bad_time}.
 *   <li>A number of more than 1000 characters is {@code out_of_range}; a token of another kind is {@code wrong_type}.
 * </ul>
 *
 * What no field takes is kept, if the pipeline says so, as {@link ExtraJson} writes it.
 */
public final class Decoder {
    /** The largest record that is read, in bytes: what Event Hubs takes. */
    public static final int MAX_RECORD_BYTES = 1 << 20;

    private static final long MICROS_PER_MILLI = 1000;

    private final RecordReader reader;
    private final ElementReader element;
    private final String timeField;
    private final int timeIndex;
    private final long aheadMicros;
    private final long behindMicros;

    /** @throws IllegalArgumentException if the pointers of two fields exclude one another */
    public Decoder(EventSpec spec) {
        Schema schema = spec.schema();
        this.element = new ElementReader(schema, spec.keepUnknownFields());
        this.reader = new RecordReader(element);
        this.timeField = schema.timeField();
        this.timeIndex = schema.indexOf(timeField);
        this.aheadMicros = micros(spec.plausibleAhead());
        this.behindMicros = micros(spec.plausibleBehind());
    }

    /** Told what became of each element of a record. */
    public interface Sink {
        /**
         * An event.
         *
         * @param index the element's position in the record's array; 0 if the record is one object
         * @param eventTimeMicros microseconds since 1970
         * @param values one value a field of the schema; the sink's to keep
         * @param extra what no field took, as one JSON object; null if nothing
         * @param from where the element's bytes begin in the record
         * @param to where they end
         */
        void event(
                int index, long eventTimeMicros, @Nullable Object[] values, @Nullable String extra, int from, int to);

        /**
         * An element that cannot become an event.
         *
         * @param field the field or JSON pointer at fault; null where no one field is
         * @param detail one lowercase sentence; never holds a value of the input
         */
        void refused(int index, Reason reason, @Nullable String field, String detail, int from, int to);
    }

    /**
     * Decodes one record. What the sink throws comes out; the decoder can be used again afterwards.
     *
     * @param sourceTimeMillis source time of the record, milliseconds since 1970
     */
    public void decode(byte[] record, long sourceTimeMillis, Sink sink) {
        if (record.length > MAX_RECORD_BYTES) {
            sink.refused(0, Reason.TOO_LARGE, null, "larger than " + MAX_RECORD_BYTES + " bytes", 0, record.length);
            return;
        }
        reader.open(record);
        try {
            while (reader.advance()) {
                Refusal refusal = reader.refusal();
                if (refusal != null) {
                    sink.refused(
                            reader.index(),
                            refusal.reason(),
                            refusal.field(),
                            refusal.detail(),
                            reader.from(),
                            reader.to());
                } else {
                    plausibleOrNot(sourceTimeMillis, sink);
                }
            }
        } finally {
            reader.close();
        }
    }

    private void plausibleOrNot(long sourceTimeMillis, Sink sink) {
        @Nullable Object[] values = element.values();
        Object time = values[timeIndex];
        if (!(time instanceof Long eventTimeMicros)) {
            throw new IllegalStateException("an event without its required time");
        }
        long sourceTimeMicros = saturatedMultiply(sourceTimeMillis, MICROS_PER_MILLI);
        if (eventTimeMicros > saturatedAdd(sourceTimeMicros, aheadMicros)) {
            implausible("further ahead of source time than is plausible", sink);
        } else if (eventTimeMicros < saturatedAdd(sourceTimeMicros, -behindMicros)) {
            implausible("further behind source time than is plausible", sink);
        } else {
            sink.event(reader.index(), eventTimeMicros, values, element.extra(), reader.from(), reader.to());
        }
    }

    private void implausible(String detail, Sink sink) {
        sink.refused(reader.index(), Reason.EVENT_TIME_IMPLAUSIBLE, timeField, detail, reader.from(), reader.to());
    }

    private static long micros(Duration duration) {
        return saturatedAdd(saturatedMultiply(duration.getSeconds(), 1_000_000), duration.getNano() / MICROS_PER_MILLI);
    }

    private static long saturatedMultiply(long value, long factor) {
        long limit = Long.MAX_VALUE / factor;
        return value > limit ? Long.MAX_VALUE : value < -limit ? -Long.MAX_VALUE : value * factor;
    }

    private static long saturatedAdd(long a, long b) {
        long sum = a + b;
        if (((a ^ sum) & (b ^ sum)) < 0) {
            return a < 0 ? -Long.MAX_VALUE : Long.MAX_VALUE;
        }
        return sum;
    }
}
