package io.sightline.redrive;

import io.sightline.event.Origin;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter as it is sent again.
 *
 * @param origin where the refused input came from; with the pipeline, what a dead letter is known by
 * @param key the key of the record it was in; null if that had none, or none is known
 * @param value the refused bytes: the whole record, or the one element of its array that was refused
 */
public record Letter(Origin origin, byte @Nullable [] key, byte[] value) {}
