package io.sightline.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DecimalsTest {
    private static final long SEED = 53;

    @Test
    void whatIsToldIsTheNearestDouble() {
        Random random = new Random(SEED);
        int told = 0;
        for (int i = 0; i < 200_000; i++) {
            // Given
            String digits = new BigInteger(1 + random.nextInt(66), random).toString();
            int point = random.nextInt(digits.length() + 1);
            String text = switch (random.nextInt(3)) {
                case 0 -> digits;
                case 1 ->
                    String.format(
                            Locale.ROOT,
                            "%s.%s",
                            point == 0 ? "0" : digits.substring(0, point),
                            digits.substring(point) + "0");
                default -> "-" + digits + ".5";
            };
            char[] padded = ("9" + text + "9").toCharArray();

            // When
            double value = Decimals.parseShort(padded, 1, text.length());

            // Then
            if (!Double.isNaN(value)) {
                told++;
                assertThat(Double.doubleToRawLongBits(value))
                        .as("%s, seed %d", text, SEED)
                        .isEqualTo(Double.doubleToRawLongBits(Double.parseDouble(text)));
            }
        }
        assertThat(told).isGreaterThan(100_000);
    }

    @Test
    void whatNeedsMoreIsLeftToOthers() {
        for (String text : new String[] {"1e5", "9007199254740993", "0.1234567890123456789", "1E2"}) {
            assertThat(Decimals.parseShort(text.toCharArray(), 0, text.length()))
                    .isNaN();
        }
    }
}
