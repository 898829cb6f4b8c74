package io.sightline.cli;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.sql.SqlResult;
import com.hazelcast.sql.SqlRow;
import io.sightline.demo.Fleet;
import io.sightline.demo.LatencyProbe;
import io.sightline.demo.SupervisedMember;
import io.sightline.grid.GridNames;
import io.sightline.spec.PipelineSpec;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the demo shows while it runs: on a terminal a screen, drawn anew every second, elsewhere a line every ten seconds.
 * One thread.
 */
final class DemoScreen {
    private static final String HOME = "\033[H";
    private static final String CLEAR_LINE = "\033[K";
    private static final String CLEAR_BELOW = "\033[J";
    private static final String CLEAR_ALL = "\033[2J";
    private static final String BARS = "▁▂▃▄▅▆▇█";
    private static final List<String> COMING_BACK =
            List.of("  the member is coming back; it reads the topic from its beginning");
    private static final int SECONDS_DRAWN = 60;
    private static final int TOP_PLACES = 5;
    private static final Duration TOP_PLACES_EVERY = Duration.ofSeconds(3);
    private static final Duration LATENCY_OVER = Duration.ofSeconds(30);
    private static final long LINE_SECONDS = 10;
    private static final int DEFAULT_MEMBER_PORT = 5701;

    private final PrintWriter out;
    private final boolean terminal = Boolean.getBoolean("sightline.terminal");
    private final PipelineSpec pipeline;
    private final SupervisedMember member;
    private final Fleet fleet;
    private final LatencyProbe probe;
    private final Instant start;
    private final String address;
    private final String page;
    private final Supplier<String> psql;
    private final Deque<Long> rates = new ArrayDeque<>();
    private long lastEvents;
    private @Nullable Instant lastShown;
    private long lines;
    private List<String> topPlaces = List.of();
    private @Nullable Instant topPlacesAt;

    DemoScreen(
            PrintWriter out,
            PipelineSpec pipeline,
            SupervisedMember member,
            Fleet fleet,
            LatencyProbe probe,
            Instant start,
            int memberPort,
            int httpPort,
            Supplier<String> psql) {
        this.out = out;
        this.pipeline = pipeline;
        this.member = member;
        this.fleet = fleet;
        this.probe = probe;
        this.start = start;
        this.address = memberPort == DEFAULT_MEMBER_PORT ? "" : " --address 127.0.0.1:" + memberPort;
        this.page = "http://127.0.0.1:" + httpPort + "/";
        this.psql = psql;
        if (terminal) {
            out.print(CLEAR_ALL);
        }
    }

    /** Shows how things are now. */
    void show(Instant now) {
        Optional<Map<String, @Nullable Object>> status = StatusTable.look(member.client(), pipeline.name());
        count(status, now);
        if (terminal) {
            draw(status, now);
        } else if (Duration.between(start, now).toSeconds() / LINE_SECONDS >= lines) {
            lines++;
            out.println("sightline: " + Duration.between(start, now).toSeconds() + " s, "
                    + status.map(this::line).orElse("the member is coming back"));
        }
        out.flush();
    }

    private void count(Optional<Map<String, @Nullable Object>> status, Instant now) {
        long events = status.map(row -> number(row, "events")).orElse(0L);
        if (lastShown != null) {
            double seconds = Math.max(1, Duration.between(lastShown, now).toMillis()) / 1e3;
            rates.add(Math.max(0, Math.round((events - lastEvents) / seconds)));
            if (rates.size() > SECONDS_DRAWN) {
                rates.remove();
            }
        }
        lastEvents = events;
        lastShown = now;
    }

    private String line(Map<String, @Nullable Object> row) {
        double[] latencies = recentLatencies();
        return "%,d events/s, %,d events, %,d unique, %,d duplicates, %,d dead letters, lag %,d, p50 %s ms, p99 %s ms"
                .formatted(
                        rate(),
                        number(row, "events"),
                        number(row, "originals"),
                        number(row, "duplicates"),
                        number(row, "dead_letters"),
                        number(row, "lag_events"),
                        quantile(latencies, 0.5),
                        quantile(latencies, 0.99));
    }

    private void draw(Optional<Map<String, @Nullable Object>> status, Instant now) {
        List<String> screen = new ArrayList<>();
        Duration running = Duration.between(start, now);
        screen.add("Sightline demo   running %d:%02d   %s"
                .formatted(
                        running.toMinutes(),
                        running.toSecondsPart(),
                        member.restarts() == 0 ? "" : "member restarts: " + member.restarts()));
        screen.add("");
        try {
            screen.addAll(status.map(row -> figures(row, now)).orElse(COMING_BACK));
        } catch (HazelcastException | IllegalStateException e) {
            // It died between two of the questions.
            screen.addAll(COMING_BACK);
        }
        screen.add("");
        screen.add("Live page: " + page);
        screen.add("Try in another terminal:");
        screen.add("  " + psql.get());
        screen.add("  ./sightline sql" + address + " \"SELECT * FROM detections ORDER BY event_time DESC LIMIT 10\"");
        screen.add(
                "  ./sightline sql" + address + " \"SELECT location_name, item, detections FROM detections_per_minute"
                        + " ORDER BY window_start DESC, detections DESC LIMIT 10\"");
        screen.add("  ./sightline dead-letters list" + address);
        screen.add("  ./sightline status" + address + " --watch");
        screen.add("");
        screen.add("Ctrl-C ends it.");
        out.print(HOME);
        screen.forEach(text -> out.print(text + CLEAR_LINE + "\n"));
        out.print(CLEAR_BELOW);
    }

    private List<String> figures(Map<String, @Nullable Object> row, Instant now) {
        List<String> screen = new ArrayList<>();
        long events = number(row, "events");
        double[] latencies = recentLatencies();
        screen.add("  events/s      %,11d   %s".formatted(rate(), bars()));
        screen.add("  originals     %,11d   duplicates %,d (%.1f %%)   dead letters %,d   unmatched %,d"
                .formatted(
                        number(row, "originals"),
                        number(row, "duplicates"),
                        events == 0 ? 0 : 100.0 * number(row, "duplicates") / events,
                        number(row, "dead_letters"),
                        number(row, "unmatched")));
        screen.add("  lag           %,11d   cameras %,d ms behind   complete up to %s"
                .formatted(number(row, "lag_events"), fleet.behindMillis(), Json.text(row.get("complete_up_to"))));
        screen.add("  due to SQL    p50 %s ms   p99 %s ms   over the last 30 s"
                .formatted(quantile(latencies, 0.5), quantile(latencies, 0.99)));
        screen.add("  member        %,d MB in use   %,d rows in the hot window"
                .formatted(member.process().memoryBytes().orElse(0L) >> 20, hotRows()));
        screen.add("");
        screen.add("  busiest places this minute, detections a second");
        screen.addAll(topPlaces(row, now));
        return screen;
    }

    private long hotRows() {
        HazelcastInstance grid = member.client();
        return grid == null
                ? 0
                : grid.getMap(GridNames.hotWindow(pipeline.name())).size();
    }

    /** Asked for now and then: a scan of the rollup costs the member something. */
    private List<String> topPlaces(Map<String, @Nullable Object> row, Instant now) {
        HazelcastInstance grid = member.client();
        if (grid == null || !(row.get("complete_up_to") instanceof OffsetDateTime completeUpTo)) {
            return List.of();
        }
        if (topPlacesAt != null && Duration.between(topPlacesAt, now).compareTo(TOP_PLACES_EVERY) < 0) {
            return topPlaces;
        }
        topPlacesAt = now;
        OffsetDateTime minute = completeUpTo.truncatedTo(ChronoUnit.MINUTES);
        double seconds = Math.max(1, Duration.between(minute, completeUpTo).toMillis() / 1e3);
        List<String> places = new ArrayList<>();
        try (SqlResult top = grid.getSql()
                .execute(
                        "SELECT location_name, site, SUM(detections) AS detections FROM detections_per_minute"
                                + " WHERE window_start = ? GROUP BY location_name, site"
                                + " ORDER BY detections DESC LIMIT " + TOP_PLACES,
                        minute)) {
            for (SqlRow place : top) {
                double perSecond = ((Number) place.getObject(2)).doubleValue() / seconds;
                places.add("    %-28s %-12s %,7.0f"
                        .formatted(Json.text(place.getObject(0)), Json.text(place.getObject(1)), perSecond));
            }
        }
        topPlaces = places;
        return places;
    }

    private double[] recentLatencies() {
        long now = System.currentTimeMillis();
        return probe.latencies(now - LATENCY_OVER.toMillis(), now);
    }

    private static String quantile(double[] ascending, double share) {
        var value = LatencyProbe.quantile(ascending, share);
        return value.isPresent() ? String.valueOf(Math.round(value.getAsDouble())) : "-";
    }

    private long rate() {
        return rates.isEmpty() ? 0 : rates.getLast();
    }

    private String bars() {
        long most = rates.stream().mapToLong(Long::longValue).max().orElse(1);
        StringBuilder bars = new StringBuilder();
        for (long rate : rates) {
            bars.append(BARS.charAt((int) Math.min(BARS.length() - 1, rate * BARS.length() / Math.max(1, most))));
        }
        return bars.toString();
    }

    private static long number(Map<String, @Nullable Object> row, String column) {
        return row.get(column) instanceof Number number ? number.longValue() : 0;
    }
}
