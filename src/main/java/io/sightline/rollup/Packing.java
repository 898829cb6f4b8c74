package io.sightline.rollup;

import org.jspecify.annotations.Nullable;

/**
 * How accumulators look in a job snapshot: numbers in as few bytes as they need, a window's start as its distance from
 * the one before, what is carried only where it changes. About 30 bytes for an accumulator of a count and an average.
 */
final class Packing {
    private static final byte VERSION = 1;

    private Packing() {}

    static byte[] pack(Rollup rollup, long droppedUpTo, @Nullable Group[] table, int size) {
        PackedOutput out = new PackedOutput();
        out.writeByte(VERSION);
        out.writeBits(droppedUpTo);
        out.writeNumber(size);
        for (Group head : table) {
            for (Group group = head; group != null; group = group.next) {
                pack(rollup, group, out);
            }
        }
        return out.toByteArray();
    }

    private static void pack(Rollup rollup, Group group, PackedOutput out) {
        out.writeBits(group.hash);
        out.writeValues(group.values);
        out.writeNumber(group.size());
        long[] cells = group.cells();
        int stride = rollup.stride();
        long previousStart = 0;
        @Nullable Object[] previousCarry = null;
        for (int i = 0; i < group.size(); i++) {
            int row = i * stride;
            long start = cells[row + Rollup.START];
            out.writeNumber((start - previousStart) / rollup.windows().lengthMicros());
            previousStart = start;
            packCells(rollup, cells, row, out);
            if (rollup.carries()) {
                @Nullable Object[] carry = group.carry(i);
                boolean same = carry == previousCarry;
                out.writeByte((byte) (same ? 0 : 1));
                if (!same && carry != null) {
                    out.writeValues(carry);
                }
                previousCarry = carry;
            }
        }
    }

    /** The cells of one accumulator, all but its start and flags. */
    static void packCells(Rollup rollup, long[] cells, int row, PackedOutput out) {
        for (int position = Rollup.FLAGS + 1; position < rollup.stride(); position++) {
            long cell = cells[row + position];
            if (rollup.bits(position)) {
                out.writeBits(cell);
            } else {
                out.writeNumber(isTime(rollup, position) ? cell - cells[row + Rollup.START] : cell);
            }
        }
    }

    /** The way back, into an accumulator that has its start. */
    static void restoreCells(Rollup rollup, PackedInput in, long[] cells) {
        for (int position = Rollup.FLAGS + 1; position < cells.length; position++) {
            if (rollup.bits(position)) {
                cells[position] = in.readBits();
            } else {
                cells[position] = in.readNumber() + (isTime(rollup, position) ? cells[Rollup.START] : 0);
            }
        }
    }

    /** Returns up to which watermark closed windows were dropped. */
    static long restore(Rollup rollup, byte[] packed, Groups groups) {
        PackedInput in = new PackedInput(packed);
        byte version = in.readByte();
        if (version != VERSION) {
            throw new IllegalStateException("rollup state of format " + version
                    + " in the job snapshot, this version of" + " Sightline reads format " + VERSION);
        }
        long droppedUpTo = in.readBits();
        long count = in.readNumber();
        for (long i = 0; i < count; i++) {
            long hash = in.readBits();
            restore(rollup, in, groups.insert(hash, in.readValues()));
        }
        return droppedUpTo;
    }

    private static void restore(Rollup rollup, PackedInput in, Group group) {
        long size = in.readNumber();
        long[] cells = new long[rollup.stride()];
        long start = 0;
        @Nullable Object[] carry = null;
        for (long i = 0; i < size; i++) {
            start += in.readNumber() * rollup.windows().lengthMicros();
            cells[Rollup.START] = start;
            restoreCells(rollup, in, cells);
            if (rollup.carries() && in.readByte() != 0) {
                carry = in.readValues();
            }
            group.restore(cells, carry);
        }
    }

    private static boolean isTime(Rollup rollup, int position) {
        return rollup.carries() && position == Rollup.LATEST_TIME;
    }
}
