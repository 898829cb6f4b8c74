package io.sightline.rollup;

import io.sightline.event.Event;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The accumulators of one bucket of a rollup's groups: the state of a rollup, and the rule that decides what becomes of
 * an event. Not thread-safe.
 *
 * <ol>
 *   <li>An event is too late for its window if the window is closed at the event's own source time. That is a property
 *       of the event, so every execution judges it alike.
 *   <li>State is dropped once its window is closed at the watermark. As source time never goes back within a topic
 *       partition, an event that rule 1 lets in then finds its window's state; a topic partition that fell idle and woke
 *       again behind the watermark is the exception, and its event is too late as well: a window never starts over.
 *   <li>At the bound on accumulators an event that needs a new one is refused, and counted as such by the caller. A
 *       window that was refused events may open later, when room is free; it then lacks them.
 * </ol>
 */
public final class Groups {
    private static final int FIRST_CAPACITY = 8;

    private final Rollup rollup;
    private final AccumulatorBound bound;
    private final Changes changes;
    private @Nullable Group[] table = new Group[FIRST_CAPACITY];
    private int size;
    private long droppedUpTo = Long.MIN_VALUE;

    /** What became of an event. */
    public enum Outcome {
        TAKEN,
        /** Taken into a window that was complete and written before. */
        CORRECTED,
        /** Not taken: its window is closed. */
        TOO_LATE,
        /** Not taken: there is no room for another accumulator. */
        NO_ROOM
    }

    public Groups(Rollup rollup, AccumulatorBound bound, Changes changes) {
        this.rollup = rollup;
        this.bound = bound;
        this.changes = changes;
    }

    /**
     * Takes an event, if its window still does.
     *
     * @param hash {@link GroupBy#hash} of the event
     * @param watermarkMicros the watermark; only tells corrections from early results
     */
    public Outcome add(Event event, long hash, long watermarkMicros) {
        Windows windows = rollup.windows();
        long start = windows.startOf(event.eventTimeMicros());
        if (windows.closed(start, Math.max(event.sourceTimeMillis() * 1_000, droppedUpTo))) {
            return Outcome.TOO_LATE;
        }
        Group group = find(event, hash);
        int index = group == null ? -1 : group.find(start);
        if (index < 0 && !bound.take()) {
            return Outcome.NO_ROOM;
        }
        if (group == null) {
            group = insert(hash, rollup.groupBy().group(event));
        }
        boolean rewritten = group.add(group.at(index, start), event);
        return rewritten && windows.endOf(start) <= watermarkMicros ? Outcome.CORRECTED : Outcome.TAKEN;
    }

    /** Takes what another accumulator has taken, if its window still takes anything. */
    public Outcome merge(Partial partial) {
        if (rollup.windows().closed(partial.windowStart(), droppedUpTo)) {
            return Outcome.TOO_LATE;
        }
        Group group = table[(int) partial.hash() & table.length - 1];
        while (group != null && !(group.hash == partial.hash() && Arrays.equals(group.values, partial.group()))) {
            group = group.next;
        }
        int index = group == null ? -1 : group.find(partial.windowStart());
        if (index < 0 && !bound.take()) {
            return Outcome.NO_ROOM;
        }
        if (group == null) {
            group = insert(partial.hash(), partial.group());
        }
        group.merge(group.at(index, partial.windowStart()), partial);
        return Outcome.TAKEN;
    }

    private @Nullable Group find(Event event, long hash) {
        Group group = table[(int) hash & table.length - 1];
        while (group != null && !(group.hash == hash && rollup.groupBy().matches(event, group.values))) {
            group = group.next;
        }
        return group;
    }

    Group insert(long hash, @Nullable Object[] values) {
        if (size == table.length) {
            grow();
        }
        Group group = new Group(hash, values, rollup, changes);
        link(group);
        size++;
        return group;
    }

    private void grow() {
        @Nullable Group[] old = table;
        table = new Group[old.length * 2];
        for (Group head : old) {
            for (Group group = head; group != null; ) {
                Group next = group.next;
                link(group);
                group = next;
            }
        }
    }

    private void link(Group group) {
        int slot = (int) group.hash & table.length - 1;
        group.next = table[slot];
        table[slot] = group;
    }

    /** Drops what is closed at the watermark and written; what is closed but not yet written stays for the next time. */
    public void drop(long watermarkMicros) {
        droppedUpTo = Math.max(droppedUpTo, watermarkMicros);
        long dropped = 0;
        for (int slot = 0; slot < table.length; slot++) {
            Group kept = null;
            for (Group group = table[slot]; group != null; ) {
                Group next = group.next;
                dropped += group.drop(droppedUpTo);
                if (group.size() > 0) {
                    group.next = kept;
                    kept = group;
                } else {
                    size--;
                }
                group = next;
            }
            table[slot] = kept;
        }
        bound.release(dropped);
    }

    /** The watermark up to which closed windows are dropped, microseconds; {@code Long.MIN_VALUE} if none ever was. */
    public long droppedUpTo() {
        return droppedUpTo;
    }

    /** How many accumulators it holds. */
    public int accumulators() {
        int count = 0;
        for (Group head : table) {
            for (Group group = head; group != null; group = group.next) {
                count += group.size();
            }
        }
        return count;
    }

    /** All of it as bytes, for the job snapshot. */
    public byte[] pack() {
        return Packing.pack(rollup, droppedUpTo, table, size);
    }

    /** Fills an empty bucket with what {@link #pack} made. All of it waits to be written again. */
    public void restore(byte[] packed) {
        droppedUpTo = Packing.restore(rollup, packed, this);
        bound.takeRestored(accumulators());
    }
}
