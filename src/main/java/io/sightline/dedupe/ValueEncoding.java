package io.sightline.dedupe;

import java.time.LocalDate;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Values as bytes, so that different lists of values are different bytes: each value is one byte for its type, then its
 * bits big-endian; text and only text has its length before it. Ids are made of this, so it never changes.
 *
 * <p>Text is UTF-8. A surrogate without its other half, which UTF-8 has no bytes for, is written as the three bytes its
 * number would have, so that two broken texts stay different.
 */
final class ValueEncoding {
    private static final byte NULL = 0;
    private static final byte STRING = 1;
    private static final byte DOUBLE = 2;
    private static final byte LONG = 3;
    private static final byte INT = 4;
    private static final byte FALSE = 5;
    private static final byte TRUE = 6;
    private static final byte DATE = 7;
    private static final int MAX_BYTES_A_CHAR = 3;

    private byte[] bytes = new byte[256];
    private int length;

    void reset() {
        length = 0;
    }

    /** Holds the encoding up to {@link #length}; valid until the next write. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void value(@Nullable Object value) {
        if (value == null) {
            type(NULL);
        } else if (value instanceof String text) {
            type(STRING);
            int before = length;
            fixedInt(0);
            utf8(text);
            int after = length;
            length = before;
            fixedInt(after - before - Integer.BYTES);
            length = after;
        } else if (value instanceof Double number) {
            type(DOUBLE);
            fixedLong(Double.doubleToLongBits(number));
        } else if (value instanceof Long number) {
            type(LONG);
            fixedLong(number);
        } else if (value instanceof Integer number) {
            type(INT);
            fixedInt(number);
        } else if (value instanceof Boolean truth) {
            type(truth ? TRUE : FALSE);
        } else if (value instanceof LocalDate date) {
            type(DATE);
            fixedLong(date.toEpochDay());
        } else {
            throw new IllegalArgumentException("no field type has values of " + value.getClass());
        }
    }

    void fixedLong(long number) {
        fixedInt((int) (number >>> 32));
        fixedInt((int) number);
    }

    /** The text's bytes, without type or length. */
    void utf8(String text) {
        int chars = text.length();
        reserve(MAX_BYTES_A_CHAR * chars);
        for (int i = 0; i < chars; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes[length++] = (byte) c;
            } else if (c < 0x800) {
                bytes[length++] = (byte) (0xc0 | (c >> 6));
                continuation(c);
            } else if (Character.isHighSurrogate(c) && i + 1 < chars && Character.isLowSurrogate(text.charAt(i + 1))) {
                int codePoint = Character.toCodePoint(c, text.charAt(++i));
                bytes[length++] = (byte) (0xf0 | (codePoint >> 18));
                continuation(codePoint >> 12);
                continuation(codePoint >> 6);
                continuation(codePoint);
            } else {
                bytes[length++] = (byte) (0xe0 | (c >> 12));
                continuation(c >> 6);
                continuation(c);
            }
        }
    }

    private void continuation(int bits) {
        bytes[length++] = (byte) (0x80 | (bits & 0x3f));
    }

    private void type(byte type) {
        reserve(1);
        bytes[length++] = type;
    }

    private void fixedInt(int number) {
        reserve(Integer.BYTES);
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes[length++] = (byte) (number >>> shift);
        }
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }
}
