package io.sightline.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sightline.gateway.ResultColumn;
import io.sightline.gateway.Rows;
import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whose turn it is when a role runs one statement at a time. */
@Timeout(60)
class RunningStatementsTest {
    private static final Role ALONE = new Role("alone", false, List.of(), 10, Duration.ofSeconds(30), 1);

    private final AtomicLong nanos = new AtomicLong();
    private final RunningStatements statements = new RunningStatements(1, nanos::get);

    private static final class FakeRows implements Rows {
        private volatile boolean closed;

        @Override
        public List<ResultColumn> columns() {
            return List.of();
        }

        @Override
        public @Nullable Object @Nullable [] next() {
            if (closed) {
                throw new StatementException(SqlState.QUERY_CANCELED, "closed");
            }
            return new Object[0];
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @Test
    void theNextOneRunsWhenTheFirstIsClosed() {
        // Given
        Rows first = statements.run(ALONE, FakeRows::new);
        CompletableFuture<Rows> second = CompletableFuture.supplyAsync(() -> statements.run(ALONE, FakeRows::new));

        // When
        first.close();
        first.close();

        // Then
        assertThat(second.join().next()).isNotNull();
        second.join().close();
        statements.run(ALONE, FakeRows::new).close();
    }

    @Test
    void aStatementThatFailsToStartLeavesItsTurnToOthers() {
        // Given
        StatementException failure = new StatementException(SqlState.UNDEFINED_COLUMN, "no such column");

        // When
        assertThat(catchThrowableOfType(
                        StatementException.class,
                        () -> statements.run(ALONE, () -> {
                            throw failure;
                        })))
                .isSameAs(failure);

        // Then
        statements.run(ALONE, FakeRows::new).close();
    }

    @Test
    void aClientThatDoesNotReadOnHoldsNobodyUpForLongerThanAStatementMayTake() {
        // Given
        Rows stalled = statements.run(ALONE, FakeRows::new);
        nanos.addAndGet(ALONE.statementTimeout().toNanos());

        // When
        Rows next = statements.run(ALONE, FakeRows::new);

        // Then
        assertThat(next.next()).isNotNull();
        assertThat(catchThrowableOfType(StatementException.class, stalled::next).sqlState())
                .isEqualTo(SqlState.QUERY_CANCELED);
        stalled.close();
        next.close();
    }

    @Test
    void whoWaitsTooLongIsTold() {
        // Given: a clock on which every look is half the time later
        RunningStatements busy = new RunningStatements(
                1, () -> nanos.getAndAdd(ALONE.statementTimeout().toNanos() / 4));
        Role patient = new Role("alone", false, List.of(), 10, Duration.ofHours(1), 1);
        busy.run(patient, FakeRows::new);

        // When
        StatementException failure =
                catchThrowableOfType(StatementException.class, () -> busy.run(ALONE, FakeRows::new));

        // Then
        assertThat(failure.sqlState()).isEqualTo(SqlState.TOO_MANY_CONNECTIONS);
        assertThat(failure.message()).contains("role \"alone\" already runs 1 statements");
    }
}
