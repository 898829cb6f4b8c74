package io.sightline.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sightline.gateway.GridView;
import io.sightline.gateway.ResultColumn;
import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.ValueType;
import io.sightline.gateway.sql.SqlText;
import io.sightline.grid.Standing;
import io.sightline.history.jet.HistoryQuestion;
import io.sightline.spec.PipelineFile;
import io.sightline.spec.PipelineSpec;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HistoryQueriesTest {
    private static final Principal READER = principal(1);
    private static final HistoryQueries.AsOf NEWEST = new HistoryQueries.AsOf("detections", null, null, null, "", 10);

    private final AtomicLong nanos = new AtomicLong();
    private final List<HistoryQuestion<?>> asked = new ArrayList<>();
    private Runnable meanwhile = () -> {};

    private final HistoryQueries history = history();

    private static Principal principal(int concurrency) {
        Role role = new Role(
                "reader",
                false,
                List.of(new Grant(Grant.EVERY_OTHER, List.of(), null)),
                100,
                Duration.ofSeconds(30),
                concurrency);
        return new Principal("ann", role, Map.of());
    }

    private HistoryQueries history() {
        LogicalRelation detections = new LogicalRelation(
                "detections",
                SqlText.parse("SELECT item FROM hot_detections"),
                List.of(new ResultColumn("item", ValueType.VARCHAR)),
                Set.of());
        AuditLog audit = new AuditLog(line -> {}, Clock.systemUTC(), false);
        Queries queries = new Queries(
                (sql, parameters, timeout) -> {
                    throw new AssertionError("no statement is run");
                },
                () -> new Catalog(List.of(detections)),
                audit,
                new SharedExecutions(Duration.ZERO, nanos::get, Clock.systemUTC(), Runnable::run));
        return new HistoryQueries(queries, new Grid(), audit, nanos::get);
    }

    /** Answers nothing, after what happens meanwhile. */
    private final class Grid implements GridView {
        private final PipelineSpec detections = PipelineFile.load(Path.of("pipelines", "detections.yaml"));

        @Override
        public <T> T ask(HistoryQuestion<T> question, Duration within) {
            asked.add(question);
            meanwhile.run();
            throw new StatementException(SqlState.IO_ERROR, "the storage is away");
        }

        @Override
        public List<PipelineSpec> pipelines() {
            return List.of(detections);
        }

        @Override
        public @Nullable String jobStatus(String pipeline) {
            return null;
        }

        @Override
        public List<Standing> standings() {
            return List.of();
        }

        @Override
        public boolean isConnected() {
            return true;
        }
    }

    @Test
    void what_is_known_of_the_versions_serves_all_who_ask_for_a_while_also_that_it_is_nothing() {
        // When
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> history.versions(READER, "detections")).hasMessage("the storage is away");
        }

        // Then
        assertThat(asked).hasSize(1);

        // When
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
        assertThatThrownBy(() -> history.versions(READER, "detections")).hasMessage("the storage is away");

        // Then
        assertThat(asked).hasSize(2);
    }

    @Test
    void a_role_reads_as_often_at_once_as_it_may() {
        // Given one who asks while the same role reads already
        Caller caller = new Caller(READER, "here", "test");
        List<String> second = new ArrayList<>();
        meanwhile = () -> {
            try {
                history.rows(caller, NEWEST);
            } catch (StatementException e) {
                second.add(e.sqlState());
            }
        };

        // When
        assertThatThrownBy(() -> history.rows(caller, NEWEST)).hasMessage("the storage is away");

        // Then
        assertThat(second).containsExactly(SqlState.TOO_MANY_CONNECTIONS);
        assertThat(asked).hasSize(1);

        // When the turn is over
        meanwhile = () -> {};
        assertThatThrownBy(() -> history.rows(caller, NEWEST)).hasMessage("the storage is away");

        // Then
        assertThat(asked).hasSize(2);
    }

    @Test
    void a_question_has_so_many_conditions_and_no_more() {
        // Given
        String many = String.join(" AND ", java.util.Collections.nCopies(21, "item = 'car'"));

        // Then
        assertThatThrownBy(() -> history.rows(
                        new Caller(READER, "here", "test"),
                        new HistoryQueries.AsOf("detections", null, null, null, many, 10)))
                .hasMessage("a question may have 20 conditions");
        assertThat(asked).isEmpty();
    }
}
