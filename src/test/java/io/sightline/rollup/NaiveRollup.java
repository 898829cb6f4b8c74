package io.sightline.rollup;

import io.sightline.event.Event;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What the rows of {@link Sightings#rollup} must be, computed the slow and obvious way. */
public final class NaiveRollup {

    /** The visible rows as text, of all events that are not too late. */
    public static Set<String> rows(List<Event> events, long windowMillis, long correctForMillis) {
        Map<String, List<Event>> windows = new TreeMap<>();
        for (Event event : events) {
            long start = Math.floorDiv(event.eventTimeMicros(), windowMillis * 1_000) * windowMillis;
            if (event.sourceTimeMillis() - (start + windowMillis) <= correctForMillis) {
                windows.computeIfAbsent(start + "/" + event.value(0) + "/" + event.value(1), key -> new ArrayList<>())
                        .add(event);
            }
        }
        return windows.values().stream()
                .map(window -> Arrays.toString(row(window, windowMillis)))
                .collect(Collectors.toSet());
    }

    private static Object[] row(List<Event> events, long windowMillis) {
        Event latest = events.stream()
                .max(Comparator.comparingLong(Event::eventTimeMicros).thenComparing(Event::origin))
                .orElseThrow();
        List<Integer> heads = events.stream()
                .map(event -> (Integer) event.value(2))
                .filter(Objects::nonNull)
                .toList();
        List<Double> scores = events.stream()
                .map(event -> (Double) event.value(3))
                .filter(Objects::nonNull)
                .toList();
        long start = Math.floorDiv(latest.eventTimeMicros(), windowMillis * 1_000) * windowMillis * 1_000;
        Double scoreSum = scores.isEmpty()
                ? null
                : scores.stream()
                        .map(BigDecimal::new)
                        .reduce(BigDecimal.ZERO, (a, b) -> a.add(b, MathContext.UNLIMITED))
                        .doubleValue();
        Long headsSum =
                heads.isEmpty() ? null : heads.stream().mapToLong(n -> n).sum();
        return new Object[] {
            start,
            start + windowMillis * 1_000,
            latest.value(0),
            latest.value(1),
            latest.added()[0],
            (long) events.size(),
            headsSum,
            scoreSum == null ? null : scoreSum / scores.size(),
            scoreSum,
            heads.isEmpty() ? null : heads.stream().max(Integer::compare).orElseThrow(),
            scores.isEmpty() ? null : scores.stream().min(Double::compare).orElseThrow(),
            events.stream().mapToLong(Event::eventTimeMicros).min().orElseThrow(),
            headsSum == null ? null : (double) headsSum / heads.size()
        };
    }

    private NaiveRollup() {}
}
