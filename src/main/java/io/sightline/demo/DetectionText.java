package io.sightline.demo;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/**
 * Writes detections as JSON, byte by byte and without garbage, in the shape of {@code pipelines/detections.yaml}. One detection
 * at a time: {@link #begin}, its members in the order of the calls, {@link #end}. Not thread-safe.
 */
final class DetectionText {
    private static final byte[] HEX = ascii("0123456789abcdef");
    private static final int LONGEST = 1_024;
    private static final int SECONDS_TEXT = "2026-01-31T12:00:00".length();

    private final byte[] text = new byte[LONGEST];
    private int length;
    private long second = Long.MIN_VALUE;
    private byte[] secondText = {};

    void begin() {
        length = 0;
        text[length++] = '{';
    }

    /** A member whose value is written as it is; begin with {@link #begin}, end with {@link #end}. */
    void raw(byte[] name, byte[] value) {
        name(name);
        bytes(value);
    }

    void string(byte[] name, byte[] value) {
        name(name);
        quote();
        bytes(value);
        quote();
    }

    void uuid(byte[] name, long high, long low) {
        name(name);
        quote();
        hex(high >>> 32, 8);
        text[length++] = '-';
        hex(high >>> 16, 4);
        text[length++] = '-';
        hex(high, 4);
        text[length++] = '-';
        hex(low >>> 48, 4);
        text[length++] = '-';
        hex(low, 12);
        quote();
    }

    /** A number with this many digits after the point. */
    void decimal(byte[] name, long unscaled, int digits) {
        name(name);
        long scale = 1;
        for (int i = 0; i < digits; i++) {
            scale *= 10;
        }
        number(unscaled / scale);
        text[length++] = '.';
        padded(unscaled % scale, digits);
    }

    void whole(byte[] name, long value) {
        name(name);
        number(value);
    }

    /** ISO-8601 in UTC with milliseconds. */
    void time(byte[] name, long millis) {
        name(name);
        quote();
        long itsSecond = Math.floorDiv(millis, 1_000L);
        if (itsSecond != second) {
            second = itsSecond;
            secondText = ascii(Instant.ofEpochSecond(itsSecond).toString().substring(0, SECONDS_TEXT));
        }
        bytes(secondText);
        text[length++] = '.';
        padded(Math.floorMod(millis, 1_000L), 3);
        text[length++] = 'Z';
        quote();
    }

    /** Opens an object inside; close it with {@link #close}. */
    void open(byte[] name) {
        name(name);
        text[length++] = '{';
    }

    void close() {
        text[length++] = '}';
    }

    byte[] end() {
        text[length++] = '}';
        return Arrays.copyOf(text, length);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private void name(byte[] name) {
        if (text[length - 1] != '{') {
            text[length++] = ',';
        }
        quote();
        bytes(name);
        quote();
        text[length++] = ':';
    }

    private void bytes(byte[] value) {
        System.arraycopy(value, 0, text, length, value.length);
        length += value.length;
    }

    private void quote() {
        text[length++] = '"';
    }

    private void hex(long value, int digits) {
        for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
            text[length++] = HEX[(int) (value >>> shift) & 0xf];
        }
    }

    private void number(long value) {
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        padded(value, digits);
    }

    private void padded(long value, int digits) {
        long rest = value;
        for (int i = length + digits - 1; i >= length; i--) {
            text[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
    }
}
