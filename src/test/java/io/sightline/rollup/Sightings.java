package io.sightline.rollup;

import io.sightline.event.Column;
import io.sightline.event.Event;
import io.sightline.event.Field;
import io.sightline.event.FieldType;
import io.sightline.event.Schema;
import io.sightline.spec.DeduplicateSpec;
import io.sightline.spec.EnrichSpec;
import io.sightline.spec.EventSpec;
import io.sightline.spec.HotWindowSpec;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupSpec;
import io.sightline.spec.RollupSpec.Function;
import io.sightline.spec.RollupSpec.Measure;
import io.sightline.spec.Setting;
import io.sightline.spec.SourceSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A small pipeline of sightings, and events for it. Times are whole milliseconds. */
public final class Sightings {
    public static final PipelineSpec PIPELINE = pipeline();

    /** By place and item, carrying the site, with one measure of each kind. */
    public static RollupSpec rollup(Duration window, Duration correctFor) {
        return new RollupSpec(
                "sightings",
                window,
                List.of("place", "item"),
                List.of("site"),
                List.of(
                        new Measure("sightings", Function.COUNT, null),
                        new Measure("heads_sum", Function.SUM, "heads"),
                        new Measure("score_avg", Function.AVG, "score"),
                        new Measure("score_sum", Function.SUM, "score"),
                        new Measure("heads_max", Function.MAX, "heads"),
                        new Measure("score_min", Function.MIN, "score"),
                        new Measure("first_at", Function.MIN, "at"),
                        new Measure("heads_avg", Function.AVG, "heads")),
                correctFor,
                Duration.ofHours(1));
    }

    private static PipelineSpec pipeline() {
        Schema schema = new Schema(
                List.of(
                        Field.of("place", FieldType.STRING, false),
                        Field.of("item", FieldType.STRING, true),
                        Field.of("heads", FieldType.INT, false),
                        Field.of("score", FieldType.DOUBLE, false),
                        Field.of("at", FieldType.TIMESTAMP, true)),
                "at");
        return new PipelineSpec(
                "sightings",
                new SourceSpec(
                        "sightings",
                        new Setting("localhost:9092"),
                        SourceSpec.Profile.KAFKA,
                        new SourceSpec.Start.Earliest(),
                        0,
                        Duration.ofSeconds(5),
                        null),
                new EventSpec(schema, false, Duration.ofHours(24), Duration.ofDays(30)),
                new DeduplicateSpec(List.of("item"), List.of(), Duration.ofMinutes(10)),
                List.of(new EnrichSpec(
                        "places",
                        new Setting("places.csv"),
                        "place",
                        List.of(new Column("site", FieldType.STRING)),
                        Duration.ofSeconds(30))),
                new HotWindowSpec(Duration.ofMinutes(15), List.of()),
                List.of(),
                null,
                null);
    }

    /** One sighting of one partition, with source time as event time unless told otherwise. */
    public static Event sighting(long offset, long atMillis, String place, String item) {
        return sighting(0, offset, atMillis, atMillis, place, item, 1, 0.5, "site of " + place);
    }

    public static Event sighting(
            int topicPartition,
            long offset,
            long sourceMillis,
            long atMillis,
            @Nullable String place,
            String item,
            @Nullable Integer heads,
            @Nullable Double score,
            @Nullable String site) {
        return new Event(
                topicPartition,
                offset,
                0,
                sourceMillis,
                atMillis * 1_000,
                0,
                0,
                new Object[] {place, item, heads, score, atMillis * 1_000},
                null,
                new Object[] {site});
    }

    /**
     * Sightings of a few places and items over ten seconds and two topic partitions. Source time never goes back within
     * a topic partition; event time is up to {@code lateMillis} before it.
     */
    public static List<Event> seeded(Random random, int count, int lateMillis) {
        List<Event> events = new ArrayList<>();
        long source = 1_000_000;
        for (int i = 0; i < count; i++) {
            source += random.nextInt(2 * 10_000 / count + 1);
            String place = random.nextInt(20) == 0 ? null : "place-" + random.nextInt(3);
            events.add(sighting(
                    random.nextInt(2),
                    i,
                    source,
                    source - random.nextInt(lateMillis),
                    place,
                    "item-" + random.nextInt(4),
                    random.nextInt(10) == 0 ? null : random.nextInt(-3, 100),
                    random.nextInt(10) == 0 ? null : 0.001 + random.nextInt(1_000_000) / 1e6,
                    place == null ? null : "site " + i / (count / 2)));
        }
        return events;
    }

    private Sightings() {}
}
