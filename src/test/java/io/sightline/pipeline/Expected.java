package io.sightline.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sightline.demo.FeedTruth;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** What a correct pipeline reports of a feed, known without the pipeline. */
record Expected(
        long records,
        long events,
        long unique,
        long duplicates,
        long deadLetters,
        long unmatched,
        Map<String, Long> uniquePerLocationAndMinute) {

    static Expected of(FeedTruth truth) {
        return new Expected(
                truth.records(),
                truth.events(),
                truth.unique(),
                truth.duplicates(),
                truth.deadLetters(),
                truth.unmatched(),
                truth.uniquePerLocationAndMinute());
    }

    /** The file {@code truth.json} beside a recorded feed. */
    static Expected of(Path truthFile) throws IOException {
        JsonNode truth = new ObjectMapper().readTree(truthFile.toFile());
        Map<String, Long> perLocationAndMinute = new TreeMap<>();
        truth.get("unique_per_location_and_minute")
                .properties()
                .forEach(entry -> perLocationAndMinute.put(
                        entry.getKey(), entry.getValue().longValue()));
        return new Expected(
                truth.get("records").longValue(),
                truth.get("events").longValue(),
                truth.get("unique").longValue(),
                truth.get("duplicates").longValue(),
                truth.get("dead_letters").longValue(),
                truth.get("unmatched").longValue(),
                perLocationAndMinute);
    }
}
