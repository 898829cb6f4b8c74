package io.sightline.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.gateway.StatementException;
import io.sightline.history.RowCondition;
import io.sightline.history.RowCondition.Operator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryFilterTest {
    private static final Column SITE = new Column("site", FieldType.STRING);
    private static final Column LANE = new Column("lane", FieldType.INT);
    private static final Column TOTAL = new Column("total", FieldType.LONG);
    private static final Column SCORE = new Column("score", FieldType.DOUBLE);
    private static final Column WET = new Column("wet", FieldType.BOOLEAN);
    private static final Column TIME = new Column("event_time", FieldType.TIMESTAMP);
    private static final List<Column> COLUMNS = List.of(SITE, LANE, TOTAL, SCORE, WET, TIME);

    private static List<RowCondition> conditions(String filter) {
        return HistoryFilter.conditions(
                RowFilter.parse(filter).bind(Map.of("site", List.of("Reading", "O'Hull"))), COLUMNS);
    }

    @Test
    void comparisons_and_lists_joined_by_and_are_conditions() {
        assertThat(conditions("site IN (${claim:site}) AND 3 <= lane AND total <> 7 AND score > 0.5 AND wet = true"
                        + " AND lane NOT IN (4, 5) AND score > -0.5"))
                .containsExactly(
                        new RowCondition(SITE, Operator.IN, List.of("Reading", "O'Hull")),
                        new RowCondition(LANE, Operator.GREATER_OR_EQUAL, 3),
                        new RowCondition(TOTAL, Operator.NOT_EQUAL, 7L),
                        new RowCondition(SCORE, Operator.GREATER, 0.5),
                        new RowCondition(WET, Operator.EQUAL, true),
                        new RowCondition(LANE, Operator.NOT_EQUAL, 4),
                        new RowCondition(LANE, Operator.NOT_EQUAL, 5),
                        new RowCondition(SCORE, Operator.GREATER, -0.5));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "site = 'a' OR site = 'b'",
                "NOT site = 'a'",
                "site LIKE 'a%'",
                "upper(site) = 'A'",
                "site = lower('A')",
                "site = 3",
                "lane = '3'",
                "lane = 3.5",
                "lane = 3000000000",
                "wet",
                "wet IS TRUE",
                "wet = UNKNOWN",
                "wet = 'true'",
                "site > 'a'",
                "site IS NOT NULL",
                "site = NULL",
                "site IN ('a', NULL)",
                "site = site",
                "lane BETWEEN 1 AND 3",
                "lane + 1 = 3",
                "event_time > '2026-05-01T00:00:00Z'",
                "colour = 'red'",
                "site = 'a' AND (lane = 1 OR lane = 2)",
                "CASE WHEN site = 'a' THEN true ELSE false END"
            })
    void whatever_says_more_lets_nobody_in(String filter) {
        assertThatThrownBy(() -> conditions(filter))
                .isInstanceOf(StatementException.class)
                .hasMessage("your role's row filter cannot be applied to the history");
    }
}
