package io.sightline.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.history.RowCondition.Operator;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowConditionTest {
    private static final Column ITEM = new Column("item", FieldType.STRING);
    private static final Column SCORE = new Column("score", FieldType.DOUBLE);
    private static final Column COUNT = new Column("count", FieldType.INT);
    private static final Column OFFSET = new Column("record_offset", FieldType.LONG);
    private static final Column ALIVE = new Column("alive", FieldType.BOOLEAN);
    private static final Column TIME = new Column("event_time", FieldType.TIMESTAMP);
    private static final Column DAY = new Column("event_date", FieldType.DATE);
    private static final List<Column> COLUMNS = List.of(ITEM, SCORE, COUNT, OFFSET, ALIVE, TIME, DAY);

    @Test
    void comparisons_joined_by_and_are_read_with_values_of_the_columns_types() {
        assertThat(RowCondition.parse(
                        "item = 'it''s and more' AND score>=-0.5e1 and count < 7 AND record_offset != 9 AND alive = TRUE"
                                + " AND event_time <= '1970-01-01T01:00:00.000001+01:00' AND event_date <> '2026-05-01'",
                        COLUMNS))
                .containsExactly(
                        new RowCondition(ITEM, Operator.EQUAL, "it's and more"),
                        new RowCondition(SCORE, Operator.GREATER_OR_EQUAL, -5.0),
                        new RowCondition(COUNT, Operator.LESS, 7),
                        new RowCondition(OFFSET, Operator.NOT_EQUAL, 9L),
                        new RowCondition(ALIVE, Operator.EQUAL, true),
                        new RowCondition(TIME, Operator.LESS_OR_EQUAL, 1L),
                        new RowCondition(DAY, Operator.NOT_EQUAL, LocalDate.of(2026, 5, 1)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "itme = 'person'|there is no column `itme`; there are item, score",
                "item = person|`item` cannot be compared with person; accepted: a text in single quotes",
                "count = 1.5|`count` cannot be compared with 1.5; accepted: a whole number",
                "score = high|accepted: a number",
                "alive = 1|accepted: true or false",
                "event_time > '2026-05-01'|accepted: a time in single quotes, as in '2026-05-01T10:00:00Z'",
                "event_date > '1 May'|accepted: a day in single quotes",
                "item LIKE 'p%'|`item LIKE 'p%'` is no comparison; accepted: COLUMN = VALUE",
                "count = 1 OR count = 2|`OR count = 2` follows a comparison; accepted: AND and another one",
                "count = 1 AND|`AND` follows a comparison",
                "item = 'person|is no comparison",
            })
    void what_is_no_condition_is_refused_with_what_is_accepted(String text, String message) {
        assertThatThrownBy(() -> RowCondition.parse(text, COLUMNS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void a_file_is_left_out_only_if_none_of_its_values_meets_the_condition() {
        for (long seed = 0; seed < 500; seed++) {
            // Given
            Random random = new Random(seed);
            List<Integer> values = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                values.add(random.nextInt(4) == 0 ? null : random.nextInt(6));
            }
            List<Integer> present = values.stream().filter(Objects::nonNull).toList();
            Integer least = present.stream().min(Integer::compare).orElse(null);
            Integer greatest = present.stream().max(Integer::compare).orElse(null);

            for (Operator operator : Operator.values()) {
                // When
                RowCondition condition = new RowCondition(COUNT, operator, random.nextInt(6));
                boolean met = values.stream().anyMatch(condition::isMetBy);

                // Then
                assertThat(condition.canBeMetWithin(least, greatest) || !met)
                        .as("seed %d: %s of %s", seed, condition, values)
                        .isTrue();
                assertThat(condition.canBeMetWithin(null, null)).isTrue();
            }
        }
    }

    @Test
    void a_file_whose_bounds_lie_beside_the_value_is_left_out() {
        assertThat(new RowCondition(COUNT, Operator.EQUAL, 5).canBeMetWithin(6, 9))
                .isFalse();
        assertThat(new RowCondition(COUNT, Operator.EQUAL, 5).canBeMetWithin(1, 4))
                .isFalse();
        assertThat(new RowCondition(COUNT, Operator.LESS, 5).canBeMetWithin(5, 9))
                .isFalse();
        assertThat(new RowCondition(COUNT, Operator.GREATER, 5).canBeMetWithin(1, 5))
                .isFalse();
    }

    @Test
    void a_long_text_is_read_like_a_short_one() {
        assertThat(RowCondition.parse("item = '" + "it''s".repeat(10_000) + "'", COLUMNS))
                .containsExactly(new RowCondition(ITEM, Operator.EQUAL, "it's".repeat(10_000)));
    }

    @Test
    void one_of_several_values_is_enough() {
        // Given
        RowCondition condition = new RowCondition(COUNT, Operator.IN, List.of(3, 8));

        // Then
        assertThat(condition.isMetBy(8)).isTrue();
        assertThat(condition.isMetBy(4)).isFalse();
        assertThat(condition.isMetBy(null)).isFalse();
        assertThat(condition.canBeMetWithin(4, 8)).isTrue();
        assertThat(condition.canBeMetWithin(4, 7)).isFalse();
    }

    @Test
    void texts_are_compared_as_the_bounds_of_files_are() {
        // Given two texts that Java orders the other way round
        String supplementary = new String(Character.toChars(0x1F600));

        // Then
        assertThat(new RowCondition(ITEM, Operator.LESS, supplementary).isMetBy("\uFF5E"))
                .isTrue();
    }

    @Test
    void the_two_zeros_are_equal_and_what_is_no_number_meets_nothing_but_unequal() {
        assertThat(new RowCondition(SCORE, Operator.EQUAL, 0.0).isMetBy(-0.0)).isTrue();
        assertThat(new RowCondition(SCORE, Operator.GREATER, 0.0).isMetBy(Double.NaN))
                .isFalse();
        assertThat(new RowCondition(SCORE, Operator.NOT_EQUAL, 0.0).isMetBy(Double.NaN))
                .isTrue();
        assertThat(new RowCondition(SCORE, Operator.NOT_EQUAL, 0.0).isMetBy(null))
                .isFalse();
    }
}
