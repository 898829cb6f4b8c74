package io.sightline.decode;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Reads times with java.time: the grammar of {@link Timestamps} said a second time, up to nine digits of fraction. */
final class TimeOracle {
    /** One formatter a way of writing the zone. */
    private static final List<DateTimeFormatter> FORMATTERS = Stream.of("XXX", "XX", "X")
            .map(zone -> new DateTimeFormatterBuilder()
                    .parseCaseInsensitive()
                    .appendPattern("uuuu-MM-dd'T'HH:mm[:ss")
                    .optionalStart()
                    .appendLiteral('.')
                    .appendFraction(ChronoField.NANO_OF_SECOND, 1, 9, false)
                    .optionalEnd()
                    .appendPattern("]" + zone)
                    .toFormatter(Locale.ROOT)
                    .withResolverStyle(ResolverStyle.STRICT))
            .toList();

    private TimeOracle() {}

    /** Microseconds since 1970-01-01T00:00Z, or {@link Timestamps#NOT_A_TIME}. */
    static long micros(String text) {
        if (text.startsWith("-") || text.startsWith("+")) {
            // java.time knows years before 0 and after 9999.
            return Timestamps.NOT_A_TIME;
        }
        for (DateTimeFormatter formatter : FORMATTERS) {
            try {
                Instant instant = OffsetDateTime.parse(text, formatter).toInstant();
                return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000;
            } catch (DateTimeException notWrittenThisWay) {
                // The next formatter may do.
            }
        }
        return Timestamps.NOT_A_TIME;
    }
}
