package io.sightline.dedupe;

import io.sightline.event.Event;
import io.sightline.event.Origin;

/**
 * A dropped event, and why.
 *
 * @param event the further sighting
 * @param first the origin of the first
 * @param gapMillis the distance of their source times in milliseconds, never negative and at most the horizon
 */
public record Duplicate(Event event, Origin first, long gapMillis) {}
