package io.sightline.history.delta;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sightline.history.ColumnStatistics;
import io.sightline.history.DataFile;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The statistics of a file as the table log holds them: numRecords, minValues, maxValues, nullCount, by the Delta protocol's
 * section "Per-file Statistics". A bound that the text cannot hold exactly is widened, or left out.
 */
final class StatisticsText {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_STRING = 32;
    private static final long MICROS_PER_MILLI = 1_000;
    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSXXX").withZone(ZoneOffset.UTC);
    private static final int FIRST_YEAR = 1;
    private static final int LAST_YEAR = 9999;

    private StatisticsText() {}

    /**
     * The statistics as a JSON string, in quotes. The writer of the log puts what it is given into the log as it stands; given
     * an object it writes a table that it cannot read again.
     */
    static String quoted(DataFile file) {
        return quoted(of(file));
    }

    /** The same of statistics that the log holds already. */
    static String quoted(String json) {
        return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(json)) + "\"";
    }

    /** The statistics as a JSON object. */
    static String of(DataFile file) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("numRecords", file.rows());
            bounds(json, "minValues", file, StatisticsText::least);
            bounds(json, "maxValues", file, StatisticsText::greatest);
            json.writeObjectFieldStart("nullCount");
            for (ColumnStatistics column : file.statistics()) {
                json.writeNumberField(column.column(), column.nulls());
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot fail", e);
        }
        return text.toString();
    }

    private static void bounds(
            JsonGenerator json, String name, DataFile file, Function<ColumnStatistics, @Nullable Object> bound)
            throws IOException {
        json.writeObjectFieldStart(name);
        for (ColumnStatistics column : file.statistics()) {
            Object value = bound.apply(column);
            if (value != null) {
                json.writeFieldName(column.column());
                json.writePOJO(value);
            }
        }
        json.writeEndObject();
    }

    private static @Nullable Object least(ColumnStatistics column) {
        Object min = column.min();
        if (min == null) {
            return null;
        }
        return switch (column.type()) {
            // A beginning of a text is never greater than the text.
            case STRING -> beginning((String) min);
            case TIMESTAMP -> timestamp(Math.floorDiv((Long) min, MICROS_PER_MILLI));
            case DATE -> date((LocalDate) min);
            // Readers may take -0.0 and 0.0 for equal or not.
            case DOUBLE -> (Double) min == 0 ? Double.valueOf(-0.0) : min;
            case BOOLEAN -> null;
            case INT, LONG -> min;
        };
    }

    private static @Nullable Object greatest(ColumnStatistics column) {
        Object max = column.max();
        if (max == null) {
            return null;
        }
        return switch (column.type()) {
            case STRING -> beginning((String) max).equals(max) ? max : null;
            case TIMESTAMP -> timestamp(-Math.floorDiv(-(Long) max, MICROS_PER_MILLI));
            case DATE -> date((LocalDate) max);
            case DOUBLE -> (Double) max == 0 ? Double.valueOf(0.0) : max;
            case BOOLEAN -> null;
            case INT, LONG -> max;
        };
    }

    private static String beginning(String text) {
        return text.codePointCount(0, text.length()) <= LONGEST_STRING
                ? text
                : text.substring(0, text.offsetByCodePoints(0, LONGEST_STRING));
    }

    private static @Nullable String timestamp(long millis) {
        Instant instant = Instant.ofEpochMilli(millis);
        return hasFourDigits(instant.atOffset(ZoneOffset.UTC).getYear()) ? MILLIS.format(instant) : null;
    }

    private static @Nullable String date(LocalDate date) {
        return hasFourDigits(date.getYear()) ? date.toString() : null;
    }

    private static boolean hasFourDigits(int year) {
        return year >= FIRST_YEAR && year <= LAST_YEAR;
    }
}
