package io.sightline.history.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RacingWritersTest {
    @TempDir
    private Path folder;

    @Test
    void writers_that_take_the_table_over_from_one_another_leave_each_row_once() throws Exception {
        // Given
        RacingWriters writers = new RacingWriters(TableFolder.of(folder.toString(), Map.of()), 25);

        // When
        writers.race(3);

        // Then
        assertThat(TableRows.origins(folder)).isEqualTo(writers.expected());
        assertThat(writers.refused()).as("writers that were replaced").isPositive();
    }
}
