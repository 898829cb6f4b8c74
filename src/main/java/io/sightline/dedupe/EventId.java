package io.sightline.dedupe;

import static io.sightline.event.Mixing.mix;

import io.sightline.event.Event;

/**
 * The 128 bits by which an event is remembered. Equal ids are equal events; different ones are different, as surely as
 * half of a SHA-256 can tell.
 *
 * @param high bits that spread ids evenly over buckets, whatever the ids look like ({@link Event#idHigh})
 * @param low the other bits ({@link Event#idLow})
 */
public record EventId(long high, long low) {

    /**
     * The id with the bits of a UUID. The high half is mixed with the low one, reversibly: UUIDs that count up, or begin
     * with a time, differ in few bits of one half only and would crowd into few buckets.
     */
    static EventId ofUuid(long mostSignificant, long leastSignificant) {
        return new EventId(mix(mostSignificant + mix(leastSignificant)), leastSignificant);
    }
}
