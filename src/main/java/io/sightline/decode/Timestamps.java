package io.sightline.decode;

import java.time.DateTimeException;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * ISO-8601 text to microseconds or dates, without {@link java.time.format.DateTimeFormatter}, which costs several times
 * as much as the rest of an event together.
 *
 * <p>A time is {@code 2026-01-31T09:30:00.250Z}: four digits of year; seconds and fraction may be missing; of the
 * fraction, any number of digits, what is finer than a microsecond is cut off; then {@code Z}, {@code +02:00},
 * {@code +0200} or {@code +02}, at most 18 hours. {@code T} and {@code Z} may be lower case. A zone is required. Hour 24
 * and second 60 are refused, and so is a date that the calendar does not have.
 */
final class Timestamps {
    /** What {@link #parseMicros} returns for text that is no time. No time of four-digit years comes near it. */
    static final long NOT_A_TIME = Long.MIN_VALUE;

    private static final long SECONDS_PER_DAY = 86_400;
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final int MAX_OFFSET_MINUTES = 18 * 60;
    private static final long DAYS_FROM_YEAR_0_TO_1970 = 719_528;
    private static final int BAD = -1;
    private static final int[] DAYS_BEFORE_MONTH = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};

    private Timestamps() {}

    /** Microseconds since 1970-01-01T00:00Z; {@link #NOT_A_TIME} if the text is none. */
    static long parseMicros(char[] text, int offset, int length) {
        int end = offset + length;
        // The shortest is 2026-01-31T09:30Z.
        if (length < 17 || (text[offset + 10] | 0x20) != 't' || text[offset + 13] != ':') {
            return NOT_A_TIME;
        }
        long day = epochDay(text, offset);
        int hour = twoDigits(text, offset + 11);
        int minute = twoDigits(text, offset + 14);
        if (day == NOT_A_TIME || hour < 0 || hour > 23 || minute < 0 || minute > 59) {
            return NOT_A_TIME;
        }
        int at = offset + 16;
        int second = 0;
        int micros = 0;
        if (text[at] == ':') {
            second = at + 3 < end ? twoDigits(text, at + 1) : BAD;
            if (second < 0 || second > 59) {
                return NOT_A_TIME;
            }
            at += 3;
            if (text[at] == '.') {
                int fraction = at + 1;
                at = fraction;
                for (int unit = 100_000; at < end && isDigit(text[at]); unit /= 10) {
                    micros += unit * (text[at++] - '0');
                }
                if (at == fraction) {
                    return NOT_A_TIME;
                }
            }
        }
        int offsetMinutes = offsetMinutes(text, at, end);
        if (offsetMinutes > MAX_OFFSET_MINUTES) {
            return NOT_A_TIME;
        }
        long seconds = day * SECONDS_PER_DAY + (hour * 60L + minute - offsetMinutes) * 60L + second;
        return seconds * MICROS_PER_SECOND + micros;
    }

    /** The date {@code 2026-01-31}; null if the text is none. */
    static @Nullable LocalDate parseDate(char[] text, int offset, int length) {
        long day = length == 10 ? epochDay(text, offset) : NOT_A_TIME;
        try {
            return day == NOT_A_TIME ? null : LocalDate.ofEpochDay(day);
        } catch (DateTimeException outOfCalendar) {
            return null;
        }
    }

    /** Days since 1970-01-01 of the ten characters from {@code at} on; {@link #NOT_A_TIME} if they are no date. */
    private static long epochDay(char[] text, int at) {
        int century = twoDigits(text, at);
        int yearOfCentury = twoDigits(text, at + 2);
        int month = twoDigits(text, at + 5);
        int day = twoDigits(text, at + 8);
        if ((century | yearOfCentury | month | day) < 0
                || text[at + 4] != '-'
                || text[at + 7] != '-'
                || month < 1
                || month > 12) {
            return NOT_A_TIME;
        }
        int year = century * 100 + yearOfCentury;
        boolean leap = (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0);
        int daysInMonth = month == 2 ? (leap ? 29 : 28) : 30 + ((month + (month >> 3)) & 1);
        if (day < 1 || day > daysInMonth) {
            return NOT_A_TIME;
        }
        // Days from 0000-01-01 on; the year 0 is a leap year of the proleptic Gregorian calendar.
        long daysBeforeYear = 365L * year + (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400;
        int daysBeforeMonth = DAYS_BEFORE_MONTH[month - 1] + (leap && month > 2 ? 1 : 0);
        return daysBeforeYear + daysBeforeMonth + day - 1 - DAYS_FROM_YEAR_0_TO_1970;
    }

    /** Minutes east of UTC of the zone that fills the rest of the text; {@link Integer#MAX_VALUE} if it is none. */
    private static int offsetMinutes(char[] text, int at, int end) {
        int length = end - at;
        if (length == 1 && (text[at] | 0x20) == 'z') {
            return 0;
        }
        boolean colon = length == 6 && text[at + 3] == ':';
        if (!(colon || length == 5 || length == 3) || (text[at] != '+' && text[at] != '-')) {
            return Integer.MAX_VALUE;
        }
        int hours = twoDigits(text, at + 1);
        int minutes = length == 3 ? 0 : twoDigits(text, end - 2);
        if (hours < 0 || minutes < 0 || minutes > 59 || hours * 60 + minutes > MAX_OFFSET_MINUTES) {
            return Integer.MAX_VALUE;
        }
        int total = hours * 60 + minutes;
        return text[at] == '-' ? -total : total;
    }

    private static int twoDigits(char[] text, int at) {
        char tens = text[at];
        char units = text[at + 1];
        return isDigit(tens) && isDigit(units) ? (tens - '0') * 10 + units - '0' : BAD;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
