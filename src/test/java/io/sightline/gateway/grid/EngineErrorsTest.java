package io.sightline.gateway.grid;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.sql.HazelcastSqlException;
import com.hazelcast.sql.impl.SqlErrorCode;
import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngineErrorsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "The Jet SQL job failed: Selected members do not contain the required member: [127.0.0.1]:5701"
                        + "| the grid cannot be reached",
                "The Jet SQL job failed: Division by zero| division by zero"
            })
    void a_member_that_leaves_is_told_from_a_statement_that_is_wrong(String failure, String told) {
        // When
        StatementException error = EngineErrors.of(
                new HazelcastSqlException(UUID.randomUUID(), SqlErrorCode.GENERIC, failure, null, null));

        // Then
        assertThat(error).hasMessage(told);
        assertThat(error.sqlState().equals(SqlState.CANNOT_CONNECT_NOW)).isEqualTo(told.contains("grid"));
    }
}
