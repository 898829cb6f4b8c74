package io.sightline.cli;

import io.sightline.decode.Decoder;
import io.sightline.demo.FeedOptions;
import io.sightline.demo.FeedOptions.Faults;
import io.sightline.demo.FeedRecord;
import io.sightline.demo.SeededFeed;
import io.sightline.enrich.LocalFiles;
import io.sightline.enrich.ReferenceContent;
import io.sightline.enrich.ReferenceLayout;
import io.sightline.enrich.ReferenceLimits;
import io.sightline.enrich.ReferenceWatch;
import io.sightline.event.DeadLetter.Reason;
import io.sightline.event.Event;
import io.sightline.event.Schema;
import io.sightline.spec.EnrichSpec;
import io.sightline.spec.Environment;
import io.sightline.spec.PipelineSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Enriched events of the camera fleet as the history gets them, without broker and grid: decoded and joined here, none of
 * them twice. Never ends.
 */
final class BenchRows {
    private static final double EVENTS_PER_SECOND = 10_000;
    private static final Faults NO_COPIES = new Faults(0, Duration.ZERO, 0.01, 0, 0.005, true);

    private final SeededFeed feed;
    private final Decoder decoder;
    private final Schema schema;
    private final Map<EnrichSpec, ReferenceContent> references = new LinkedHashMap<>();
    private final int addedColumns;
    private final int topicPartitions;
    private long offset;

    /** @param start event time of the first */
    BenchRows(PipelineSpec pipeline, int topicPartitions, Instant start) {
        this.feed = new SeededFeed(FeedOptions.of(1, EVENTS_PER_SECOND, Integer.MAX_VALUE, start, NO_COPIES));
        this.decoder = new Decoder(pipeline.event());
        this.schema = pipeline.event().schema();
        this.addedColumns = pipeline.addedColumns().size();
        this.topicPartitions = topicPartitions;
        pipeline.enrich().forEach(reference -> references.put(reference, load(reference)));
    }

    private ReferenceContent load(EnrichSpec reference) {
        ReferenceWatch files = new ReferenceWatch(
                ReferenceLayout.of(reference, schema),
                new LocalFiles(Path.of(reference.from().resolve(Environment.ofThisProcess()))),
                ReferenceLimits.DEFAULT);
        if (files.load() instanceof ReferenceWatch.Outcome.Loaded loaded) {
            return loaded.content();
        }
        throw new Failure(Sightline.BAD_USAGE, "reference `" + reference.reference() + "` cannot be read");
    }

    /** The next so many events, or a few more. */
    List<Event> next(int count) {
        List<Event> events = new ArrayList<>(count);
        while (events.size() < count) {
            decode(feed.next(), events);
        }
        return events;
    }

    private void decode(@Nullable FeedRecord record, List<Event> events) {
        if (record == null) {
            throw new IllegalStateException("a feed without an end has ended");
        }
        long own = offset++;
        int topicPartition = Math.floorMod(Arrays.hashCode(record.key()), topicPartitions);
        decoder.decode(record.value(), record.timestampMillis(), new Decoder.Sink() {
            @Override
            public void event(
                    int index, long timeMicros, @Nullable Object[] values, @Nullable String extra, int from, int to) {
                events.add(new Event(
                        topicPartition,
                        own,
                        index,
                        record.timestampMillis(),
                        timeMicros,
                        0,
                        0,
                        values,
                        extra,
                        added(values)));
            }

            @Override
            public void refused(int index, Reason reason, @Nullable String field, String detail, int from, int to) {
                // No row of the history.
            }
        });
    }

    private @Nullable Object[] added(@Nullable Object[] values) {
        @Nullable Object[] added = new @Nullable Object[addedColumns];
        int next = 0;
        for (Map.Entry<EnrichSpec, ReferenceContent> reference : references.entrySet()) {
            Object key = values[schema.indexOf(reference.getKey().key())];
            Object[] row = key == null ? null : reference.getValue().rows().get(key);
            int width = reference.getKey().add().size();
            if (row != null) {
                System.arraycopy(row, 0, added, next, width);
            }
            next += width;
        }
        return added;
    }
}
