package io.sightline.spec;

import io.sightline.event.DeadLetter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A recorded feed in the making, and the truth about it. Whoever adds a line says what it must come to; so the figures
 * are known without reading the feed back.
 */
final class SampleFeed {
    private final StringBuilder lines = new StringBuilder();
    private final List<Sent> sent = new ArrayList<>();
    private final Map<String, Integer> refused = new TreeMap<>();
    private final Random random;
    private int records;
    private int originals;
    private int duplicates;
    private int unmatched;

    /** A line that can be sent again: so many events, none refused. */
    private record Sent(String line, int events) {}

    SampleFeed(Random random) {
        this.random = random;
    }

    /** A record of so many events never seen before, of which so many are at a place that reference data does not know. */
    void originals(String line, int events, int atUnknownPlaces) {
        append(line);
        originals += events;
        unmatched += atUnknownPlaces;
        sent.add(new Sent(line, events));
    }

    /** A record of so many events never seen before, and one element that is refused. */
    void originalsAndRefused(String line, int events, DeadLetter.Reason reason) {
        append(line);
        originals += events;
        refused.merge(reason.code(), 1, Integer::sum);
    }

    /** A record that is refused as a whole. */
    void refused(String line, DeadLetter.Reason reason) {
        originalsAndRefused(line, 0, reason);
    }

    /** One of the last records once more. */
    void again() {
        Sent earlier = sent.get(sent.size() - 1 - random.nextInt(Math.min(40, sent.size())));
        append(earlier.line());
        duplicates += earlier.events();
    }

    private void append(String line) {
        lines.append(line).append('\n');
        records++;
    }

    String lines() {
        return lines.toString();
    }

    /** What {@code sightline test} must report, as one JSON object. */
    String expected() {
        Map<String, Object> figures = new TreeMap<>();
        figures.put("records", records);
        figures.put("events", originals + duplicates);
        figures.put("unique", originals);
        figures.put("duplicates", duplicates);
        figures.put(
                "dead_letters",
                refused.values().stream().mapToInt(Integer::intValue).sum());
        figures.put("unmatched", unmatched);
        figures.put("dead_letters_by_reason", json(refused, "    ", "  "));
        return json(figures, "  ", "") + "\n";
    }

    private static String json(Map<String, ?> figures, String indent, String end) {
        return figures.entrySet().stream()
                .map(entry -> indent + "\"" + entry.getKey() + "\": " + entry.getValue())
                .collect(Collectors.joining(",\n", "{\n", "\n" + end + "}"));
    }

    /** Each word as often as it says, and {@code otherwise} up to {@code total}, shuffled. */
    static List<String> shuffled(int total, Map<String, Integer> times, String otherwise, Random random) {
        List<String> kinds = new ArrayList<>();
        new TreeMap<>(times).forEach((kind, count) -> kinds.addAll(Collections.nCopies(count, kind)));
        kinds.addAll(Collections.nCopies(total - kinds.size(), otherwise));
        Collections.shuffle(kinds, random);
        return kinds;
    }
}
