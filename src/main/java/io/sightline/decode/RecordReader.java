package io.sightline.decode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.sightline.event.DeadLetter.Reason;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the elements of one record, a single object being the only element of its record. A record whose JSON breaks
 * ends with a refused element that takes all bytes from there on. Never throws.
 *
 * <pre>
 * open -> advance (true: element, range and refusal or values) -> ... -> advance (false) -> close
 * </pre>
 */
final class RecordReader {
    /** Where the parser itself gives up, and with it the rest of the record; bounds what a record can make it allocate. */
    static final int MAX_PARSER_DEPTH = 1000;

    /** Bytes. The parser remembers names, several thousand of them: this bounds what they take. */
    static final int MAX_NAME_LENGTH = 1024;

    /** The detail of a refusal that only a fault of the parser or of this package can bring about. */
    static final String PARSER_FAULT = "cannot be read as JSON";

    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_PARSER_DEPTH)
                    .maxNameLength(MAX_NAME_LENGTH)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final ElementReader element;
    private final Utf8 utf8 = new Utf8();
    private byte[] record = {};
    private @Nullable JsonParser parser;
    private State state = State.AFTER_LAST;
    /** How much of the record is text, and so is given to the parser. */
    private int textEnd;

    private int index;
    private int from;
    private int to;
    private @Nullable Refusal refusal;

    private enum State {
        BEFORE_FIRST,
        IN_ARRAY,
        AFTER_LAST
    }

    RecordReader(ElementReader element) {
        this.element = element;
    }

    /** Begins a record. */
    void open(byte[] bytes) {
        record = bytes;
        textEnd = utf8.textEnd(bytes);
        state = State.BEFORE_FIRST;
        index = -1;
        from = 0;
        to = 0;
    }

    /** Moves to the next element; false if there is none. */
    boolean advance() {
        if (state == State.AFTER_LAST) {
            return false;
        }
        index++;
        refusal = null;
        try {
            JsonParser reading = parser;
            if (reading == null) {
                reading = JSON.createParser(record, 0, textEnd);
                parser = reading;
            }
            return state == State.BEFORE_FIRST ? first(reading) : nextOfArray(reading);
        } catch (JsonEOFException end) {
            return atEndOfText();
        } catch (StreamConstraintsException limit) {
            return beyondLimit();
        } catch (JsonProcessingException broken) {
            return notJson(broken);
        } catch (IOException | RuntimeException failure) {
            // Not known to happen; if the parser has a fault, one record is refused and the job goes on.
            return breakOff(Reason.NOT_JSON, PARSER_FAULT);
        }
    }

    /** Ends the record; may be called at any time. */
    void close() {
        state = State.AFTER_LAST;
        JsonParser reading = parser;
        parser = null;
        if (reading != null) {
            try {
                reading.close();
            } catch (IOException | RuntimeException nothingToClose) {
                // The parser reads from memory: all that it does here is to give back its buffers.
            }
        }
    }

    /** The position of the element in its array; 0 if the record is not one. */
    int index() {
        return index;
    }

    /** Where the element's bytes begin in the record. */
    int from() {
        return from;
    }

    /** Where the element's bytes end in the record. */
    int to() {
        return to;
    }

    /** Why the element is refused; null if it is an event. */
    @Nullable
    Refusal refusal() {
        return refusal;
    }

    private boolean first(JsonParser reading) throws IOException {
        // Of three bytes the parser does not see that they are a byte order mark.
        JsonToken token = Utf8.isByteOrderMark(record) ? null : reading.nextToken();
        if (token == null) {
            return textEnd < record.length ? notText() : breakOff(Reason.EMPTY, "nothing but white space");
        }
        if (token == JsonToken.START_ARRAY) {
            state = State.IN_ARRAY;
            return nextOfArray(reading);
        }
        element.read(reading, record, utf8.mayHoldEscapes());
        if (hasMore(reading)) {
            return moreAfterEnd();
        }
        return found(0, record.length, State.AFTER_LAST);
    }

    private boolean nextOfArray(JsonParser reading) throws IOException {
        if (reading.nextToken() != JsonToken.END_ARRAY) {
            int start = Place.startOfToken(reading);
            element.read(reading, record, utf8.mayHoldEscapes());
            return found(start, Place.endOfToken(reading), State.IN_ARRAY);
        }
        to = index == 0 ? 0 : Place.endOfToken(reading);
        if (hasMore(reading)) {
            return moreAfterEnd();
        }
        if (index == 0) {
            return breakOff(Reason.EMPTY_ARRAY, "an array without elements");
        }
        state = State.AFTER_LAST;
        return false;
    }

    private boolean hasMore(JsonParser reading) throws IOException {
        return reading.nextToken() != null || textEnd < record.length;
    }

    private boolean found(int start, int end, State next) {
        from = start;
        to = end;
        refusal = element.refusal();
        state = next;
        return true;
    }

    /** Refuses the rest of the record: all after the last complete element. */
    private boolean breakOff(Reason reason, String detail) {
        from = to;
        to = record.length;
        refusal = new Refusal(reason, null, detail);
        state = State.AFTER_LAST;
        return true;
    }

    private boolean moreAfterEnd() {
        return breakOff(Reason.NOT_JSON, "more follows after the end of the JSON value");
    }

    /** The text ends before the JSON does. */
    private boolean atEndOfText() {
        boolean cut = textEnd == record.length || Utf8.endsInsideCharacter(record, textEnd);
        return cut ? breakOff(Reason.TRUNCATED, "ends before its JSON does") : notText();
    }

    private boolean notText() {
        return breakOff(Reason.NOT_JSON, (record[textEnd] == 0 ? "NUL at byte " : "not UTF-8 at byte ") + textEnd);
    }

    private boolean beyondLimit() {
        boolean deep = parser != null && parser.getParsingContext().getNestingDepth() >= MAX_PARSER_DEPTH;
        return deep
                ? breakOff(Reason.TOO_DEEP, "more than " + MAX_PARSER_DEPTH + " objects and arrays inside one another")
                : breakOff(Reason.TOO_LARGE, "a field name of more than " + MAX_NAME_LENGTH + " bytes");
    }

    private boolean notJson(JsonProcessingException broken) {
        if (textEnd == record.length && CutToken.isAtEnd(JSON, record)) {
            return atEndOfText();
        }
        JsonLocation place = broken.getLocation();
        return breakOff(Reason.NOT_JSON, place == null ? "not JSON" : "not JSON near byte " + place.getByteOffset());
    }
}
