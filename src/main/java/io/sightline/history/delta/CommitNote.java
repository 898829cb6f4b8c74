package io.sightline.history.delta;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sightline.history.TableChange;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a commit says about itself, besides what it does: who made it, and the counters. Stands in the commit info as user
 * metadata, where {@code DESCRIBE HISTORY} shows it. Nothing of the protocol rests on it.
 */
final class CommitNote {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String COUNTERS = "sightline_counters";
    private static final String ACTION = "action";

    private CommitNote() {}

    static String of(TableChange change) {
        ObjectNode note = JSON.createObjectNode();
        note.put("writer", change.fence().holder().toString());
        note.put("claim", change.fence().epoch());
        ObjectNode counters = note.putObject(COUNTERS);
        change.counters().forEach(counters::put);
        return note.toString();
    }

    /** Figures of a commit, by name. */
    static Map<String, String> metrics(TableChange change) {
        return Map.of("numAddedFiles", String.valueOf(change.files().size()));
    }

    /**
     * What a commit of no writer did.
     *
     * @param action in capitals, as Delta's own
     * @param metrics figures of it, by name
     * @param counters totals from now on, where it changes them; else empty
     */
    record Care(String action, Map<String, String> metrics, SortedMap<String, Long> counters) {
        Care(String action, Map<String, String> metrics) {
            this(action, metrics, new TreeMap<>());
        }
    }

    /** @param id found again in the log by who made the commit, and nobody else's */
    static String of(Care care, String id) {
        ObjectNode note = JSON.createObjectNode()
                .put("writer", "sightline")
                .put(ACTION, care.action())
                .put("id", id);
        if (!care.counters().isEmpty()) {
            care.counters().forEach(note.putObject(COUNTERS)::put);
        }
        return note.toString();
    }

    /** Who made a commit with such a note; empty if it is no note of ours. */
    static Optional<String> writer(String userMetadata) {
        return text(userMetadata, "writer");
    }

    /** What a commit of no writer did; empty if it is no note of such a commit. */
    static Optional<String> action(String userMetadata) {
        return text(userMetadata, ACTION);
    }

    private static Optional<String> text(String userMetadata, String field) {
        return Optional.ofNullable(parse(userMetadata).path(field).textValue());
    }

    private static JsonNode parse(String userMetadata) {
        try {
            return JSON.readTree(userMetadata);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    /** The counters in a note; empty if it is no note of ours. */
    static Optional<SortedMap<String, Long>> counters(String userMetadata) {
        JsonNode counters = parse(userMetadata).path(COUNTERS);
        if (!counters.isObject()) {
            return Optional.empty();
        }
        SortedMap<String, Long> values = new TreeMap<>();
        counters.properties()
                .forEach(counter ->
                        values.put(counter.getKey(), counter.getValue().asLong()));
        return Optional.of(Collections.unmodifiableSortedMap(values));
    }
}
