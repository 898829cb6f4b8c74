package io.sightline.decode;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.NumberInput;
import io.sightline.event.DeadLetter.Reason;
import io.sightline.event.Field;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the value of one field by the rules of {@link Decoder}: the current token becomes the field's Java type. */
final class ValueReader {
    private static final int LONGEST_NUMBER = 1000;
    private static final int MOST_DIGITS_OF_A_LONG = 19;
    private static final long MICROS_PER_MILLI = 1000;

    private final Refusal.First refusal;
    private boolean escapes;

    /** @param refusal is told why a value cannot be read */
    ValueReader(Refusal.First refusal) {
        this.refusal = refusal;
    }

    /** Begins an element. If no string of it holds an escape, none can hold half of a surrogate pair. */
    void begin(boolean mayHoldEscapes) {
        escapes = mayHoldEscapes;
    }

    /**
     * The value at the parser's current token, which is neither null nor the start of an object or array.
     *
     * @return null if it was refused
     */
    @Nullable
    Object read(JsonParser parser, JsonToken token, Field field) throws IOException {
        if (token == JsonToken.VALUE_NUMBER_FLOAT && parser.isNaN()) {
            refusal.tell(Reason.NOT_A_NUMBER, field.name(), "NaN or infinity");
            return null;
        }
        boolean number = token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT;
        switch (field.type()) {
            case STRING -> {
                if (token == JsonToken.VALUE_STRING) {
                    return string(parser, field);
                }
            }
            case DOUBLE -> {
                if (number) {
                    return decimal(parser, field);
                }
            }
            case INT -> {
                if (number) {
                    Long value = whole(parser, token, field, Reason.WRONG_TYPE);
                    return value == null ? null : narrow(value, field);
                }
            }
            case LONG -> {
                if (number) {
                    return whole(parser, token, field, Reason.WRONG_TYPE);
                }
            }
            case BOOLEAN -> {
                if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
                    return token == JsonToken.VALUE_TRUE;
                }
            }
            case TIMESTAMP -> {
                if (token == JsonToken.VALUE_STRING) {
                    return time(parser, field);
                }
                if (number) {
                    Long millis = whole(parser, token, field, Reason.BAD_TIME);
                    return millis == null ? null : micros(millis, field);
                }
            }
            case DATE -> {
                if (token == JsonToken.VALUE_STRING) {
                    return date(parser, field);
                }
            }
        }
        wrongType(token, field);
        return null;
    }

    /** Refuses a value of the wrong kind. */
    void wrongType(JsonToken token, Field field) {
        refusal.tell(
                Reason.WRONG_TYPE,
                field.name(),
                "expected " + field.type().name().toLowerCase(Locale.ROOT) + ", found " + kind(token));
    }

    /** What people call a token. */
    static String kind(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            default -> "null";
        };
    }

    private @Nullable String string(JsonParser parser, Field field) throws IOException {
        String text = parser.getText();
        if (escapes && hasUnpairedSurrogate(text)) {
            refusal.tell(Reason.OUT_OF_RANGE, field.name(), "half of a surrogate pair, which is no character");
            return null;
        }
        return text;
    }

    private static boolean hasUnpairedSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    private @Nullable Double decimal(JsonParser parser, Field field) throws IOException {
        if (isTooLong(parser, field)) {
            return null;
        }
        double value = Decimals.parseShort(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
        if (Double.isNaN(value)) {
            // Not getDoubleValue: of a whole number of many digits it makes a BigInteger first.
            value = NumberInput.parseDouble(parser.getText(), true);
        }
        if (Double.isInfinite(value)) {
            refusal.tell(Reason.OUT_OF_RANGE, field.name(), "larger than a double can be");
            return null;
        }
        return value;
    }

    /** A number without fraction, which may be written with one of zero ({@code 3.0}) or an exponent ({@code 3e2}). */
    private @Nullable Long whole(JsonParser parser, JsonToken token, Field field, Reason ifFraction)
            throws IOException {
        if (isTooLong(parser, field)) {
            return null;
        }
        if (token == JsonToken.VALUE_NUMBER_INT) {
            if (parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
                return parser.getLongValue();
            }
            return outOfRange(field);
        }
        BigDecimal value;
        try {
            value = new BigDecimal(parser.getText()).stripTrailingZeros();
        } catch (NumberFormatException exponentOutOfRange) {
            return outOfRange(field);
        }
        if (value.scale() > 0) {
            refusal.tell(ifFraction, field.name(), "expected a whole number, found a fraction");
            return null;
        }
        if ((long) value.precision() - value.scale() > MOST_DIGITS_OF_A_LONG) {
            return outOfRange(field);
        }
        try {
            return value.longValueExact();
        } catch (ArithmeticException beyondLong) {
            return outOfRange(field);
        }
    }

    private @Nullable Integer narrow(long value, Field field) {
        if (value != (int) value) {
            outOfRange(field);
            return null;
        }
        return (int) value;
    }

    private @Nullable Long micros(long millis, Field field) {
        if (millis > Long.MAX_VALUE / MICROS_PER_MILLI || millis < Long.MIN_VALUE / MICROS_PER_MILLI) {
            return outOfRange(field);
        }
        return millis * MICROS_PER_MILLI;
    }

    private @Nullable Long time(JsonParser parser, Field field) throws IOException {
        long micros =
                Timestamps.parseMicros(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
        if (micros == Timestamps.NOT_A_TIME) {
            refusal.tell(
                    Reason.BAD_TIME,
                    field.name(),
                    "expected a time with its zone, such as 2026-01-31T09:30:00.250Z, or milliseconds since 1970");
            return null;
        }
        return micros;
    }

    private @Nullable LocalDate date(JsonParser parser, Field field) throws IOException {
        LocalDate date =
                Timestamps.parseDate(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
        if (date == null) {
            refusal.tell(Reason.BAD_TIME, field.name(), "expected a date, such as 2026-01-31");
        }
        return date;
    }

    private boolean isTooLong(JsonParser parser, Field field) throws IOException {
        if (parser.getTextLength() <= LONGEST_NUMBER) {
            return false;
        }
        refusal.tell(Reason.OUT_OF_RANGE, field.name(), "a number of more than " + LONGEST_NUMBER + " characters");
        return true;
    }

    private @Nullable Long outOfRange(Field field) {
        refusal.tell(
                Reason.OUT_OF_RANGE,
                field.name(),
                "does not fit " + field.type().name().toLowerCase(Locale.ROOT));
        return null;
    }
}
