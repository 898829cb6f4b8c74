package io.sightline.cli;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sightline.event.SourceRecord;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What tells the events of {@code pipelines/detections.yaml} apart, found without any code of the pipeline. */
final class EventIdentity {
    /** A number that is none spoils an element of an array, and not the others. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private EventIdentity() {}

    /** What tells an event from others, by the pipeline file. */
    static String of(Map<String, @Nullable Object> row) {
        return !isDerived(row)
                ? String.valueOf(row.get("event_id"))
                : String.join(
                        "|",
                        List.of(
                                String.valueOf(row.get("camera_id")),
                                String.valueOf(row.get("event_time")),
                                String.valueOf(row.get("item")),
                                String.valueOf(row.get("bbox_x")),
                                String.valueOf(row.get("bbox_y"))));
    }

    /** The id of an event that brings none is a UUID of version 5, made from the rest of what identifies it. */
    static boolean isDerived(Map<String, @Nullable Object> row) {
        return !(row.get("event_id") instanceof String id) || id.charAt(14) == '5';
    }

    /** The same of each event in a record; of what is no event, anything or nothing. */
    static List<String> in(SourceRecord record) {
        JsonNode value;
        try {
            value = JSON.readTree(record.value());
        } catch (IOException e) {
            return List.of();
        }
        List<String> identities = new ArrayList<>();
        for (JsonNode event : value.isArray() ? value : JSON.createArrayNode().add(value)) {
            Map<String, @Nullable Object> row = new TreeMap<>();
            for (String field : List.of("event_id", "camera_id", "item")) {
                row.put(field, event.path(field).textValue());
            }
            row.put("event_time", micros(event.path("event_time")));
            row.put("bbox_x", event.path("bbox").path("x").asDouble());
            row.put("bbox_y", event.path("bbox").path("y").asDouble());
            identities.add(of(row));
        }
        return identities;
    }

    private static @Nullable Long micros(JsonNode time) {
        if (time.isNumber()) {
            return TimeUnit.MILLISECONDS.toMicros(time.asLong());
        }
        return time.asText().startsWith("20")
                ? ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(time.asText()))
                : null;
    }
}
