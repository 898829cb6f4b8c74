package io.sightline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void columnsAreAsWideAsTheirWidestCellAndNumbersStandToTheRight() {
        assertThat(Table.text(List.of("item", "detections"), List.of(List.of("person", 12L), List.of("bicycle", 7L))))
                .isEqualTo("""
                        item     detections
                        -------  ----------
                        person           12
                        bicycle           7
                        2 rows
                        """);
    }

    @Test
    void nullsAreEmptyAndTimesAreUtcWithMilliseconds() {
        // Given
        List<Object> row = Arrays.asList(null, OffsetDateTime.parse("2026-03-14T10:00:00.0009+01:00"));

        // When / Then
        assertThat(Table.text(List.of("a", "at"), List.of(row))).isEqualTo("""
                        a  at                      \n\
                        -  ------------------------
                           2026-03-14T09:00:00.000Z
                        1 row
                        """);
    }

    @Test
    void aCellIsOneLineAndNoWiderThanSixtyCharacters() {
        // Given
        String text = "first\nsecond\t" + "x".repeat(100);

        // When
        String table = Table.text(List.of("text"), List.of(List.of(text)));

        // Then
        assertThat(table.lines()).hasSize(4);
        assertThat(table.lines().skip(2).findFirst().orElseThrow())
                .hasSize(60)
                .startsWith("first second x")
                .endsWith("x\u2026");
    }

    @Test
    void noRowsAreATableToo() {
        assertThat(Table.text(List.of("item"), List.of())).isEqualTo("item\n----\n0 rows\n");
        assertThat(Table.json(List.of("item"), List.of())).isEqualTo("{\"rows\":[]}");
    }

    @Test
    void rowsAreObjectsInColumnOrder() {
        assertThat(Table.json(List.of("b", "a"), List.of(Arrays.asList(1, null), List.of("x", true))))
                .isEqualTo("{\"rows\":[{\"b\":1,\"a\":null},{\"b\":\"x\",\"a\":true}]}");
    }

    @Test
    void everyKindOfValueHasItsFormInJson() {
        // Given
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("tiny", (byte) 1);
        fields.put("small", (short) -2);
        fields.put("int", 3);
        fields.put("long", Long.MAX_VALUE);
        fields.put("real", 0.5f);
        fields.put("double", 0.25);
        fields.put("decimal", new BigDecimal("1.10"));
        fields.put("time", OffsetDateTime.parse("2026-03-14T10:00+01:00"));
        fields.put("instant", Instant.ofEpochMilli(1));
        fields.put("date", LocalDate.of(2026, 3, 14));
        fields.put("text", "\"\u00e4\"\n");
        fields.put("labels", Map.of("not_json", 4L));

        // When / Then
        assertThat(Json.object(fields))
                .isEqualTo(
                        "{\"tiny\":1,\"small\":-2,\"int\":3,\"long\":9223372036854775807,\"real\":0.5,\"double\":0.25,\"decimal\":1.10,"
                                + "\"time\":\"2026-03-14T09:00:00.000Z\",\"instant\":\"1970-01-01T00:00:00.001Z\","
                                + "\"date\":\"2026-03-14\",\"text\":\"\\\"\u00e4\\\"\\n\",\"labels\":{\"not_json\":4}}");
    }
}
