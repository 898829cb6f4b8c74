package io.sightline.history.delta;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sightline.history.TableChange;
import java.util.Collections;
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

    private CommitNote() {}

    static String of(TableChange change) {
        ObjectNode note = JSON.createObjectNode();
        note.put("writer", change.fence().holder().toString());
        note.put("claim", change.fence().epoch());
        ObjectNode counters = note.putObject(COUNTERS);
        change.counters().forEach(counters::put);
        return note.toString();
    }

    /** The counters in a note; empty if it is no note of ours. */
    static Optional<SortedMap<String, Long>> counters(String userMetadata) {
        JsonNode counters;
        try {
            counters = JSON.readTree(userMetadata).path(COUNTERS);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
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
