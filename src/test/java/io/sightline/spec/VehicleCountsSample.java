package io.sightline.spec;

import io.sightline.event.DeadLetter.Reason;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** Half an hour of counting loops at invented junctions: pipelines/vehicle-counts.sample.jsonl. */
final class VehicleCountsSample {
    private static final int LINES = 240;
    private static final List<Integer> JUNCTIONS = List.of(101, 102, 103, 204, 205, 310, 311, 312);
    private static final Map<String, Integer> FAULTS = Map.ofEntries(
            Map.entry("again", 25),
            Map.entry("late", 10),
            Map.entry("both lanes", 16),
            Map.entry("a lane missing in an array", 4),
            Map.entry("unknown junction", 6),
            Map.entry("no lane", 4),
            Map.entry("no sensor", 3),
            Map.entry("vehicles as text", 3),
            Map.entry("half a vehicle", 2),
            Map.entry("too many vehicles", 3),
            Map.entry("road_wet as a number", 2),
            Map.entry("bad day", 2),
            Map.entry("bad time", 2),
            Map.entry("nulls", 6),
            Map.entry("time as text", 6),
            Map.entry("clock of the factory", 2),
            Map.entry("truncated", 2),
            Map.entry("empty", 1));

    private final Random random = new Random(20_260_702);
    private final SampleFeed feed = new SampleFeed(random);
    /** Across midnight, so that the service day changes. */
    private Instant now = Instant.parse("2026-07-02T23:46:00Z");

    private long counted = 4_294_960_000L;

    static SampleFeed feed() {
        return new VehicleCountsSample().make();
    }

    private SampleFeed make() {
        feed.originals(count(now, 1), 1, 0);
        for (String kind : SampleFeed.shuffled(LINES - 1, FAULTS, "plain", random)) {
            now = now.plusMillis(2_000 + random.nextInt(9_000)); // no two counts share their time, so their keys differ
            add(kind, count(now, 1 + random.nextInt(2)));
        }
        return feed;
    }

    private void add(String kind, String json) {
        switch (kind) {
            case "plain" -> feed.originals(json, 1, 0);
            case "again" -> feed.again();
            case "late" ->
                feed.originals(count(now.minusSeconds(60 + random.nextInt(600)).plusMillis(1), 3), 1, 0);
            case "both lanes" -> feed.originals("[" + count(now, 1) + "," + count(now, 2) + "]", 2, 0);
            case "a lane missing in an array" ->
                feed.originalsAndRefused("[" + count(now, 1) + "," + withoutLane(json) + "]", 1, Reason.MISSING_KEY);
            case "unknown junction" -> feed.originals(json.replaceFirst("\"junction\":\\d+", "\"junction\":999"), 1, 1);
            case "no lane" -> feed.refused(withoutLane(json), Reason.MISSING_KEY);
            case "no sensor" -> feed.refused(json.replaceFirst("\"id\":\"[^\"]*\",", ""), Reason.MISSING_FIELD);
            case "vehicles as text" ->
                feed.refused(json.replaceFirst("\"all\":\\d+", "\"all\":\"many\""), Reason.WRONG_TYPE);
            case "half a vehicle" -> feed.refused(json.replaceFirst("\"all\":\\d+", "\"all\":7.5"), Reason.WRONG_TYPE);
            case "too many vehicles" ->
                feed.refused(json.replaceFirst("\"all\":\\d+", "\"all\":3000000000"), Reason.OUT_OF_RANGE);
            case "road_wet as a number" ->
                feed.refused(json.replaceFirst("\"wet\":(true|false)", "\"wet\":1"), Reason.WRONG_TYPE);
            case "bad day" ->
                feed.refused(
                        json.replaceFirst("\"serviceDay\":\"[^\"]*\"", "\"serviceDay\":\"2026-02-30\""),
                        Reason.BAD_TIME);
            case "bad time" -> feed.refused(json.replaceFirst("\"atMs\":\\d+", "\"atMs\":\"soon\""), Reason.BAD_TIME);
            case "nulls" ->
                feed.originals(
                        json.replaceFirst("\"heavy\":\\d+", "\"heavy\":null")
                                .replaceFirst("\"wet\":(true|false)", "\"wet\":null")
                                .replaceFirst("\"meanKmh\":[0-9.]+", "\"meanKmh\":null"),
                        1,
                        0);
            case "time as text" -> feed.originals(json.replaceFirst("\"atMs\":\\d+", "\"atMs\":\"" + now + "\""), 1, 0);
            case "clock of the factory" ->
                feed.refused(
                        json.replaceFirst("\"atMs\":\\d+", "\"atMs\":946684800000"), Reason.EVENT_TIME_IMPLAUSIBLE);
            case "truncated" -> feed.refused(json.substring(0, json.indexOf("\"counts\":") + 3), Reason.TRUNCATED);
            case "empty" -> feed.refused("", Reason.EMPTY);
            default -> throw new IllegalStateException(kind);
        }
    }

    private static String withoutLane(String json) {
        return json.replaceFirst("\"lane\":\\d+,", "");
    }

    private String count(Instant time, int lane) {
        int junction = JUNCTIONS.get(random.nextInt(JUNCTIONS.size()));
        int vehicles = random.nextInt(60);
        counted += vehicles;
        return String.format(
                Locale.ROOT,
                "{\"sensor\":{\"id\":\"loop-%d\",\"junction\":%d,\"firmware\":\"2.4.1\"},\"lane\":%d,"
                        + "\"measured\":{\"atMs\":%d,\"serviceDay\":\"%s\"},"
                        + "\"counts\":{\"all\":%d,\"heavy\":%d,\"sinceInstallation\":%d},"
                        + "\"speed\":{\"meanKmh\":%s},\"wet\":%b}",
                junction,
                junction,
                lane,
                time.toEpochMilli(),
                LocalDate.ofInstant(time, ZoneOffset.UTC),
                vehicles,
                vehicles / 9,
                counted,
                random.nextBoolean() ? Integer.toString(20 + random.nextInt(60)) : 30 + random.nextInt(400) / 10.0 + "",
                random.nextInt(4) == 0);
    }
}
