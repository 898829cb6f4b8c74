package io.sightline.cli;

import io.sightline.observe.Counter;
import io.sightline.observe.Counts;
import java.io.PrintWriter;
import java.util.Map;

/** What a command that ran a pipeline says of it at the end, by the names that scripts know. */
final class CounterSummary {
    private CounterSummary() {}

    /** Adds what became of the records. */
    static void add(Map<String, Object> summary, Counts counts) {
        summary.put("records", counts.total(Counter.RECORDS));
        summary.put("events", counts.total(Counter.EVENTS));
        summary.put("unique", counts.total(Counter.ORIGINALS));
        summary.put("duplicates", counts.total(Counter.DUPLICATES));
        summary.put("dead_letters", counts.total(Counter.DEAD_LETTERS));
        summary.put("unmatched", counts.total(Counter.UNMATCHED));
    }

    /** One JSON object on stdout, or a line for each on stderr. */
    static void print(Map<String, Object> summary, boolean json, PrintWriter err) {
        if (json) {
            System.out.println(Json.object(summary));
        } else {
            summary.forEach((name, value) -> err.printf("%-24s %s%n", name, value));
        }
    }
}
