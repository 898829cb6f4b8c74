package io.sightline.decode;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The part of a record that is text: UTF-8 as RFC 3629 has it (no overlong form, no surrogate, nothing above U+10FFFF)
 * and without NUL, which JSON never holds. The JSON parser checks less than that, and guesses at UTF-16 and UTF-32 where
 * it sees a NUL; so it is given this part only. Looks at 32 bytes at a time, as nearly all of them are ASCII.
 */
final class Utf8 {
    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private static final long BACKSLASHES = 0x5C5C5C5C5C5C5C5CL;
    private static final int BLOCK = 4 * Long.BYTES;

    private boolean backslash;

    /** The position of the first byte that is not text; the record's length if all of it is. */
    int textEnd(byte[] record) {
        backslash = false;
        int at = 0;
        while (at < record.length) {
            at = asciiEnd(record, at);
            if (at == record.length || record[at] == 0) {
                return at;
            }
            int length = characterLength(record, at);
            if (length <= 0) {
                return at;
            }
            at += length;
        }
        return at;
    }

    /** Whether the text last looked at may hold a backslash, and so an escape; if not, its strings are well formed. */
    boolean mayHoldEscapes() {
        return backslash;
    }

    /** Whether a byte order mark is all there is. */
    static boolean isByteOrderMark(byte[] record) {
        return record.length == 3 && record[0] == (byte) 0xEF && record[1] == (byte) 0xBB && record[2] == (byte) 0xBF;
    }

    /** Whether a record ends inside the character that begins here. */
    static boolean endsInsideCharacter(byte[] record, int at) {
        return record[at] != 0 && characterLength(record, at) == 0;
    }

    /** The position of the first byte, from {@code at} on, that is NUL or not ASCII. */
    private int asciiEnd(byte[] record, int at) {
        int position = at;
        long escapes = 0;
        for (; position + BLOCK <= record.length; position += BLOCK) {
            long a = (long) EIGHT_BYTES.get(record, position);
            long b = (long) EIGHT_BYTES.get(record, position + 8);
            long c = (long) EIGHT_BYTES.get(record, position + 16);
            long d = (long) EIGHT_BYTES.get(record, position + 24);
            if (((a | b | c | d | zeros(a) | zeros(b) | zeros(c) | zeros(d)) & HIGH_BITS) != 0) {
                break;
            }
            escapes |=
                    zeros(a ^ BACKSLASHES) | zeros(b ^ BACKSLASHES) | zeros(c ^ BACKSLASHES) | zeros(d ^ BACKSLASHES);
        }
        backslash |= (escapes & HIGH_BITS) != 0;
        while (position < record.length && record[position] > 0) {
            backslash |= record[position] == '\\';
            position++;
        }
        return position;
    }

    /** Has a high bit, among those of {@link #HIGH_BITS}, if one of the eight bytes is 0, and none if no byte is. */
    private static long zeros(long eight) {
        return (eight - ONES) & ~eight;
    }

    /** The length of the character other than NUL that begins here; 0 if the record ends inside it, -1 if it is none. */
    private static int characterLength(byte[] record, int at) {
        int lead = record[at] & 0xFF;
        if (lead < 0x80) {
            return 1;
        }
        if (lead < 0xC2 || lead > 0xF4) {
            return -1;
        }
        int length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        for (int i = 1; i < length; i++) {
            if (at + i == record.length) {
                return 0;
            }
            int next = record[at + i] & 0xFF;
            if (i == 1 ? !mayFollow(lead, next) : (next & 0xC0) != 0x80) {
                return -1;
            }
        }
        return length;
    }

    /** RFC 3629, section 4: which second byte a lead byte allows. */
    private static boolean mayFollow(int lead, int second) {
        return switch (lead) {
            case 0xE0 -> second >= 0xA0 && second <= 0xBF;
            case 0xED -> second >= 0x80 && second <= 0x9F;
            case 0xF0 -> second >= 0x90 && second <= 0xBF;
            case 0xF4 -> second >= 0x80 && second <= 0x8F;
            default -> (second & 0xC0) == 0x80;
        };
    }
}
