package io.sightline.gateway.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.sql.HazelcastSqlException;
import com.hazelcast.sql.SqlService;
import com.hazelcast.sql.impl.SqlErrorCode;
import io.sightline.gateway.Rows;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.TestGrid;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HazelcastEngineTest {
    private final TestGrid grid = new TestGrid();
    private int sent;

    @AfterEach
    void tearDown() {
        grid.close();
    }

    @Test
    void a_statement_that_a_leaving_member_did_not_run_is_sent_again() {
        // Given
        HazelcastEngine engine = engine(2, SqlErrorCode.TOPOLOGY_CHANGE);

        // When
        try (Rows rows = engine.execute("SELECT 1 + 1", List.of(), Duration.ofSeconds(20))) {
            // Then
            assertThat(rows.next()).hasSize(1);
            assertThat(sent).isEqualTo(3);
        }
    }

    @Test
    void while_all_members_are_away_it_is_told_soon() {
        // Given
        HazelcastEngine engine = engine(Integer.MAX_VALUE, SqlErrorCode.CONNECTION_PROBLEM);

        // When
        assertThatThrownBy(() -> engine.execute("SELECT 1 + 1", List.of(), Duration.ofSeconds(20)))
                // Then
                .isInstanceOf(StatementException.class)
                .hasMessage("the grid cannot be reached");
        assertThat(sent).isEqualTo(5);
    }

    @Test
    void a_statement_that_is_wrong_is_sent_once() {
        // Given
        HazelcastEngine engine = engine(Integer.MAX_VALUE, SqlErrorCode.GENERIC);

        // When
        assertThatThrownBy(() -> engine.execute("SELECT 1 + 1", List.of(), Duration.ofSeconds(20)))
                // Then
                .isInstanceOf(StatementException.class)
                .hasMessage("division by zero");
        assertThat(sent).isEqualTo(1);
    }

    /** Over a grid that fails so often before it answers. */
    private HazelcastEngine engine(int failures, int code) {
        SqlService sql = grid.member().getSql();
        return new HazelcastEngine(statement -> {
            if (sent++ < failures) {
                throw new HazelcastSqlException(UUID.randomUUID(), code, "Division by zero", null, null);
            }
            return sql.execute(statement);
        });
    }
}
