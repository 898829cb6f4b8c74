package io.sightline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BytesTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "{\"item\": \"\u00e4\"}", "two\r\n\tlines", "\ud83d\ude00"})
    void textIsShownAsItIs(String text) {
        assertThat(Bytes.forPeople(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(text);
    }

    @Test
    void whatIsNoUtf8IsDumped() {
        assertThat(Bytes.forPeople(new byte[] {(byte) 0xff, 'a', 0}))
                .isEqualTo("00000000  ff 61 00                                         .a.");
    }

    @Test
    void whatCouldMoveTheCursorOfATerminalIsDumpedWhole() {
        // Given
        byte[] escapes = "\u001b[2J and seventeen".getBytes(StandardCharsets.UTF_8);

        // When / Then
        assertThat(Bytes.forPeople(escapes).lines())
                .containsExactly(
                        "00000000  1b 5b 32 4a 20 61 6e 64 20 73 65 76 65 6e 74 65  .[2J and sevente",
                        "00000010  65 6e                                            en");
    }
}
