package io.sightline.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {
    private static final long SEED = 20260301;

    private static long micros(String text) {
        char[] padded = ("##" + text + "##").toCharArray();
        return Timestamps.parseMicros(padded, 2, text.length());
    }

    @ParameterizedTest
    @CsvSource({
        "1970-01-01T00:00:00Z, 0",
        "1970-01-01t00:00z, 0",
        "1969-12-31T23:59:59.9999999Z, -1",
        "2026-03-01T12:00:00.033Z, 1772366400033000",
        "2026-03-01T14:00:00.033+02:00, 1772366400033000",
        "2026-03-01T14:00:00.033+0200, 1772366400033000",
        "2026-03-01T14:00:00.033+02, 1772366400033000",
        "2026-03-01T06:30:00.033-05:30, 1772366400033000",
        "2026-03-01T12:00:00-00:00, 1772366400000000",
        "2026-03-01T12:00:00.0330000000000000000000009Z, 1772366400033000",
        "2024-02-29T00:00:00Z, 1709164800000000",
        "0000-02-29T00:00:00Z, -62162121600000000",
        "9999-12-31T23:59:59.999999Z, 253402300799999999",
        "2026-03-02T06:00:00+18:00, 1772366400000000"
    })
    void timesAreRead(String text, long expected) {
        assertThat(micros(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Z",
                "yesterday",
                "2026-03-01",
                "2026-03-01T12:00:00",
                "2026-03-01 12:00:00Z",
                "2026-03-01T12:00:00,5Z",
                "2026-03-01T12:00:00.Z",
                "2026-03-01T12:00:00.5",
                "2026-03-01T12:00:Z",
                "2026-03-01T12:00:0Z",
                "2026-03-01T12:00:00 Z",
                "2026-03-01T12:00:00ZZ",
                "2026-03-01T12:00:00Z[UTC]",
                "2026-03-01T12:00:00+18:01",
                "2026-03-01T12:00:00+02:60",
                "2026-03-01T12:00:00+2:00",
                "2026-03-01T12:00:00+02:0",
                "2026-03-01T12:00:00+02:00:00",
                "2026-03-01T12:00:00+02-00",
                "2026-03-01T12:00:60Z",
                "2016-12-31T23:59:60Z",
                "2026-03-01T24:00:00Z",
                "2026-03-01T12:60:00Z",
                "2026-02-29T12:00:00Z",
                "2100-02-29T12:00:00Z",
                "2026-04-31T12:00:00Z",
                "2026-00-01T12:00:00Z",
                "2026-13-01T12:00:00Z",
                "2026-03-00T12:00:00Z",
                "-026-03-01T12:00:00Z",
                "+02026-03-01T12:00:00Z",
                "20260301T120000Z",
                "2026-W09-7T12:00:00Z",
                "2026-060T12:00:00Z",
                "\u0662026-03-01T12:00:00Z"
            })
    void whatIsNoTimeIsToldApart(String text) {
        assertThat(micros(text)).isEqualTo(Timestamps.NOT_A_TIME);
    }

    @Test
    void everyDayOfFourHundredYearsAgreesWithTheCalendar() {
        for (LocalDate day = LocalDate.of(1899, 12, 31); day.getYear() < 2300; day = day.plusDays(1)) {
            char[] text = day.toString().toCharArray();
            assertThat(Timestamps.parseDate(text, 0, text.length)).isEqualTo(day);
        }
    }

    @Test
    void randomTimesAndDamagedOnesAgreeWithJavaTime() {
        Random random = new Random(SEED);
        String alphabet = "0123456789-+:.TZ ";
        for (int i = 0; i < 100_000; i++) {
            // Given
            StringBuilder text = new StringBuilder(String.format(
                    Locale.ROOT,
                    "%04d-%02d-%02dT%02d:%02d",
                    random.nextInt(10_000),
                    1 + random.nextInt(12),
                    1 + random.nextInt(31),
                    random.nextInt(24),
                    random.nextInt(60)));
            if (random.nextInt(8) > 0) {
                text.append(String.format(Locale.ROOT, ":%02d", random.nextInt(60)));
                int digits = random.nextInt(10);
                text.append(digits == 0 ? "" : ".")
                        .append(random.ints(digits, 0, 10)
                                .mapToObj(Integer::toString)
                                .reduce("", String::concat));
            }
            String sign = random.nextBoolean() ? "+" : "-";
            int hours = random.nextInt(19);
            int minutes = random.nextInt(60);
            text.append(
                    switch (random.nextInt(4)) {
                        case 0 -> "Z";
                        case 1 -> String.format(Locale.ROOT, "%s%02d:%02d", sign, hours, minutes);
                        case 2 -> String.format(Locale.ROOT, "%s%02d%02d", sign, hours, minutes);
                        default -> String.format(Locale.ROOT, "%s%02d", sign, hours);
                    });
            if (random.nextInt(4) == 0) {
                text.setCharAt(random.nextInt(text.length()), alphabet.charAt(random.nextInt(alphabet.length())));
            }

            // When, Then
            assertThat(micros(text.toString()))
                    .as("%s, seed %d", text, SEED)
                    .isEqualTo(TimeOracle.micros(text.toString()));
        }
    }
}
