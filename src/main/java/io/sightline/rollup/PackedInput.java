package io.sightline.rollup;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** Reads what {@link PackedOutput} wrote. */
final class PackedInput {
    private final byte[] bytes;
    private int next;

    PackedInput(byte[] bytes) {
        this.bytes = bytes;
    }

    byte readByte() {
        return bytes[next++];
    }

    long readBits() {
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = (value << Byte.SIZE) | (readByte() & 0xff);
        }
        return value;
    }

    long readNumber() {
        long value = readUnsigned();
        return value >>> 1 ^ -(value & 1);
    }

    private long readUnsigned() {
        long value = 0;
        int shift = 0;
        byte part;
        do {
            part = readByte();
            value |= (part & 0x7fL) << shift;
            shift += 7;
        } while (part < 0);
        return value;
    }

    @Nullable
    Object[] readValues() {
        @Nullable Object[] values = new Object[(int) readNumber()];
        for (int i = 0; i < values.length; i++) {
            values[i] = readValue();
        }
        return values;
    }

    private @Nullable Object readValue() {
        byte type = readByte();
        return switch (type) {
            case PackedOutput.NULL -> null;
            case PackedOutput.STRING -> readText();
            case PackedOutput.DOUBLE -> Double.longBitsToDouble(readBits());
            case PackedOutput.LONG -> readNumber();
            case PackedOutput.INT -> (int) readNumber();
            case PackedOutput.FALSE -> false;
            case PackedOutput.TRUE -> true;
            case PackedOutput.DATE -> LocalDate.ofEpochDay(readNumber());
            default -> throw new IllegalStateException("no field type is packed as " + type);
        };
    }

    private String readText() {
        char[] text = new char[(int) readUnsigned()];
        for (int i = 0; i < text.length; i++) {
            text[i] = (char) readUnsigned();
        }
        return new String(text);
    }
}
