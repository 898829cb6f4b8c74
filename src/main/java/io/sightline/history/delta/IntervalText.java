package io.sightline.history.delta;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as table properties have them: {@code interval 7 days}, {@code interval 1 week 12 hours}. */
final class IntervalText {
    private static final Pattern INTERVAL =
            Pattern.compile("(?:interval\\s+)?((?:\\d{1,9}\\s+(?:week|day|hour|minute|second)s?\\s*)+)");
    private static final Pattern PART = Pattern.compile("(\\d+)\\s+(week|day|hour|minute|second)");
    private static final int DAYS_A_WEEK = 7;

    private IntervalText() {}

    /** The duration; empty if the text is none, or one of units whose length varies. */
    static Optional<Duration> parse(String text) {
        Matcher interval = INTERVAL.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!interval.matches()) {
            return Optional.empty();
        }
        Duration sum = Duration.ZERO;
        for (Matcher part = PART.matcher(interval.group(1)); part.find(); ) {
            long number = Long.parseLong(part.group(1));
            sum = sum.plus(
                    switch (part.group(2)) {
                        case "week" -> Duration.ofDays(number * DAYS_A_WEEK);
                        case "day" -> Duration.ofDays(number);
                        case "hour" -> Duration.ofHours(number);
                        case "minute" -> Duration.ofMinutes(number);
                        default -> Duration.ofSeconds(number);
                    });
        }
        return Optional.of(sum);
    }
}
