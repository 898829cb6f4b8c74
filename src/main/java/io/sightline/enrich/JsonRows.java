package io.sightline.enrich;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.sightline.event.Column;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows out of a file of JSON lines: one object a line; blank lines are skipped. An absent value is a JSON null. */
final class JsonRows {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final ReferenceRows rows;
    private final List<Column> columns;
    private final Map<String, Integer> positions = new HashMap<>();

    JsonRows(ReferenceLayout layout, ReferenceRows rows) {
        this.rows = rows;
        this.columns = layout.columns();
        for (Column column : columns) {
            positions.put(column.name(), positions.size());
        }
    }

    void read(String text) {
        if (text.isEmpty()) {
            rows.problem(1, "the file is empty; accepted: one JSON object a line");
        }
        long line = 0;
        for (int start = 0; start < text.length(); ) {
            int newline = text.indexOf('\n', start);
            int end = newline < 0 ? text.length() : newline;
            line++;
            String object = text.substring(start, end);
            if (!object.isBlank()) {
                row(line, object);
            }
            start = end + 1;
        }
    }

    private void row(long line, String object) {
        long problemsBefore = rows.problemCount();
        @Nullable Object[] values = new Object[columns.size()];
        try (JsonParser json = JSON.createParser(object)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                rows.problem(line, "not a JSON object; accepted: one JSON object a line");
                return;
            }
            while (json.nextToken() != JsonToken.END_OBJECT) {
                Integer position = positions.get(json.currentName());
                json.nextToken();
                if (position == null) {
                    json.skipChildren();
                } else {
                    values[position] = value(line, columns.get(position), json);
                }
            }
            if (json.nextToken() != null) {
                rows.problem(line, "something after the object; accepted: one JSON object a line");
            }
        } catch (JsonProcessingException notJson) {
            String why = String.valueOf(notJson.getOriginalMessage())
                    .lines()
                    .findFirst()
                    .orElse("");
            rows.problem(line, "not JSON (" + why + "); accepted: one JSON object a line");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Object key = values[0];
        if (rows.problemCount() > problemsBefore) {
            return;
        }
        if (key == null) {
            Column column = columns.get(0);
            rows.problem(line, column.name(), null, "a key, which is " + ReferenceValues.accepted(column.type()));
        } else {
            rows.add(line, key, Arrays.copyOfRange(values, 1, values.length));
        }
    }

    private @Nullable Object value(long line, Column column, JsonParser json) throws IOException {
        JsonToken token = json.currentToken();
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        Object value = token.isScalarValue() ? ReferenceValues.ofJson(column.type(), json) : null;
        if (value == null) {
            String shown = token.isScalarValue() ? json.getText() : token == JsonToken.START_ARRAY ? "[...]" : "{...}";
            rows.problem(line, column.name(), shown, jsonType(column) + ReferenceValues.accepted(column.type()));
            json.skipChildren();
        }
        return value;
    }

    private static String jsonType(Column column) {
        return switch (column.type()) {
            case STRING, DATE -> "a JSON string: ";
            case BOOLEAN, INT, LONG, DOUBLE -> "a JSON literal: ";
            case TIMESTAMP -> "";
        };
    }
}
