package io.sightline.decode;

/**
 * JSON numbers of everyday length to doubles, exactly: a whole number up to 2^53, divided or multiplied by a power of ten
 * that is itself exact, is rounded once and so rightly (W. Clinger, "How to read floating point numbers accurately", 1990).
 * Several times faster than parsing in general, which takes the rest.
 */
final class Decimals {
    private static final long LARGEST_EXACT = 1L << 53;
    private static final int MOST_DIGITS = 18;
    private static final double[] POWERS_OF_TEN = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18
    };

    private Decimals() {}

    /** The value of a JSON number; NaN if this cannot tell it exactly, as with an exponent or many digits. */
    static double parseShort(char[] text, int offset, int length) {
        int end = offset + length;
        boolean negative = text[offset] == '-';
        int at = negative ? offset + 1 : offset;
        if (end - at > MOST_DIGITS) {
            return Double.NaN;
        }
        long digits = 0;
        int point = end;
        for (; at < end; at++) {
            char c = text[at];
            if (c >= '0' && c <= '9') {
                digits = digits * 10 + (c - '0');
            } else if (c == '.') {
                point = at + 1;
            } else {
                return Double.NaN;
            }
        }
        if (digits > LARGEST_EXACT) {
            return Double.NaN;
        }
        double value = digits / POWERS_OF_TEN[end - point];
        return negative ? -value : value;
    }
}
