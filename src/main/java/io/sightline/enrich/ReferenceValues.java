package io.sightline.enrich;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.sightline.event.FieldType;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The values of reference data: from a CSV cell or a JSON token to {@link FieldType#javaType}. Strict: nothing is
 * trimmed, rounded or guessed. Null stands for "not a value of this type"; whether a value is there at all is the
 * caller's question.
 */
final class ReferenceValues {
    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,19}");
    private static final Pattern DECIMAL = Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?");
    private static final int LONGEST_NUMBER = 400;

    private ReferenceValues() {}

    static @Nullable Object ofText(FieldType type, String text) {
        return switch (type) {
            case STRING -> text;
            case BOOLEAN -> ofTruth(text);
            case INT -> toInt(toLong(text));
            case LONG -> toLong(text);
            case DOUBLE -> toDouble(text);
            case TIMESTAMP -> INTEGER.matcher(text).matches() ? millisToMicros(toLong(text)) : toMicros(text);
            case DATE -> toDate(text);
        };
    }

    /** The value of the token the parser stands at: a scalar other than null. */
    static @Nullable Object ofJson(FieldType type, JsonParser json) throws IOException {
        JsonToken token = json.currentToken();
        return switch (type) {
            case STRING -> token == JsonToken.VALUE_STRING ? json.getText() : null;
            case BOOLEAN -> token.isBoolean() ? (Object) json.getBooleanValue() : null;
            case INT -> token == JsonToken.VALUE_NUMBER_INT ? toInt(toLong(json.getText())) : null;
            case LONG -> token == JsonToken.VALUE_NUMBER_INT ? toLong(json.getText()) : null;
            case DOUBLE -> token.isNumeric() ? toDouble(json.getText()) : null;
            case TIMESTAMP ->
                token == JsonToken.VALUE_NUMBER_INT
                        ? millisToMicros(toLong(json.getText()))
                        : token == JsonToken.VALUE_STRING ? toMicros(json.getText()) : null;
            case DATE -> token == JsonToken.VALUE_STRING ? toDate(json.getText()) : null;
        };
    }

    /** What a value of this type looks like, for people. */
    static String accepted(FieldType type) {
        return switch (type) {
            case STRING -> "text";
            case BOOLEAN -> "true or false";
            case INT -> "a whole number from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE;
            case LONG -> "a whole number of 64 bits";
            case DOUBLE -> "a finite number such as 51.5";
            case TIMESTAMP -> "a time such as 2026-01-31T12:00:00Z, or milliseconds since 1970";
            case DATE -> "a date such as 2026-01-31";
        };
    }

    private static @Nullable Boolean ofTruth(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> Boolean.TRUE;
            case "false" -> Boolean.FALSE;
            default -> null;
        };
    }

    private static @Nullable Long toLong(String text) {
        if (!INTEGER.matcher(text).matches()) {
            return null;
        }
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException outOfRange) {
            return null;
        }
    }

    private static @Nullable Integer toInt(@Nullable Long number) {
        return number == null || number != number.intValue() ? null : (Integer) number.intValue();
    }

    private static @Nullable Double toDouble(String text) {
        if (text.length() > LONGEST_NUMBER || !DECIMAL.matcher(text).matches()) {
            return null;
        }
        double number = Double.parseDouble(text);
        return Double.isFinite(number) ? number : null;
    }

    private static @Nullable Long millisToMicros(@Nullable Long millis) {
        try {
            return millis == null ? null : (Long) Math.multiplyExact(millis, 1_000L);
        } catch (ArithmeticException outOfRange) {
            return null;
        }
    }

    private static @Nullable Long toMicros(String text) {
        try {
            Instant instant = OffsetDateTime.parse(text).toInstant();
            return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000);
        } catch (DateTimeException | ArithmeticException notATime) {
            return null;
        }
    }

    private static @Nullable LocalDate toDate(String text) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeException notADate) {
            return null;
        }
    }
}
