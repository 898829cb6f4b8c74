package io.sightline.spec;

import io.sightline.event.DeadLetter.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** A few minutes of sixteen invented cameras, with the faults of a real feed: pipelines/detections.sample.jsonl. */
final class DetectionsSample {
    private static final int LINES = 320;
    private static final int CAMERAS = 16;
    private static final int PLACES = 14;
    private static final List<String> ITEMS = List.of("person", "bicycle", "pallet", "forklift", "Koffer", "Fußball");
    private static final Map<String, Integer> FAULTS = Map.ofEntries(
            Map.entry("again", 38),
            Map.entry("late", 12),
            Map.entry("array", 14),
            Map.entry("array with a bad element", 6),
            Map.entry("without id", 10),
            Map.entry("id that is no UUID", 8),
            Map.entry("unknown place", 9),
            Map.entry("new field", 24),
            Map.entry("epoch millis", 6),
            Map.entry("truncated", 5),
            Map.entry("not JSON", 4),
            Map.entry("no camera", 5),
            Map.entry("bad time", 4),
            Map.entry("empty", 3),
            Map.entry("empty array", 2),
            Map.entry("a number", 2),
            Map.entry("bad confidence", 4),
            Map.entry("not a number", 1),
            Map.entry("key twice", 2),
            Map.entry("clock of 1970", 2));

    private final Random random = new Random(20_260_314);
    private final SampleFeed feed = new SampleFeed(random);
    private Instant now = Instant.parse("2026-03-14T08:58:20.125Z");
    private int serial;

    static SampleFeed feed() {
        return new DetectionsSample().make();
    }

    private SampleFeed make() {
        feed.originals(event(now).json(), 1, 0);
        for (String kind : SampleFeed.shuffled(LINES - 1, FAULTS, "plain", random)) {
            now = now.plusMillis(150 + random.nextInt(900));
            add(kind);
        }
        return feed;
    }

    private void add(String kind) {
        Detection event = event(now);
        String json = event.json();
        switch (kind) {
            case "plain" -> feed.originals(json, 1, 0);
            case "again" -> feed.again();
            case "late" ->
                feed.originals(event(now.minusSeconds(20 + random.nextInt(100))).json(), 1, 0);
            case "array" -> feed.originals("[" + json + ", " + event(now).json() + "]", 2, 0);
            case "array with a bad element" ->
                feed.originalsAndRefused(
                        "[" + json + ", " + event(now).json().replace("\"camera_id\"", "\"camera\"") + ","
                                + event(now).json() + "]",
                        2,
                        Reason.MISSING_FIELD);
            case "without id" -> feed.originals(json.replaceFirst("\"event_id\": \"[^\"]*\", ", ""), 1, 0);
            case "id that is no UUID" ->
                feed.originals(
                        json.replaceFirst("(\"event_id\": \")[^\"]*", "$1" + event.camera() + "/" + serial), 1, 0);
            case "unknown place" -> feed.originals(json.replaceFirst("loc-\\d+", "loc-777"), 1, 1);
            case "new field" ->
                feed.originals(
                        json.replaceFirst(
                                "}$", ", \"speed_mps\": " + random.nextInt(40) / 10.0 + ", \"lens\": {\"zoom\": 2}}"),
                        1,
                        0);
            case "epoch millis" ->
                feed.originals(
                        json.replaceFirst("\"event_time\": \"[^\"]*\"", "\"event_time\": " + now.toEpochMilli()), 1, 0);
            case "truncated" ->
                feed.refused(
                        json.substring(0, json.indexOf("\"item\": \"") + 10 + random.nextInt(3)), Reason.TRUNCATED);
            case "not JSON" -> feed.refused(event.camera() + ": lens covered", Reason.NOT_JSON);
            case "no camera" ->
                feed.refused(json.replaceFirst("\"camera_id\": \"[^\"]*\", ", ""), Reason.MISSING_FIELD);
            case "bad time" ->
                feed.refused(
                        json.replaceFirst("\"event_time\": \"[^\"]*\"", "\"event_time\": \"14.03.2026, 9 Uhr\""),
                        Reason.BAD_TIME);
            case "empty" -> feed.refused("", Reason.EMPTY);
            case "empty array" -> feed.refused("[]", Reason.EMPTY_ARRAY);
            case "a number" -> feed.refused("4711", Reason.NOT_AN_OBJECT);
            case "bad confidence" ->
                feed.refused(
                        json.replaceFirst("\"confidence\": [0-9.]+", "\"confidence\": \"high\""), Reason.WRONG_TYPE);
            case "not a number" ->
                feed.refused(json.replaceFirst("\"confidence\": [0-9.]+", "\"confidence\": NaN"), Reason.NOT_A_NUMBER);
            case "key twice" ->
                feed.refused(json.replaceFirst("\"item\": ", "\"item\": \"person\", \"item\": "), Reason.DUPLICATE_KEY);
            case "clock of 1970" ->
                feed.refused(
                        event(Instant.EPOCH.plus(Duration.ofMinutes(serial))).json(), Reason.EVENT_TIME_IMPLAUSIBLE);
            default -> throw new IllegalStateException(kind);
        }
    }

    private Detection event(Instant time) {
        serial++;
        int camera = random.nextInt(CAMERAS);
        return new Detection(
                new UUID(random.nextLong(), random.nextLong()),
                String.format(Locale.ROOT, "cam-%02d", camera + 1),
                String.format(Locale.ROOT, "loc-%03d", camera % PLACES + 1),
                ITEMS.get(random.nextInt(ITEMS.size())),
                random.nextInt(100) / 100.0,
                random.nextInt(1920),
                random.nextInt(10_800) / 10.0,
                time);
    }

    private record Detection(
            UUID id, String camera, String place, String item, double confidence, int x, double y, Instant time) {
        String json() {
            String written = item.replace("ß", "\\u00df");
            String score = confidence == 0 ? "1" : Double.toString(confidence);
            return String.format(
                    Locale.ROOT,
                    "{\"event_id\": \"%s\", \"camera_id\": \"%s\", \"location_id\": \"%s\", \"item\": \"%s\", \"confidence\": %s,"
                            + " \"bbox\": {\"x\": %d, \"y\": %s, \"w\": 48, \"h\": 112.5}, \"event_time\": \"%s\"}",
                    id,
                    camera,
                    place,
                    written,
                    score,
                    x,
                    y,
                    time);
        }
    }
}
