package io.sightline.gateway.sql;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Intervals as PostgreSQL lets people write them: {@code 5 minutes}, {@code 1 hour 30 min}, {@code -2 days}, {@code 01:30:00}. */
final class IntervalText {
    private static final Pattern PART = Pattern.compile("\\s*([+-]?\\d+(?:\\.\\d+)?)\\s*([a-z]+)");
    private static final Pattern CLOCK = Pattern.compile("\\s*(-?)(\\d{1,6}):(\\d{2})(?::(\\d{2}(?:\\.\\d+)?))?\\s*");

    private IntervalText() {}

    /**
     * The literal that standard SQL has for it.
     *
     * @param otherwise what is thrown if the text is none that can be said
     */
    static String toStandard(String text, Supplier<? extends RuntimeException> otherwise) {
        String lower = text.toLowerCase(Locale.ROOT).strip();
        Matcher clock = CLOCK.matcher(lower);
        if (clock.matches()) {
            BigDecimal seconds = new BigDecimal(clock.group(4) == null ? "0" : clock.group(4))
                    .add(new BigDecimal(60 * Long.parseLong(clock.group(3)) + 3600 * Long.parseLong(clock.group(2))));
            return seconds(clock.group(1).isEmpty() ? seconds : seconds.negate());
        }
        BigDecimal seconds = BigDecimal.ZERO;
        BigDecimal months = BigDecimal.ZERO;
        Matcher part = PART.matcher(lower);
        int end = 0;
        while (end < lower.length()) {
            if (!part.find(end) || part.start() != end) {
                throw otherwise.get();
            }
            BigDecimal number = new BigDecimal(part.group(1));
            BigDecimal unit = secondsOf(part.group(2));
            BigDecimal monthUnit = monthsOf(part.group(2));
            if (unit.signum() == 0 && monthUnit.signum() == 0) {
                throw otherwise.get();
            }
            seconds = seconds.add(number.multiply(unit));
            months = months.add(number.multiply(monthUnit));
            end = part.end();
        }
        boolean both = seconds.signum() != 0 && months.signum() != 0;
        if (lower.isEmpty() || both || months.stripTrailingZeros().scale() > 0) {
            throw otherwise.get();
        }
        return months.signum() == 0
                ? seconds(seconds)
                : sign(months) + "INTERVAL '" + months.abs().toBigInteger() + "' MONTH(4)";
    }

    private static String seconds(BigDecimal seconds) {
        return sign(seconds) + "INTERVAL '" + seconds.abs().stripTrailingZeros().toPlainString() + "' SECOND(9)";
    }

    private static String sign(BigDecimal number) {
        return number.signum() < 0 ? "-" : "";
    }

    private static BigDecimal secondsOf(String unit) {
        return switch (unit) {
            case "ms", "millisecond", "milliseconds" -> new BigDecimal("0.001");
            case "s", "sec", "secs", "second", "seconds" -> BigDecimal.ONE;
            case "m", "min", "mins", "minute", "minutes" -> new BigDecimal(60);
            case "h", "hr", "hrs", "hour", "hours" -> new BigDecimal(3600);
            case "d", "day", "days" -> new BigDecimal(86_400);
            case "w", "week", "weeks" -> new BigDecimal(604_800);
            default -> BigDecimal.ZERO;
        };
    }

    private static BigDecimal monthsOf(String unit) {
        return switch (unit) {
            case "mon", "mons", "month", "months" -> BigDecimal.ONE;
            case "y", "year", "years" -> new BigDecimal(12);
            default -> BigDecimal.ZERO;
        };
    }
}
