package io.sightline.gateway.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sightline.gateway.StatementException;
import io.sightline.gateway.TestGrid;
import io.sightline.gateway.access.LogicalRelation;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GridCatalogTest {
    private final TestGrid grid = new TestGrid();
    private final Deque<Runnable> beside = new ArrayDeque<>();
    private final GridCatalog catalog = new GridCatalog(grid.member(), this::nanoTime, this::execute);

    private long now;
    private boolean answersLate;
    private int readings;

    /** What passes while the grid is asked, between two looks at the clock. */
    private Duration passing = Duration.ZERO;

    @AfterEach
    void tearDown() {
        grid.close();
    }

    @Test
    void while_statements_come_they_wait_for_no_reading() {
        // Given
        catalog.get();
        createView();
        answersLate = true;

        // When it is due
        pass(Duration.ofMillis(2_500));
        catalog.get();

        // Then
        assertThat(names()).isNotEmpty().doesNotContain("added_meanwhile");
        assertThat(beside).hasSize(1);
        beside.remove().run();
        assertThat(names()).contains("added_meanwhile");
        assertThat(beside).isEmpty();
    }

    @Test
    void after_a_pause_it_is_read_before_it_is_given() {
        // Given
        catalog.get();
        createView();

        // When
        pass(Duration.ofMillis(3_001));

        // Then
        assertThat(names()).contains("added_meanwhile");
    }

    @Test
    void a_grid_that_answers_late_does_not_hold_statements_up() {
        // Given
        catalog.get();
        createView();
        answersLate = true;

        // When
        pass(Duration.ofSeconds(30));

        // Then
        assertThat(names()).isNotEmpty().doesNotContain("added_meanwhile");
        assertThat(names()).doesNotContain("added_meanwhile");
        assertThat(beside).hasSize(1);
    }

    @Test
    void what_took_long_to_read_is_read_less_often() {
        // Given
        passing = Duration.ofMillis(700);
        catalog.get();
        passing = Duration.ZERO;

        // When
        pass(Duration.ofSeconds(6));
        catalog.get();
        int within = readings;
        pass(Duration.ofMillis(301));
        catalog.get();

        // Then
        assertThat(within).isEqualTo(1);
        assertThat(readings).isEqualTo(2);
    }

    @Test
    void a_grid_that_went_away_is_told_once_the_catalog_is_too_old() {
        // Given
        catalog.get();
        grid.member().shutdown();

        // When
        pass(Duration.ofSeconds(30));
        List<String> before = names();
        pass(Duration.ofMillis(1));

        // Then
        assertThat(before).isNotEmpty();
        assertThatThrownBy(catalog::get).isInstanceOf(StatementException.class);
    }

    private long nanoTime() {
        now += passing.toNanos();
        return now;
    }

    private void execute(Runnable reading) {
        readings++;
        if (answersLate) {
            beside.add(reading);
        } else {
            reading.run();
        }
    }

    private List<String> names() {
        return catalog.get().relations().stream().map(LogicalRelation::name).toList();
    }

    private void createView() {
        grid.member()
                .getSql()
                .execute("CREATE VIEW added_meanwhile AS SELECT place FROM hot_places")
                .close();
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }
}
