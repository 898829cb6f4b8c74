package io.sightline.dedupe;

import io.sightline.event.Event;
import io.sightline.event.Origin;
import java.util.List;

/**
 * Sightings of ids, in order, as plain numbers: cheap to send and to compare. Each is {@link #WORDS} longs, in the layout
 * in which a {@link MarkBucket} holds its marks. Immutable.
 */
public final class Sightings {
    /** How many longs a sighting has: id high, id low, offset, place, source time in milliseconds. */
    static final int WORDS = 5;

    static final int HIGH = 0;
    static final int LOW = 1;
    static final int OFFSET = 2;
    /** Topic partition and index in one; never 0, which in a bucket means free. */
    static final int PLACE = 3;

    static final int TIME = 4;

    public static final Sightings NONE = new Sightings(new long[0]);

    private final long[] words;

    private Sightings(long[] words) {
        this.words = words;
    }

    public static Sightings of(List<Event> events) {
        long[] words = new long[events.size() * WORDS];
        int at = 0;
        for (Event event : events) {
            words[at + HIGH] = event.idHigh();
            words[at + LOW] = event.idLow();
            words[at + OFFSET] = event.offset();
            words[at + PLACE] = place(event.topicPartition(), event.index());
            words[at + TIME] = event.sourceTimeMillis();
            at += WORDS;
        }
        return new Sightings(words);
    }

    /** The sightings that {@link #words} gave; the array is not copied. */
    public static Sightings ofWords(long[] words) {
        if (words.length % WORDS != 0) {
            throw new IllegalArgumentException("not a whole number of sightings: " + words.length + " words");
        }
        return new Sightings(words);
    }

    /** The numbers themselves, for a serializer; not to be written to. */
    public long[] words() {
        return words;
    }

    public int size() {
        return words.length / WORDS;
    }

    public boolean isEmpty() {
        return words.length == 0;
    }

    /** These without the duplicates. */
    public Sightings originals(Verdict verdict) {
        int duplicates = verdict.duplicates();
        if (duplicates == 0) {
            return this;
        }
        long[] kept = new long[words.length - duplicates * WORDS];
        int from = 0;
        int to = 0;
        for (int i = 0; i < duplicates; i++) {
            int until = verdict.position(i) * WORDS;
            System.arraycopy(words, from, kept, to, until - from);
            to += until - from;
            from = until + WORDS;
        }
        System.arraycopy(words, from, kept, to, words.length - from);
        return new Sightings(kept);
    }

    static long place(int topicPartition, int index) {
        return (((long) topicPartition << Integer.SIZE) | index) + 1;
    }

    static Origin origin(long offset, long place) {
        return new Origin((int) ((place - 1) >>> Integer.SIZE), offset, (int) (place - 1));
    }
}
