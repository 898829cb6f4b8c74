package io.sightline.rollup;

import io.sightline.event.Event;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One group of a rollup with the accumulators of its windows, sorted by window and packed into one array: accumulator
 * {@code i} begins at cell {@code i * stride} ({@link Rollup}). Not thread-safe.
 *
 * <p>What a row carries is decided by the latest event of its own window: the one with the greatest event time and, among
 * those, the greatest origin. So a row depends on which events it has seen, never on their order.
 */
public final class Group {
    /** The accumulator has changed since it was last written. */
    private static final long CHANGED = 1;
    /** The accumulator was written by this execution before. */
    private static final long WRITTEN = 2;

    private static final int FIRST_CAPACITY = 4;

    final long hash;
    final @Nullable Object[] values;

    @Nullable
    Group next;

    private final Rollup rollup;
    private final Changes changes;
    private final int stride;
    private long[] cells;
    private @Nullable Object[] @Nullable [] carry;
    private int size;
    private int changed;
    private boolean waiting;
    private long newestChangedStart = Long.MIN_VALUE;

    Group(long hash, @Nullable Object[] values, Rollup rollup, Changes changes) {
        this.hash = hash;
        this.values = values;
        this.rollup = rollup;
        this.changes = changes;
        this.stride = rollup.stride();
        this.cells = new long[FIRST_CAPACITY * stride];
        this.carry = new Object[rollup.carries() ? FIRST_CAPACITY : 0][];
    }

    /** The hash by which it was routed. */
    public long hash() {
        return hash;
    }

    /** The values of its columns; not to be written to. */
    public @Nullable Object[] values() {
        return values;
    }

    int size() {
        return size;
    }

    long[] cells() {
        return cells;
    }

    @Nullable
    Object @Nullable [] carry(int index) {
        return carry.length == 0 ? null : carry[index];
    }

    long start(int index) {
        return cells[index * stride + Rollup.START];
    }

    /** The index of the window's accumulator; if there is none, {@code -1 - index} of where it would stand. */
    int find(long start) {
        int last = size - 1;
        if (last < 0 || start(last) < start) {
            return -1 - size;
        }
        int low = 0;
        int high = last;
        // Most events belong to one of the newest windows.
        if (start(last) == start) {
            return last;
        }
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long found = start(middle);
            if (found == start) {
                return middle;
            }
            if (found < start) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1 - low;
    }

    /** Where the window's accumulator is, made if {@link #find} did not find it. */
    int at(int found, long start) {
        if (found >= 0) {
            return found;
        }
        insert(-1 - found, start);
        return -1 - found;
    }

    /** Makes room for an accumulator, all zero but for its start. */
    void insert(int index, long start) {
        if ((size + 1) * stride > cells.length) {
            int capacity = size + (size >> 1) + 1;
            cells = Arrays.copyOf(cells, capacity * stride);
            if (carry.length > 0) {
                carry = Arrays.copyOf(carry, capacity);
            }
        }
        int row = index * stride;
        System.arraycopy(cells, row, cells, row + stride, (size - index) * stride);
        Arrays.fill(cells, row, row + stride, 0);
        cells[row + Rollup.START] = start;
        if (carry.length > 0) {
            System.arraycopy(carry, index, carry, index + 1, size - index);
            carry[index] = null;
        }
        size++;
    }

    /** Takes an event into an accumulator; true if that corrects a row written before. */
    boolean add(int index, Event event) {
        int row = index * stride;
        if (carry.length > 0) {
            long partitionAndIndex = (long) event.topicPartition() << 32 | event.index();
            if (isLatest(index, event.eventTimeMicros(), partitionAndIndex, event.offset())) {
                setLatest(row, event.eventTimeMicros(), partitionAndIndex, event.offset());
                carry[index] = sharedCarry(index, event);
            }
        }
        rollup.aggregate(cells, row, event);
        return markChanged(row);
    }

    /** Takes what another accumulator has taken. */
    void merge(int index, Partial partial) {
        int row = index * stride;
        long[] others = partial.cells();
        if (carry.length > 0) {
            long time = others[Rollup.LATEST_TIME];
            long partitionAndIndex = others[Rollup.LATEST_PARTITION_AND_INDEX];
            long offset = others[Rollup.LATEST_OFFSET];
            if (isLatest(index, time, partitionAndIndex, offset)) {
                setLatest(row, time, partitionAndIndex, offset);
                carry[index] = partial.carry();
            }
        }
        rollup.merge(cells, row, others);
        markChanged(row);
    }

    private void setLatest(int row, long eventTimeMicros, long partitionAndIndex, long offset) {
        cells[row + Rollup.LATEST_TIME] = eventTimeMicros;
        cells[row + Rollup.LATEST_PARTITION_AND_INDEX] = partitionAndIndex;
        cells[row + Rollup.LATEST_OFFSET] = offset;
    }

    private boolean isLatest(int index, long eventTimeMicros, long partitionAndIndex, long offset) {
        if (carry[index] == null) {
            return true;
        }
        int row = index * stride;
        int order = Long.compare(eventTimeMicros, cells[row + Rollup.LATEST_TIME]);
        if (order == 0) {
            long present = cells[row + Rollup.LATEST_PARTITION_AND_INDEX];
            order = Integer.compare((int) (partitionAndIndex >>> 32), (int) (present >>> 32));
            if (order == 0) {
                order = Long.compare(offset, cells[row + Rollup.LATEST_OFFSET]);
            }
            if (order == 0) {
                order = Integer.compare((int) partitionAndIndex, (int) present);
            }
        }
        return order > 0;
    }

    /** Attributes seldom change: windows share one array as long as they do not. */
    private @Nullable Object[] sharedCarry(int index, Event event) {
        @Nullable Object[] own = carry[index];
        if (own != null && rollup.carriesSame(event, own)) {
            return own;
        }
        @Nullable Object[] before = index == 0 ? null : carry[index - 1];
        if (before != null && rollup.carriesSame(event, before)) {
            return before;
        }
        return rollup.carry(event);
    }

    private boolean markChanged(int row) {
        long flags = cells[row + Rollup.FLAGS];
        if ((flags & CHANGED) != 0) {
            return false;
        }
        cells[row + Rollup.FLAGS] = flags | CHANGED;
        newestChangedStart = Math.max(newestChangedStart, cells[row + Rollup.START]);
        changed++;
        changes.changed();
        if (!waiting) {
            waiting = true;
            changes.add(this);
        }
        return (flags & WRITTEN) != 0;
    }

    /** Puts back an accumulator from a job snapshot, newer than all that are here. */
    void restore(long[] accumulator, @Nullable Object @Nullable [] carried) {
        int index = size;
        insert(index, accumulator[Rollup.START]);
        System.arraycopy(accumulator, 0, cells, index * stride, stride);
        cells[index * stride + Rollup.FLAGS] = 0;
        if (carry.length > 0) {
            carry[index] = carried;
        }
        markChanged(index * stride);
    }

    /**
     * The index of the newest accumulator that waits to be written; -1 if none does, and then the group waits no longer.
     * To be called on {@link Changes#first} only.
     */
    public int nextChanged() {
        if (changed == 0) {
            changes.removeFirst();
            waiting = false;
            newestChangedStart = Long.MIN_VALUE;
            return -1;
        }
        int index = find(newestChangedStart);
        if (index < 0) {
            index = -2 - index;
        }
        while ((cells[index * stride + Rollup.FLAGS] & CHANGED) == 0) {
            index--;
        }
        newestChangedStart = start(index);
        return index;
    }

    /** The start of the window of this accumulator. */
    public long windowStart(int index) {
        return start(index);
    }

    /** The row of this accumulator as it is now, in the order of {@link RollupColumns#stored}; it waits no longer. */
    public @Nullable Object[] takeRow(int index, long startNumber, long sequence) {
        take(index);
        return rollup.row(values, cells, index * stride, carry(index), startNumber, sequence);
    }

    /** Has this accumulator wait no longer. */
    void take(int index) {
        cells[index * stride + Rollup.FLAGS] = WRITTEN;
        changed--;
        changes.written();
    }

    /** Drops the oldest accumulators whose windows are closed, up to one that waits to be written; returns how many. */
    int drop(long sourceTimeMicros) {
        int count = 0;
        while (count < size
                && rollup.windows().closed(start(count), sourceTimeMicros)
                && (cells[count * stride + Rollup.FLAGS] & CHANGED) == 0) {
            count++;
        }
        if (count > 0) {
            System.arraycopy(cells, count * stride, cells, 0, (size - count) * stride);
            if (carry.length > 0) {
                System.arraycopy(carry, count, carry, 0, size - count);
                Arrays.fill(carry, size - count, size, null);
            }
            size -= count;
        }
        return count;
    }
}
