package io.sightline.spec;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * The slice of events kept in memory.
 *
 * @param keep how long, in source time
 * @param index sorted indexes, each over one or more columns; each costs memory and time per event
 */
public record HotWindowSpec(Duration keep, List<List<String>> index) implements Serializable {
    public HotWindowSpec {
        index = index.stream().map(List::copyOf).toList();
    }
}
