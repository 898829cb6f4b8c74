package io.sightline.cli;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.sql.SqlResult;
import com.hazelcast.sql.SqlRow;
import io.sightline.demo.FeedTruth;
import io.sightline.history.jet.HistoryTable;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Everything about a pipeline that can be counted, by name: {@code records}, {@code events}, {@code unique},
 * {@code duplicates}, {@code dead_letters}, {@code dead_letters REASON}, {@code unmatched}, the rows of the {@code history}, and
 * the unique events of each place and minute. What is zero is not in it.
 */
record Tally(Map<String, Long> counts) {
    static final Tally NOTHING = new Tally(Map.of());

    private static final String HISTORY = "history";
    private static final List<String> NAMES =
            List.of("records", "events", "originals", "duplicates", "dead_letters", "unmatched");

    Tally {
        Map<String, Long> some = new LinkedHashMap<>(counts);
        some.values().removeIf(count -> count == 0);
        counts = Map.copyOf(some);
    }

    /** What a correct pipeline reports of the feed. */
    static Tally of(FeedTruth truth, PipelineSpec pipeline) {
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put("records", truth.records());
        counts.put("events", truth.events());
        counts.put("unique", truth.unique());
        counts.put("duplicates", truth.duplicates());
        counts.put("dead_letters", truth.deadLetters());
        truth.deadLettersByReason().forEach((reason, n) -> counts.put("dead_letters " + reason, n));
        counts.put("unmatched", truth.unmatched());
        counts.putAll(truth.uniquePerLocationAndMinute());
        if (pipeline.history() != null) {
            counts.put(HISTORY, truth.unique());
        }
        return new Tally(counts);
    }

    /**
     * What the pipeline reports over SQL, its minutes those of the rollup {@code detections_per_minute}; and the rows of its
     * history, as this process finds them.
     */
    static Tally read(HazelcastInstance grid, PipelineSpec pipeline) {
        Map<String, Long> counts = new LinkedHashMap<>();
        for (Map<String, ?> row : StatusTable.read(grid, pipeline.name())) {
            for (String name : NAMES) {
                if (row.get(name) instanceof Long count) {
                    counts.put(name.equals("originals") ? "unique" : name, count);
                }
            }
        }
        try (SqlResult reasons = grid.getSql()
                .execute("SELECT reason, dead_letters FROM dead_letter_reasons WHERE pipeline = ?", pipeline.name())) {
            for (SqlRow row : reasons) {
                counts.put("dead_letters " + row.getObject(0), ((Number) row.getObject(1)).longValue());
            }
        }
        try (SqlResult minutes =
                grid.getSql().execute("SELECT location_id, window_start, detections FROM detections_per_minute")) {
            for (SqlRow row : minutes) {
                OffsetDateTime minute = row.getObject(1);
                String name =
                        row.getObject(0) + "|" + minute.toInstant().toString().replace("Z", ".000Z");
                counts.merge(name, ((Number) row.getObject(2)).longValue(), Long::sum);
            }
        }
        if (pipeline.history() != null) {
            counts.put(HISTORY, historyRows(pipeline));
        }
        return new Tally(counts);
    }

    private static long historyRows(PipelineSpec pipeline) {
        try {
            return HistoryTable.ofEvents(pipeline).log().files().rows();
        } catch (IOException e) {
            // Being written just now: whoever asks asks again.
            return 0;
        }
    }

    long get(String name) {
        return counts.getOrDefault(name, 0L);
    }

    /** What came since. */
    Tally minus(Tally earlier) {
        Map<String, Long> since = new LinkedHashMap<>(counts);
        earlier.counts.forEach((name, count) -> since.merge(name, -count, Long::sum));
        return new Tally(since);
    }

    /** One line a count that is not as expected. */
    List<String> differencesFrom(Tally expected) {
        Set<String> names = new TreeSet<>(counts.keySet());
        names.addAll(expected.counts.keySet());
        List<String> differences = new ArrayList<>();
        for (String name : names) {
            if (get(name) != expected.get(name)) {
                differences.add("%s: %,d instead of %,d".formatted(name, get(name), expected.get(name)));
            }
        }
        return differences;
    }
}
