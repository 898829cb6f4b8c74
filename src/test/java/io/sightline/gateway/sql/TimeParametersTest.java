package io.sightline.gateway.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.OffsetDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code at} is a column of time, {@code item} is none. */
class TimeParametersTest {
    private static final String NINE = "2026-03-14T09:00:00Z";
    private static final String TEN = "2026-03-14T10:00:00.5Z";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT at FROM d WHERE at BETWEEN '9' AND '10' | SELECT \"at\" FROM \"d\" WHERE \"at\" BETWEEN ASYMMETRIC ? AND ?",
                "SELECT at FROM d WHERE d.at >= '9' AND '10' > at | SELECT \"at\" FROM \"d\" WHERE \"d\".\"at\" >= ? AND ? > \"at\"",
                "SELECT at FROM d WHERE at > CAST('9' AS TIMESTAMP WITH TIME ZONE) - INTERVAL '5' MINUTE AND at < '10' | SELECT \"at\" FROM \"d\" WHERE \"at\" > CAST(? AS TIMESTAMP WITH TIME ZONE) - INTERVAL '5' MINUTE AND \"at\" < ?",
                "SELECT CAST('9' AS TIMESTAMP WITH TIME ZONE) FROM (SELECT at FROM d WHERE at > '10') AS e ORDER BY at LIMIT 3 | SELECT CAST(? AS TIMESTAMP WITH TIME ZONE) FROM (SELECT \"at\" FROM \"d\" WHERE \"at\" > ?) AS \"e\" ORDER BY \"at\" FETCH NEXT 3 ROWS ONLY",
                "SELECT at FROM d WHERE at > '9' UNION ALL SELECT at FROM e WHERE at > '10' | SELECT \"at\" FROM \"d\" WHERE \"at\" > ? UNION ALL SELECT \"at\" FROM \"e\" WHERE \"at\" > ?",
                "SELECT item, COUNT(*) FROM d WHERE at > '9' AND at < '10' GROUP BY item | SELECT \"item\", COUNT(*) FROM \"d\" WHERE \"at\" > ? AND \"at\" < ? GROUP BY \"item\"",
                "SELECT 1 FROM d JOIN e ON d.at > '9' WHERE EXISTS (SELECT 1 FROM f WHERE f.at = '10') | SELECT 1 FROM \"d\" INNER JOIN \"e\" ON \"d\".\"at\" > ? WHERE EXISTS (SELECT 1 FROM \"f\" WHERE \"f\".\"at\" = ?)",
            })
    void timesBecomeParametersInTheOrderOfTheText(String sql, String expected) {
        // When
        TimeParameters statement = of(sql);

        // Then
        assertThat(statement.sql().replaceAll("\\s+", " ")).isEqualTo(expected);
        assertThat(statement.values()).containsExactly(OffsetDateTime.parse(NINE), OffsetDateTime.parse(TEN));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Text that looks like a time, in a column of text
                "SELECT item FROM d WHERE item > '9'",
                "SELECT at FROM (SELECT item AS at FROM d) AS e WHERE at > '9'",
                // What is grouped by is one thing
                "SELECT at - CAST('9' AS TIMESTAMP WITH TIME ZONE), COUNT(*) FROM d GROUP BY at - CAST('9' AS TIMESTAMP WITH TIME ZONE)",
                // Conditions and results by turns
                "SELECT CASE WHEN at > '9' THEN 1 WHEN at > '10' THEN 2 END FROM d",
                "SELECT at FROM d WHERE at > 'yesterday'",
                "SELECT at FROM d WHERE at > '2026-03-14'",
            })
    void whatCannotBeAParameterStaysAsItIs(String sql) {
        // When
        TimeParameters statement = of(sql);

        // Then
        assertThat(statement.sql()).isEqualTo(times(sql));
        assertThat(statement.values()).isEmpty();
    }

    @Test
    void theSameQuestionAtAnotherTimeIsTheSameText() {
        assertThat(of("SELECT at FROM d WHERE at > '9'").sql())
                .isEqualTo(of("SELECT at FROM d WHERE at > '10'").sql());
    }

    private static TimeParameters of(String sql) {
        String text = times(sql);
        return TimeParameters.of(text, SqlText.parse(text), "at"::equals);
    }

    /** With whole times for the hours in quotes. */
    private static String times(String sql) {
        return sql.replace("'9'", "'" + NINE + "'").replace("'10'", "'" + TEN + "'");
    }
}
