package io.sightline.demo;

import io.sightline.demo.Camera.Detection;
import io.sightline.event.DeadLetter.Reason;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What a correct pipeline reports about a {@link SeededFeed}: counted by the feed itself while it makes the records, with no
 * code of the pipeline. Not thread-safe.
 */
public final class FeedTruth {
    private static final int SECONDS_A_MINUTE = 60;

    private final int places;
    private final Map<Reason, Long> deadLetters = new EnumMap<>(Reason.class);
    /** Second since 1970 to events by place; place 0 is the unknown one. */
    private final TreeMap<Long, int[]> uniqueBySecond = new TreeMap<>();

    private long records;
    private long events;
    private long unique;
    private long unmatched;
    private long withoutId;
    private long idHash;
    private long second = Long.MIN_VALUE;
    private int[] uniqueOfSecond = {};

    FeedTruth(int places) {
        this.places = places;
    }

    /** A record was sent with these detections; as a copy, its events are duplicates. */
    void sent(List<Detection> detections, boolean copy) {
        records++;
        for (Detection detection : detections) {
            if (detection.spoil() != null) {
                deadLetters.merge(detection.spoil(), 1L, Long::sum);
                continue;
            }
            events++;
            if (!copy) {
                first(detection);
            }
        }
    }

    private void first(Detection detection) {
        unique++;
        if (detection.place() == 0) {
            unmatched++;
        }
        if (detection.withoutId()) {
            withoutId++;
        } else {
            idHash += hash(detection.idHigh(), detection.idLow());
        }
        long itsSecond = Math.floorDiv(detection.eventTimeMillis(), 1_000L);
        if (itsSecond != second) {
            second = itsSecond;
            uniqueOfSecond = uniqueBySecond.computeIfAbsent(itsSecond, none -> new int[places + 1]);
        }
        uniqueOfSecond[detection.place()]++;
    }

    /** Records sent, copies included. */
    public long records() {
        return records;
    }

    /** Events in them, copies included. */
    public long events() {
        return events;
    }

    public long unique() {
        return unique;
    }

    public long duplicates() {
        return events - unique;
    }

    public long deadLetters() {
        return deadLetters.values().stream().mapToLong(Long::longValue).sum();
    }

    /** By reason code. */
    public Map<String, Long> deadLettersByReason() {
        Map<String, Long> byCode = new TreeMap<>();
        deadLetters.forEach((reason, n) -> byCode.put(reason.code(), n));
        return byCode;
    }

    /** Unique events of the unknown place. */
    public long unmatched() {
        return unmatched;
    }

    /** Unique events whose camera sends no {@code event_id}. */
    public long withoutId() {
        return withoutId;
    }

    /** The sum of {@link #hash(String)} over the unique events that have an {@code event_id}: tells a wrong set of the right size. */
    public long idHash() {
        return idHash;
    }

    /** One id's part of {@link #idHash}, from the text of its {@code event_id}: a UUID as {@link UUID#toString} writes it. */
    public static long hash(String eventId) {
        UUID id = UUID.fromString(eventId);
        return hash(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    /** Both halves through the finalizer of SplitMix64. */
    private static long hash(long high, long low) {
        return mix(high + mix(low));
    }

    /** By {@code location_id}; the unknown place included. */
    public Map<String, Long> uniquePerLocation() {
        Map<String, Long> sums = new TreeMap<>();
        uniqueBySecond.forEach((at, byPlace) -> addTo(sums, byPlace, ""));
        return sums;
    }

    /** By {@code location_id|minute}, the minute as {@code 2026-01-31T12:00:00.000Z}; the unknown place included. */
    public Map<String, Long> uniquePerLocationAndMinute() {
        Map<String, Long> sums = new TreeMap<>();
        uniqueBySecond.forEach((at, byPlace) ->
                addTo(sums, byPlace, "|" + text(Math.floorDiv(at, SECONDS_A_MINUTE) * SECONDS_A_MINUTE)));
        return sums;
    }

    /** By second since 1970. */
    public Map<Long, Long> uniquePerSecond() {
        Map<Long, Long> sums = new TreeMap<>();
        uniqueBySecond.forEach((at, byPlace) -> {
            long sum = 0;
            for (int n : byPlace) {
                sum += n;
            }
            sums.put(at, sum);
        });
        return sums;
    }

    private static void addTo(Map<String, Long> sums, int[] byPlace, String suffix) {
        for (int place = 0; place < byPlace.length; place++) {
            if (byPlace[place] > 0) {
                sums.merge(Places.id(place) + suffix, (long) byPlace[place], Long::sum);
            }
        }
    }

    private static String text(long second) {
        return Instant.ofEpochSecond(second).toString().replace("Z", ".000Z");
    }

    private static long mix(long value) {
        long mixed = value;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
