package io.sightline.dedupe;

import static io.sightline.dedupe.Sightings.HIGH;
import static io.sightline.dedupe.Sightings.LOW;
import static io.sightline.dedupe.Sightings.OFFSET;
import static io.sightline.dedupe.Sightings.PLACE;
import static io.sightline.dedupe.Sightings.TIME;
import static io.sightline.dedupe.Sightings.WORDS;

/**
 * The marks of the ids of one bucket, and the rule applied to them (the package describes it).
 *
 * <p>An open-addressed table of longs: a slot is {@link Sightings#WORDS} of them side by side, so that a probe touches one
 * or two cache lines. The slots stand in pages: one array for all would be a humongous object to the G1 collector, which
 * then costs half as much memory again. An id's marks are found by walking from its home slot to the first free one. Marks
 * are never taken out one by one. When the table is three quarters full the expired ones go: in place, if about as many live
 * as before, else it is built anew, so that {@link #FULL_AFTER_REBUILD_PERCENT} percent is taken. A fifth of the slots
 * must fill before that happens again, which makes the cost of expiry a few slots an insert, and the memory of a mark at most
 * {@link #BYTES_A_MARK} bytes.
 *
 * <p>Mutable and not thread-safe: whoever owns the bucket's grid partition changes it.
 */
public final class MarkBucket {
    /** All marks are needed. */
    public static final long NOTHING_EXPIRED = Long.MIN_VALUE;
    /** The most memory that a live mark takes: a slot, by how few slots are taken right after expired ones have gone. */
    public static final int BYTES_A_MARK = 84;

    private static final int FULL_AFTER_REBUILD_PERCENT = 55;
    private static final int FULL_PERCENT = 75;
    private static final int FEWEST_SLOTS = 16;
    private static final int PAGE_BITS = 10;
    private static final int PAGE_SLOTS = 1 << PAGE_BITS;

    /** With this nothing is a duplicate. */
    private static final long NO_HORIZON = -1;

    private static final int OWN_MARK = -1;
    private static final int ADDED = -2;

    private final long incarnation;
    private long expireBefore;
    private long[][] pages;
    private int slots;
    private int marks;

    /** @param incarnation the start of the job that this bucket belongs to */
    public MarkBucket(long incarnation) {
        this(incarnation, NOTHING_EXPIRED, Sightings.NONE);
    }

    /** The bucket that {@link #incarnation}, {@link #expireBefore} and {@link #liveMarks} gave. */
    public MarkBucket(long incarnation, long expireBefore, Sightings liveMarks) {
        this.incarnation = incarnation;
        this.expireBefore = expireBefore;
        this.slots = slotsFor(liveMarks.size());
        this.pages = freePages(slots);
        add(liveMarks, expireBefore);
    }

    public long incarnation() {
        return incarnation;
    }

    /** Marks with a source time before this are expired. Never goes back. */
    public long expireBefore() {
        return expireBefore;
    }

    /** How many marks it holds, expired ones included that are still there. */
    public int marks() {
        return marks;
    }

    /** The memory it takes, in bytes, but for a constant. */
    public long bytes() {
        return (long) slots * WORDS * Long.BYTES;
    }

    /**
     * Judges a batch in its order, and remembers its originals. Makes all the room that may be needed before it adds
     * anything.
     *
     * @param needed whoever asks needs no marks with a source time before this, in milliseconds: they expire
     * @param horizonMillis the horizon in milliseconds
     * @return {@link Verdict.Outcome#BEHIND} if marks that are needed have expired
     */
    public Verdict judge(Sightings batch, long needed, long horizonMillis, Rule rule) {
        if (needed < expireBefore) {
            return Verdict.not(Verdict.Outcome.BEHIND);
        }
        expireBefore = needed;
        reserve(batch.size());
        Verdict.Builder verdict = new Verdict.Builder();
        long[] sightings = batch.words();
        for (int at = 0, position = 0; at < sightings.length; at += WORDS, position++) {
            int found = judge(sightings, at, horizonMillis);
            if (found >= 0) {
                verdict.duplicate(position, word(found, OFFSET), word(found, PLACE), word(found, TIME));
            } else if (found == OWN_MARK && rule == Rule.NAIVE) {
                verdict.duplicate(position, sightings[at + OFFSET], sightings[at + PLACE], sightings[at + TIME]);
            }
        }
        return verdict.build();
    }

    /**
     * Adds marks that were judged elsewhere, but for those it has.
     *
     * @param needed marks with a source time before this are not needed any more
     */
    public void add(Sightings originals, long needed) {
        expireBefore = Math.max(expireBefore, needed);
        reserve(originals.size());
        long[] sightings = originals.words();
        for (int at = 0; at < sightings.length; at += WORDS) {
            judge(sightings, at, NO_HORIZON);
        }
    }

    /** Builds the table anew if most of it is expired or free. */
    public void shrink() {
        int enough = slotsFor(countLive());
        if (enough <= slots / 2) {
            rebuild(enough);
        }
    }

    /** The marks that are not expired, in no particular order. */
    public Sightings liveMarks() {
        long[] live = new long[countLive() * WORDS];
        int to = 0;
        for (int slot = 0; slot < slots; slot++) {
            if (isLive(slot)) {
                System.arraycopy(page(slot), at(slot), live, to, WORDS);
                to += WORDS;
            }
        }
        return Sightings.ofWords(live);
    }

    /** The slot of the mark that makes this sighting a duplicate; or {@link #OWN_MARK}; or {@link #ADDED}. */
    private int judge(long[] sightings, int sighting, long horizonMillis) {
        long high = sightings[sighting + HIGH];
        long low = sightings[sighting + LOW];
        long time = sightings[sighting + TIME];
        int first = ADDED;
        int slot = home(high, low, slots);
        long[] page = page(slot);
        int at = at(slot);
        while (page[at + PLACE] != 0) {
            if (page[at + HIGH] == high && page[at + LOW] == low) {
                if (page[at + OFFSET] == sightings[sighting + OFFSET]
                        && page[at + PLACE] == sightings[sighting + PLACE]) {
                    return OWN_MARK;
                }
                if (isWithin(horizonMillis, time, page[at + TIME]) && (first < 0 || isEarlier(slot, first))) {
                    first = slot;
                }
            }
            slot = next(slot, slots);
            page = page(slot);
            at = at(slot);
        }
        if (first == ADDED) {
            System.arraycopy(sightings, sighting, page, at, WORDS);
            marks++;
        }
        return first;
    }

    private boolean isWithin(long horizonMillis, long time, long markTime) {
        return Math.abs(time - markTime) <= horizonMillis && time >= expireBefore && markTime >= expireBefore;
    }

    private boolean isEarlier(int slot, int than) {
        if (word(slot, TIME) != word(than, TIME)) {
            return word(slot, TIME) < word(than, TIME);
        }
        return Sightings.origin(word(slot, OFFSET), word(slot, PLACE))
                        .compareTo(Sightings.origin(word(than, OFFSET), word(than, PLACE)))
                < 0;
    }

    private void reserve(int more) {
        if (marks + (long) more <= (long) slots * FULL_PERCENT / 100) {
            return;
        }
        int enough = slotsFor(countLive() + more);
        if (enough <= slots && enough >= slots - slots / 8) {
            dropExpired();
        } else {
            rebuild(enough);
        }
    }

    /**
     * Takes every mark out and puts those that live back in, in place. From behind a free slot on, a mark finds its home or a
     * slot between that and where it was, since those in between have been put back already, and so no walk is cut short.
     */
    private void dropExpired() {
        int first = 0;
        while (word(first, PLACE) != 0) {
            first++;
        }
        long[] mark = new long[WORDS];
        marks = 0;
        for (int slot = next(first, slots); slot != first; slot = next(slot, slots)) {
            long[] page = page(slot);
            int at = at(slot);
            boolean live = isLive(slot);
            System.arraycopy(page, at, mark, 0, WORDS);
            page[at + PLACE] = 0;
            if (live) {
                put(mark, 0);
            }
        }
    }

    /** Adds a mark that the table has not, to a table that has room. */
    private void put(long[] words, int mark) {
        int slot = home(words[mark + HIGH], words[mark + LOW], slots);
        while (word(slot, PLACE) != 0) {
            slot = next(slot, slots);
        }
        System.arraycopy(words, mark, page(slot), at(slot), WORDS);
        marks++;
    }

    private void rebuild(int newSlots) {
        long[][] before = pages;
        int slotsBefore = slots;
        pages = freePages(newSlots);
        slots = newSlots;
        marks = 0;
        for (int slot = 0; slot < slotsBefore; slot++) {
            long[] page = before[slot >>> PAGE_BITS];
            if (isLive(page, at(slot))) {
                put(page, at(slot));
            }
        }
    }

    private int countLive() {
        int live = 0;
        for (int slot = 0; slot < slots; slot++) {
            live += isLive(slot) ? 1 : 0;
        }
        return live;
    }

    private boolean isLive(int slot) {
        return isLive(page(slot), at(slot));
    }

    private boolean isLive(long[] words, int mark) {
        return words[mark + PLACE] != 0 && words[mark + TIME] >= expireBefore;
    }

    private long word(int slot, int word) {
        return page(slot)[at(slot) + word];
    }

    private long[] page(int slot) {
        return pages[slot >>> PAGE_BITS];
    }

    /** Where a slot begins in its page. */
    private static int at(int slot) {
        return (slot & (PAGE_SLOTS - 1)) * WORDS;
    }

    private static int next(int slot, int slots) {
        return slot + 1 == slots ? 0 : slot + 1;
    }

    /** Where the marks of an id begin: the hash's upper half, scaled to the number of slots instead of taken modulo it. */
    private static int home(long high, long low, int slots) {
        long hash = (low ^ Long.rotateLeft(high, Integer.SIZE)) * 0x9e3779b97f4a7c15L;
        return (int) (((hash >>> Integer.SIZE) * slots) >>> Integer.SIZE);
    }

    private static int slotsFor(int marks) {
        return Math.max(FEWEST_SLOTS, Math.toIntExact(marks * 100L / FULL_AFTER_REBUILD_PERCENT + 1));
    }

    private static long[][] freePages(int slots) {
        long[][] pages = new long[(slots + PAGE_SLOTS - 1) / PAGE_SLOTS][];
        for (int page = 0; page < pages.length; page++) {
            pages[page] = new long[Math.min(PAGE_SLOTS, slots - page * PAGE_SLOTS) * WORDS];
        }
        return pages;
    }
}
