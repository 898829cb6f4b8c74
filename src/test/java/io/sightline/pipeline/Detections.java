package io.sightline.pipeline;

import io.sightline.dedupe.EventId;
import io.sightline.dedupe.EventIds;
import io.sightline.event.Event;
import io.sightline.event.Schema;
import io.sightline.event.SourceRecord;
import io.sightline.observe.Counts;
import io.sightline.spec.PipelineFile;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The project's own pipelines, detections for tests of this package, and what SQL says of them. */
final class Detections {
    /** 2026-03-14T09:00:00Z. */
    static final long NINE_MILLIS = 1_773_478_800_000L;

    private static final Path PIPELINES = Path.of("pipelines");

    private Detections() {}

    /** {@code pipelines/detections.yaml}. */
    static PipelineSpec spec() {
        return spec("detections", yaml -> yaml);
    }

    /** A file of {@code pipelines}, changed. */
    static PipelineSpec spec(String name, UnaryOperator<String> change) {
        try {
            String file = name + ".yaml";
            return PipelineFile.parse(file, change.apply(Files.readString(PIPELINES.resolve(file))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a camera sends, of {@value #NINE_MILLIS}. */
    static String json(String id) {
        return "{\"event_id\":\"" + id
                + "\",\"camera_id\":\"cam-01\",\"location_id\":\"loc-001\",\"item\":\"person\",\"event_time\":"
                + NINE_MILLIS + "}";
    }

    static SourceRecord record(int topicPartition, long offset, long timestampMillis, String value) {
        return new SourceRecord(topicPartition, offset, timestampMillis, value.getBytes(StandardCharsets.UTF_8));
    }

    /** An enriched detection in topic partition 0, at its place since a second. */
    static Event event(PipelineSpec spec, long offset, String location, long sourceTimeMillis) {
        Schema schema = spec.event().schema();
        long eventTimeMicros = TimeUnit.MILLISECONDS.toMicros(sourceTimeMillis - 1_000);
        @Nullable Object[] values = new Object[schema.size()];
        values[schema.indexOf("event_id")] = "event-" + offset;
        values[schema.indexOf("camera_id")] = "cam-" + location;
        values[schema.indexOf("location_id")] = location;
        values[schema.indexOf("item")] = "person";
        values[schema.indexOf("confidence")] = 0.5;
        values[schema.indexOf("event_time")] = eventTimeMicros;
        EventId id = Objects.requireNonNull(new EventIds(spec.deduplicate(), schema).of(values));
        return new Event(
                0,
                offset,
                0,
                sourceTimeMillis,
                eventTimeMicros,
                id.high(),
                id.low(),
                values,
                "{\"lens\":2}",
                new Object[] {"North", "Yard", 51.5, 9.25});
    }

    /** The sum of all counts among these items. */
    static Counts sum(List<?> items) {
        Counts sum = new Counts();
        items.forEach(item -> {
            if (item instanceof Counts counts) {
                sum.addAll(counts);
            }
        });
        return sum;
    }

    /** The items of one type, in order. */
    static <T> List<T> only(Class<T> type, List<?> items) {
        return items.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
