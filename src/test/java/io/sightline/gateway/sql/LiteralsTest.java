package io.sightline.gateway.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiteralsTest {
    @ParameterizedTest
    @CsvSource(quoteCharacter = '~', textBlock = """
            SELECT 'it''s' FROM t, SELECT ? FROM t
            SELECT "a ""7"" b" FROM t7 WHERE x = .5e3, SELECT "a ""7"" b" FROM t7 WHERE x = ?
            SELECT 'not closed, SELECT ?
            """)
    void values_are_left_out_and_names_are_not(String statement, String redacted) {
        assertThat(Literals.redact(statement)).isEqualTo(redacted);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'", "\""})
    void a_long_one_takes_no_stack(String quote) {
        assertThat(Literals.redact("SELECT " + quote + "a''\"\"".repeat(10_000) + quote))
                .startsWith("SELECT ");
    }

    @Test
    void a_long_value_is_left_out_whole() {
        assertThat(Literals.redact("SELECT '" + "a".repeat(60_000) + "'")).isEqualTo("SELECT ?");
    }
}
