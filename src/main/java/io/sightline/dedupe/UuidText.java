package io.sightline.dedupe;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The canonical text of a UUID: 36 characters, lower case, as RFC 9562 section 4 has it. */
final class UuidText {
    private static final int LENGTH = 36;
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VALUES = new byte['f' + 1];

    static {
        Arrays.fill(VALUES, (byte) -1);
        for (int value = 0; value < DIGITS.length; value++) {
            VALUES[DIGITS[value]] = (byte) value;
        }
    }

    private UuidText() {}

    /** Whether this is canonical text: upper case, braces and missing hyphens are not. */
    static boolean isCanonical(String text) {
        if (text.length() != LENGTH) {
            return false;
        }
        for (int i = 0; i < LENGTH; i++) {
            char c = text.charAt(i);
            boolean right = isHyphenAt(i) ? c == '-' : c < VALUES.length && VALUES[c] >= 0;
            if (!right) {
                return false;
            }
        }
        return true;
    }

    /** The first 64 bits of canonical text. */
    static long mostSignificant(String canonical) {
        return bits(canonical, 0, 18);
    }

    /** The last 64 bits of canonical text. */
    static long leastSignificant(String canonical) {
        return bits(canonical, 19, LENGTH);
    }

    static String of(long mostSignificant, long leastSignificant) {
        byte[] text = new byte[LENGTH];
        int digit = 0;
        for (int i = 0; i < LENGTH; i++) {
            if (isHyphenAt(i)) {
                text[i] = '-';
            } else {
                long half = digit < 16 ? mostSignificant : leastSignificant;
                text[i] = DIGITS[(int) (half >>> (60 - 4 * (digit & 15))) & 15];
                digit++;
            }
        }
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private static long bits(String canonical, int from, int to) {
        long bits = 0;
        for (int i = from; i < to; i++) {
            char c = canonical.charAt(i);
            if (c != '-') {
                bits = (bits << 4) | VALUES[c];
            }
        }
        return bits;
    }

    private static boolean isHyphenAt(int i) {
        return i == 8 || i == 13 || i == 18 || i == 23;
    }
}
