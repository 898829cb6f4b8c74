package io.sightline.gateway.http;

import io.sightline.event.Event;
import io.sightline.event.Schema;
import io.sightline.history.Claim;
import io.sightline.history.EventRows;
import io.sightline.history.ProgressVector;
import io.sightline.history.jet.HistoryTable;
import io.sightline.spec.PipelineFile;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The history of the pipeline {@code detections}, in a folder, made as its job makes it. */
final class PastDetections {
    private final PipelineSpec spec;
    private final HistoryTable table;
    private Claim claim;

    PastDetections(Path folder) throws IOException {
        PipelineSpec file = PipelineFile.load(Path.of("pipelines", "detections.yaml"));
        spec = file.withHistory(
                Objects.requireNonNull(file.history()).at(new Setting(folder.toString()), Duration.ofSeconds(1)));
        table = HistoryTable.ofEvents(spec);
        claim = table.claim("grid", ProgressVector.of(0), false, Map.of());
    }

    PipelineSpec spec() {
        return spec;
    }

    /** Commits so many detections, a second apart from this moment on. */
    void commit(int detections, String item, String place, String site, Instant first) throws IOException {
        EventRows rows = new EventRows(spec);
        long from = claim.at().next(0);
        claim = table.bringTo(ProgressVector.of(from + detections), new TreeMap<>(), claim, out -> {
            for (int i = 0; i < detections; i++) {
                rows.take(event(from + i, item, place, site, first.plusSeconds(i)), out);
            }
        });
    }

    private Event event(long offset, String item, String place, String site, Instant time) {
        Schema schema = spec.event().schema();
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, time);
        @Nullable Object[] values = new @Nullable Object[schema.size()];
        values[schema.indexOf("camera_id")] = "camera-" + offset % 3;
        values[schema.indexOf("location_id")] = place;
        values[schema.indexOf("item")] = item;
        values[schema.indexOf("confidence")] = 0.5;
        values[schema.indexOf("event_time")] = micros;
        return new Event(
                0, offset, 0, time.toEpochMilli(), micros, offset, offset, values, null, new @Nullable Object[] {
                    "Place " + place, site, 51.4, -0.9
                });
    }
}
