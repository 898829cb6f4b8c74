package io.sightline.dedupe;

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

    /** The 64-bit finalizer of SplitMix64 (Steele, Lea, Flood 2014): a bijection in which every bit reaches every bit. */
    static long mix(long bits) {
        long mixed = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
