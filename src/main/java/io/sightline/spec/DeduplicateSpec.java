package io.sightline.spec;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * What makes two events the same one.
 *
 * @param key the fields that identify an event; not empty
 * @param otherwise the fields that identify it when one of {@code key} is missing; may be empty
 * @param horizon how long an id is remembered, in source time
 */
public record DeduplicateSpec(List<String> key, List<String> otherwise, Duration horizon) implements Serializable {
    public DeduplicateSpec {
        key = List.copyOf(key);
        otherwise = List.copyOf(otherwise);
    }
}
