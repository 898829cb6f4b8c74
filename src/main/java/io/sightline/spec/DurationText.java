package io.sightline.spec;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Durations as people write them: {@code 500ms}, {@code 5s}, {@code 10m}, {@code 2h}, {@code 30d}. A day is 24 hours. */
public final class DurationText {
    public static final String ACCEPTED =
            "a whole number above 0 and one of ms, s, m, h, d, as in 500ms, 5s, 10m, 2h, 30d";
    static final String REGEX = "[1-9][0-9]{0,8}(ms|s|m|h|d)";
    private static final Pattern PATTERN = Pattern.compile("([1-9][0-9]{0,8})(ms|s|m|h|d)");

    private DurationText() {}

    /** The duration; null if the text is none. */
    public static @Nullable Duration parse(String text) {
        Matcher matcher = PATTERN.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    /** The duration in the largest unit that holds it whole. */
    public static String of(Duration duration) {
        long millis = duration.toMillis();
        if (millis % Duration.ofDays(1).toMillis() == 0) {
            return duration.toDays() + "d";
        }
        if (millis % Duration.ofHours(1).toMillis() == 0) {
            return duration.toHours() + "h";
        }
        if (millis % Duration.ofMinutes(1).toMillis() == 0) {
            return duration.toMinutes() + "m";
        }
        return millis % 1000 == 0 ? duration.toSeconds() + "s" : millis + "ms";
    }
}
