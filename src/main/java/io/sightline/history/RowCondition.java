package io.sightline.history;

import io.sightline.event.Column;
import io.sightline.event.FieldType;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A comparison of a column with a value, which a row meets or not; a row without a value in the column meets none. Texts are
 * compared by their bytes in UTF-8, as the bounds of files are.
 *
 * @param value of the column's {@link FieldType#javaType}; with {@link Operator#IN} a list of such
 */
public record RowCondition(Column column, Operator operator, Object value) implements Serializable {
    private static final Pattern COMPARISON =
            Pattern.compile("\\s*(\\w+)\\s*(<>|!=|<=|>=|=|<|>)\\s*('[^']*+(?:''[^']*+)*+'|[^\\s']+)\\s*");
    private static final Pattern AND = Pattern.compile("(?i)and(?=\\s)");

    /** How a value of the row relates to that of the condition. */
    public enum Operator {
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL,
        /** Equal to one of them. */
        IN;

        private static Operator of(String sign) {
            return switch (sign) {
                case "=" -> EQUAL;
                case "<" -> LESS;
                case "<=" -> LESS_OR_EQUAL;
                case ">" -> GREATER;
                case ">=" -> GREATER_OR_EQUAL;
                default -> NOT_EQUAL;
            };
        }
    }

    /**
     * All conditions of a text such as {@code item = 'person' AND event_time >= '2026-05-01T10:00:00Z'}.
     *
     * @param columns those of the rows
     * @throws IllegalArgumentException if it is no such text; the message is for people
     */
    public static List<RowCondition> parse(String text, List<Column> columns) {
        List<RowCondition> conditions = new ArrayList<>();
        Matcher comparison = COMPARISON.matcher(text);
        Matcher and = AND.matcher(text);
        int at = 0;
        while (true) {
            if (!comparison.find(at) || comparison.start() != at) {
                throw new IllegalArgumentException("`" + text.substring(at).strip()
                        + "` is no comparison; accepted: COLUMN = VALUE, also with <> < <= > >=, several joined by AND,"
                        + " with texts, dates and times in single quotes");
            }
            conditions.add(of(comparison, columns));
            at = comparison.end();
            if (at == text.length()) {
                return conditions;
            }
            if (!and.find(at) || and.start() != at) {
                throw new IllegalArgumentException(
                        "`" + text.substring(at) + "` follows a comparison; accepted: AND and another one");
            }
            at = and.end();
        }
    }

    private static RowCondition of(Matcher comparison, List<Column> columns) {
        String name = comparison.group(1);
        Optional<Column> column =
                columns.stream().filter(one -> one.name().equals(name)).findFirst();
        if (column.isEmpty()) {
            throw new IllegalArgumentException("there is no column `" + name + "`; there are "
                    + String.join(", ", columns.stream().map(Column::name).toList()));
        }
        return new RowCondition(
                column.get(), Operator.of(comparison.group(2)), value(column.get(), comparison.group(3)));
    }

    private static Object value(Column column, String written) {
        boolean quoted = written.startsWith("'");
        String text = quoted ? written.substring(1, written.length() - 1).replace("''", "'") : written;
        try {
            switch (column.type()) {
                case STRING, DATE, TIMESTAMP -> {
                    if (quoted) {
                        return quotedValue(column.type(), text);
                    }
                }
                case BOOLEAN -> {
                    if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
                        return Boolean.valueOf(text);
                    }
                }
                case INT -> {
                    return Integer.valueOf(text);
                }
                case LONG -> {
                    return Long.valueOf(text);
                }
                case DOUBLE -> {
                    return Double.valueOf(text);
                }
            }
        } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
            throw noValue(column, written);
        }
        throw noValue(column, written);
    }

    private static Object quotedValue(FieldType type, String text) {
        return switch (type) {
            case DATE -> LocalDate.parse(text);
            case TIMESTAMP ->
                ChronoUnit.MICROS.between(
                        Instant.EPOCH, OffsetDateTime.parse(text).toInstant());
            default -> text;
        };
    }

    private static IllegalArgumentException noValue(Column column, String written) {
        String accepted = switch (column.type()) {
            case BOOLEAN -> "true or false";
            case INT, LONG -> "a whole number";
            case DOUBLE -> "a number";
            case STRING -> "a text in single quotes";
            case DATE -> "a day in single quotes, as in '2026-05-01'";
            case TIMESTAMP -> "a time in single quotes, as in '2026-05-01T10:00:00Z'";
        };
        return new IllegalArgumentException(
                "`" + column.name() + "` cannot be compared with " + written + "; accepted: " + accepted);
    }

    /** Whether a row with this value in the column meets the condition. */
    public boolean isMetBy(@Nullable Object present) {
        if (present == null) {
            return false;
        }
        if (present instanceof Double number && number.isNaN()) {
            return operator == Operator.NOT_EQUAL;
        }
        return switch (operator) {
            case EQUAL, IN -> values().stream().anyMatch(one -> compare(present, one) == 0);
            case NOT_EQUAL -> compare(present, value) != 0;
            case LESS -> compare(present, value) < 0;
            case LESS_OR_EQUAL -> compare(present, value) <= 0;
            case GREATER -> compare(present, value) > 0;
            case GREATER_OR_EQUAL -> compare(present, value) >= 0;
        };
    }

    /**
     * Whether a row may meet the condition where all values are within these bounds.
     *
     * @param least null if there is no such bound
     * @param greatest null if there is no such bound
     */
    public boolean canBeMetWithin(@Nullable Object least, @Nullable Object greatest) {
        return switch (operator) {
            case EQUAL, IN ->
                values().stream()
                        .anyMatch(one -> (least == null || compare(least, one) <= 0)
                                && (greatest == null || compare(greatest, one) >= 0));
            case NOT_EQUAL -> true;
            case LESS -> least == null || compare(least, value) < 0;
            case LESS_OR_EQUAL -> least == null || compare(least, value) <= 0;
            case GREATER -> greatest == null || compare(greatest, value) > 0;
            case GREATER_OR_EQUAL -> greatest == null || compare(greatest, value) >= 0;
        };
    }

    private List<?> values() {
        return value instanceof List<?> several ? several : List.of(value);
    }

    private int compare(Object present, Object other) {
        return switch (column.type()) {
            case BOOLEAN -> ((Boolean) present).compareTo((Boolean) other);
            case INT -> ((Integer) present).compareTo((Integer) other);
            case LONG, TIMESTAMP -> ((Long) present).compareTo((Long) other);
            // Added to, so that the two zeros are one.
            case DOUBLE -> Double.compare((Double) present + 0.0, (Double) other + 0.0);
            case DATE -> ((LocalDate) present).compareTo((LocalDate) other);
            case STRING -> Arrays.compareUnsigned(bytes(present), bytes(other));
        };
    }

    private static byte[] bytes(Object text) {
        return ((String) text).getBytes(StandardCharsets.UTF_8);
    }
}
