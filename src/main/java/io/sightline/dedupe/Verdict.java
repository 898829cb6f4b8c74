package io.sightline.dedupe;

import io.sightline.event.Origin;
import java.util.Arrays;

/**
 * What became of a batch of {@link Sightings}: which are duplicates, and of what; all others are originals. Or that there
 * was nothing to judge them by. Held as plain numbers, because it is the answer of an operation.
 */
public final class Verdict {
    /** Whether the batch was judged. */
    public enum Outcome {
        JUDGED(0),
        /** There is no bucket: its marks are lost. Nothing was changed. */
        NO_BUCKET(1),
        /** The bucket was made at another start of the job. Nothing was changed. */
        OTHER_INCARNATION(2),
        /** Whoever asks lags behind the bucket: marks it may need were dropped. Nothing was changed. */
        BEHIND(3);

        /** What it is called on the way between members. */
        private final long code;

        Outcome(long code) {
            this.code = code;
        }

        private static Outcome ofCode(long code) {
            for (Outcome outcome : values()) {
                if (outcome.code == code) {
                    return outcome;
                }
            }
            throw new IllegalArgumentException("no verdict has the outcome " + code);
        }
    }

    private static final int WORDS = 4;
    private static final Verdict ALL_ORIGINAL = new Verdict(new long[] {Outcome.JUDGED.code});

    private final long[] words;

    private Verdict(long[] words) {
        this.words = words;
    }

    /** The verdict that {@link #words} gave; the array is not copied. */
    public static Verdict ofWords(long[] words) {
        return new Verdict(words);
    }

    /** A verdict on nothing, because of this. */
    public static Verdict not(Outcome outcome) {
        return new Verdict(new long[] {outcome.code});
    }

    /** The numbers themselves, for sending; not to be written to. */
    public long[] words() {
        return words;
    }

    public Outcome outcome() {
        return Outcome.ofCode(words[0]);
    }

    /** How many of the sightings are duplicates. */
    public int duplicates() {
        return words.length / WORDS;
    }

    /** The position in the batch of the duplicate with this number; ascending. */
    public int position(int duplicate) {
        return (int) words[1 + duplicate * WORDS];
    }

    /** The origin of the sighting that it duplicates. */
    public Origin first(int duplicate) {
        int at = 1 + duplicate * WORDS;
        return Sightings.origin(words[at + 1], words[at + 2]);
    }

    /** The source time of the sighting that it duplicates, in milliseconds. */
    public long firstTimeMillis(int duplicate) {
        return words[1 + duplicate * WORDS + 3];
    }

    /** Collects duplicates in ascending position. */
    static final class Builder {
        private long[] words = ALL_ORIGINAL.words;
        private int length = 1;

        void duplicate(int position, long offset, long place, long timeMillis) {
            if (words.length < length + WORDS) {
                words = Arrays.copyOf(words, 2 * length + 4 * WORDS);
            }
            words[length++] = position;
            words[length++] = offset;
            words[length++] = place;
            words[length++] = timeMillis;
        }

        Verdict build() {
            return length == 1 ? ALL_ORIGINAL : new Verdict(Arrays.copyOf(words, length));
        }
    }
}
