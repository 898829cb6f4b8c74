package io.sightline.event;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An input that could not become an event, kept whole.
 *
 * @param origin the record, and the position in its array (0 if the record as a whole was refused)
 * @param sourceTimeMillis source time of the record, milliseconds since 1970
 * @param reason why
 * @param field the field or JSON pointer at fault; null where no one field is
 * @param detail one lowercase sentence without a full stop; never holds a value of the input
 * @param key the key of the record; null if it has none
 * @param raw the refused bytes as Kafka held them: the whole record, or of an array just the refused element (where the
 *     array cannot be read on, all that is left of the record)
 */
public record DeadLetter(
        Origin origin,
        long sourceTimeMillis,
        Reason reason,
        @Nullable String field,
        String detail,
        byte @Nullable [] key,
        byte[] raw) {

    /** Why an input was refused. The lower-case name is the reason code in SQL, metrics and files. */
    public enum Reason {
        /** No bytes (a tombstone), or nothing but white space. */
        EMPTY,
        /** Not JSON, not UTF-8, or more after the end of the JSON. */
        NOT_JSON,
        /** Ends before its JSON does. */
        TRUNCATED,
        /** A record of more than 1 MB, or a field name of more than a kilobyte. */
        TOO_LARGE,
        /** Objects and arrays too many levels inside one another. */
        TOO_DEEP,
        /** A key that stands twice in one object. */
        DUPLICATE_KEY,
        /** JSON, but neither an object nor an array of objects. */
        NOT_AN_OBJECT,
        /** An array without elements. */
        EMPTY_ARRAY,
        /** A required field that is absent or null. */
        MISSING_FIELD,
        /** A value of another kind than its field's. */
        WRONG_TYPE,
        /** A value of the right kind that the field's type cannot hold. */
        OUT_OF_RANGE,
        /** NaN or infinity. */
        NOT_A_NUMBER,
        /** Text that is no time or no date. */
        BAD_TIME,
        /** An event time too far from source time to be believed. */
        EVENT_TIME_IMPLAUSIBLE,
        /** No id: a field of the key, and one of those to take otherwise, is missing. */
        MISSING_KEY;

        /** The code that people and scripts see. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
