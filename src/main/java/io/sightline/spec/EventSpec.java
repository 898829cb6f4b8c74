package io.sightline.spec;

import io.sightline.event.Schema;
import java.io.Serializable;
import java.time.Duration;

/**
 * What an event looks like.
 *
 * @param keepUnknownFields whether fields that are not declared are kept as JSON in the column {@code extra}
 * @param plausibleAhead how far event time may be ahead of source time; beyond, the event is a dead letter
 * @param plausibleBehind how far event time may be behind source time; beyond, the event is a dead letter
 */
public record EventSpec(Schema schema, boolean keepUnknownFields, Duration plausibleAhead, Duration plausibleBehind)
        implements Serializable {}
