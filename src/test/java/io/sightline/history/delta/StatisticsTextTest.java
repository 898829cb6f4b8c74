package io.sightline.history.delta;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sightline.event.FieldType;
import io.sightline.history.ColumnStatistics;
import io.sightline.history.DataFile;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StatisticsTextTest {

    @Test
    void a_file_says_how_many_rows_it_has_and_what_is_in_each_column() {
        assertThat(StatisticsText.of(file(
                        new ColumnStatistics("large", FieldType.LONG, -5L, 7L, 1),
                        new ColumnStatistics("real", FieldType.DOUBLE, 0.25, 1e300, 0),
                        new ColumnStatistics("text", FieldType.STRING, "a\"b", "z", 0),
                        new ColumnStatistics(
                                "day", FieldType.DATE, LocalDate.of(2026, 5, 1), LocalDate.of(2026, 5, 2), 0))))
                .isEqualTo("{\"numRecords\":3,"
                        + "\"minValues\":{\"large\":-5,\"real\":0.25,\"text\":\"a\\\"b\",\"day\":\"2026-05-01\"},"
                        + "\"maxValues\":{\"large\":7,\"real\":1.0E300,\"text\":\"z\",\"day\":\"2026-05-02\"},"
                        + "\"nullCount\":{\"large\":1,\"real\":0,\"text\":0,\"day\":0}}");
    }

    @Test
    void a_column_without_a_value_has_no_bounds() {
        assertThat(StatisticsText.of(file(new ColumnStatistics("text", FieldType.STRING, null, null, 3))))
                .isEqualTo("{\"numRecords\":3,\"minValues\":{},\"maxValues\":{},\"nullCount\":{\"text\":3}}");
    }

    @Test
    void timestamps_are_widened_to_milliseconds() {
        assertThat(bounds(FieldType.TIMESTAMP, 1_500L, 1_500L))
                .isEqualTo("1970-01-01T00:00:00.001Z to 1970-01-01T00:00:00.002Z");
        assertThat(bounds(FieldType.TIMESTAMP, -1_500L, -1_500L))
                .isEqualTo("1969-12-31T23:59:59.998Z to 1969-12-31T23:59:59.999Z");
        assertThat(bounds(FieldType.TIMESTAMP, 2_000L, 2_000L))
                .isEqualTo("1970-01-01T00:00:00.002Z to 1970-01-01T00:00:00.002Z");
    }

    @Test
    void a_year_that_readers_do_not_expect_is_no_bound() {
        assertThat(bounds(FieldType.TIMESTAMP, Long.MIN_VALUE, Long.MAX_VALUE)).isEqualTo("none to none");
        assertThat(bounds(FieldType.DATE, LocalDate.of(-1, 1, 1), LocalDate.of(10_000, 1, 1)))
                .isEqualTo("none to none");
    }

    @Test
    void a_long_text_is_bounded_from_below_by_its_beginning_and_not_from_above() {
        String longText = "\uD83D\uDE00".repeat(33);

        assertThat(bounds(FieldType.STRING, longText, longText)).isEqualTo("\uD83D\uDE00".repeat(32) + " to none");
    }

    @Test
    void zero_is_bounded_by_both_zeros() {
        assertThat(bounds(FieldType.DOUBLE, 0.0, -0.0)).isEqualTo("-0.0 to 0.0");
    }

    @Test
    void the_log_gets_the_statistics_as_one_string() throws JsonProcessingException {
        // Given
        DataFile file = file(new ColumnStatistics("text", FieldType.STRING, "a\"\\\n", "\u20AC", 0));

        // Then
        assertThat(StatisticsText.quoted(file)).startsWith("\"{\\\"numRecords").endsWith("}\"");
        assertThat(new ObjectMapper().readValue(StatisticsText.quoted(file), String.class))
                .isEqualTo(StatisticsText.of(file));
    }

    private static String bounds(FieldType type, @Nullable Comparable<?> min, @Nullable Comparable<?> max) {
        String text = StatisticsText.of(file(new ColumnStatistics("c", type, min, max, 0)));
        return bound(text, "minValues") + " to " + bound(text, "maxValues");
    }

    private static String bound(String statistics, String name) {
        try {
            return new ObjectMapper().readTree(statistics).path(name).path("c").asText("none");
        } catch (JsonProcessingException e) {
            throw new AssertionError(statistics, e);
        }
    }

    private static DataFile file(ColumnStatistics... columns) {
        return new DataFile("event_date=2026-05-01/a.parquet", LocalDate.of(2026, 5, 1), 10, 3, 0, List.of(columns));
    }
}
