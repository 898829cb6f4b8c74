package io.sightline.rollup;

import java.time.LocalDate;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Bytes being written: small numbers take few of them. Read back by {@link PackedInput}. */
final class PackedOutput {
    static final byte NULL = 0;
    static final byte STRING = 1;
    static final byte DOUBLE = 2;
    static final byte LONG = 3;
    static final byte INT = 4;
    static final byte FALSE = 5;
    static final byte TRUE = 6;
    static final byte DATE = 7;

    private static final int FIRST_CAPACITY = 256;
    private static final int LONGEST_NUMBER = 10;

    private byte[] bytes = new byte[FIRST_CAPACITY];
    private int length;

    void writeByte(byte value) {
        makeRoom(1);
        bytes[length++] = value;
    }

    /** All 64 bits. */
    void writeBits(long value) {
        makeRoom(Long.BYTES);
        for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            bytes[length++] = (byte) (value >>> shift);
        }
    }

    /** Seven bits a byte, the lowest first, the sign in the lowest bit. */
    void writeNumber(long value) {
        writeUnsigned(value << 1 ^ value >> 63);
    }

    private void writeUnsigned(long value) {
        makeRoom(LONGEST_NUMBER);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    /** Values of {@link io.sightline.event.FieldType#javaType}, nulls included. */
    void writeValues(@Nullable Object[] values) {
        writeNumber(values.length);
        for (Object value : values) {
            if (value == null) {
                writeByte(NULL);
            } else if (value instanceof String text) {
                writeByte(STRING);
                writeText(text);
            } else if (value instanceof Double number) {
                writeByte(DOUBLE);
                writeBits(Double.doubleToRawLongBits(number));
            } else if (value instanceof Long number) {
                writeByte(LONG);
                writeNumber(number);
            } else if (value instanceof Integer number) {
                writeByte(INT);
                writeNumber(number);
            } else if (value instanceof Boolean truth) {
                writeByte(truth ? TRUE : FALSE);
            } else if (value instanceof LocalDate date) {
                writeByte(DATE);
                writeNumber(date.toEpochDay());
            } else {
                throw new IllegalArgumentException("no field type has values of " + value.getClass());
            }
        }
    }

    /** Char by char: UTF-8 would not bring back half a surrogate pair. */
    private void writeText(String text) {
        writeUnsigned(text.length());
        for (int i = 0; i < text.length(); i++) {
            writeUnsigned(text.charAt(i));
        }
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    private void makeRoom(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
