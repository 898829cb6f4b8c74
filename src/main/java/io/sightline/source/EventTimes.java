package io.sightline.source;

/** Looks into a record for event times, as far as source time needs it. Used by one thread at a time. */
@FunctionalInterface
public interface EventTimes {
    /** No event time was found, or there is no source time yet. */
    long NONE = Long.MIN_VALUE;

    /**
     * The greatest event time in a record that is plausible.
     *
     * @param value the record; may be anything
     * @param sourceTimeMillis what to judge plausibility against; {@link #NONE} if any readable time is welcome
     * @return milliseconds since 1970, or {@link #NONE}
     */
    long greatestPlausible(byte[] value, long sourceTimeMillis);
}
