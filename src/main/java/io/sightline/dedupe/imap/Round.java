package io.sightline.dedupe.imap;

import io.sightline.event.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Events that wait to be submitted, by bucket, each bucket's in the order they came. */
final class Round {
    private final @Nullable List<Event>[] byBucket;
    private final List<Integer> filled = new ArrayList<>();
    private int size;

    @SuppressWarnings({"unchecked", "rawtypes"})
    Round(int buckets) {
        this.byBucket = new List[buckets];
    }

    void add(int bucket, Event event) {
        List<Event> events = byBucket[bucket];
        if (events == null) {
            events = new ArrayList<>();
            byBucket[bucket] = events;
            filled.add(bucket);
        }
        events.add(event);
        size++;
    }

    int size() {
        return size;
    }

    /** Hands on each bucket's events, and forgets them. */
    void drain(BiConsumer<Integer, List<Event>> batches) {
        for (Integer bucket : filled) {
            List<Event> events = byBucket[bucket];
            byBucket[bucket] = null;
            if (events != null) {
                batches.accept(bucket, events);
            }
        }
        filled.clear();
        size = 0;
    }
}
