package io.sightline.rollup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.spec.RollupSpec;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RollupColumnsTest {
    private static final RollupSpec ROLLUP = Sightings.rollup(Duration.ofSeconds(1), Duration.ofSeconds(2));

    @Test
    void a_row_is_window_group_carried_columns_measures_and_version() {
        // When
        RollupColumns columns = RollupColumns.of(ROLLUP, Sightings.PIPELINE.enrichedColumns());

        // Then
        assertThat(columns.visible())
                .containsExactly(
                        new Column("window_start", FieldType.TIMESTAMP),
                        new Column("window_end", FieldType.TIMESTAMP),
                        new Column("place", FieldType.STRING),
                        new Column("item", FieldType.STRING),
                        new Column("site", FieldType.STRING),
                        new Column("sightings", FieldType.LONG),
                        new Column("heads_sum", FieldType.LONG),
                        new Column("score_avg", FieldType.DOUBLE),
                        new Column("score_sum", FieldType.DOUBLE),
                        new Column("heads_max", FieldType.INT),
                        new Column("score_min", FieldType.DOUBLE),
                        new Column("first_at", FieldType.TIMESTAMP),
                        new Column("heads_avg", FieldType.DOUBLE));
        assertThat(columns.stored().subList(0, columns.visible().size())).isEqualTo(columns.visible());
        assertThat(columns.stored()
                        .subList(columns.visible().size(), columns.stored().size()))
                .containsExactly(new Column("start_number", FieldType.LONG), new Column("sequence", FieldType.LONG));
    }

    @Test
    void a_column_that_is_not_there_is_refused() {
        // Given
        RollupSpec rollup = new RollupSpec(
                "r", Duration.ofSeconds(1), List.of("nowhere"), List.of(), List.of(), Duration.ZERO, Duration.ZERO);

        // When, then
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RollupColumns.of(rollup, Sightings.PIPELINE.enrichedColumns()))
                .withMessage("no such column: nowhere");
    }
}
