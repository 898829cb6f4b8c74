package io.sightline.gateway.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.sightline.gateway.ResultColumn;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Values of SQL as JSON: numbers as numbers (beyond 2^53 a browser rounds them), times as ISO-8601 in UTC with {@code Z}
 * and milliseconds, or microseconds where there are some, everything else as text.
 */
final class JsonText {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
            .build();
    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'");
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'");

    private JsonText() {}

    /** Writes UTF-8; leaves the stream open. */
    static JsonGenerator generator(OutputStream out) throws IOException {
        return FACTORY.createGenerator(out);
    }

    static JsonGenerator generator(Writer out) throws IOException {
        return FACTORY.createGenerator(out);
    }

    /** {@code [{"name": ..., "type": ...}, ...]}. */
    static void columns(JsonGenerator json, List<ResultColumn> columns) throws IOException {
        json.writeStartArray();
        for (ResultColumn column : columns) {
            json.writeStartObject();
            json.writeStringField("name", column.name());
            json.writeStringField("type", column.type().sqlName());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** {@code {"column": value, ...}}. */
    static void object(JsonGenerator json, List<ResultColumn> columns, @Nullable Object[] row) throws IOException {
        for (int i = 0; i < row.length; i++) {
            json.writeFieldName(columns.get(i).name());
            value(json, row[i]);
        }
    }

    static void value(JsonGenerator json, @Nullable Object value) throws IOException {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof Boolean || value instanceof Number) {
            json.writePOJO(value);
        } else if (value instanceof OffsetDateTime time) {
            json.writeString(time(time));
        } else {
            json.writeString(String.valueOf(value));
        }
    }

    static String time(OffsetDateTime time) {
        boolean fine = time.get(ChronoField.NANO_OF_SECOND) % 1_000_000 != 0;
        return (fine ? MICROS : MILLIS).format(time.withOffsetSameInstant(ZoneOffset.UTC));
    }
}
