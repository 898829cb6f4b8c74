package io.sightline.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.sql.HazelcastSqlException;
import com.hazelcast.sql.SqlResult;
import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.grid.Relation.KeyFormat;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlCatalogTest {
    private static HazelcastInstance member;

    @BeforeAll
    static void startMember() {
        member = GridMember.startAlone();
    }

    @AfterAll
    static void stopMember() {
        member.getLifecycleService().terminate();
    }

    @Test
    void statementsAreSeparatedBySemicolonsAtLineEnds() {
        assertThat(SqlCatalog.statements("/sql/views.sql"))
                .hasSizeGreaterThan(1)
                .allSatisfy(statement ->
                        assertThat(statement).contains("CREATE OR REPLACE VIEW").doesNotContain(";"));
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThatNullPointerException()
                .isThrownBy(() -> SqlCatalog.statements("/sql/none.sql"))
                .withMessage("/sql/none.sql");
    }

    @Test
    void namesThatSqlReservesOrThatNeedQuotesCanBeUsed() {
        // Given
        List<Column> columns = List.of(
                new Column("user", FieldType.STRING),
                new Column("Mixed Case", FieldType.INT),
                new Column("say \"hi\"", FieldType.LONG));
        Relation relation = Relation.of("hot_odd", KeyFormat.simple("varchar"), "odd", columns, "order");

        // When
        SqlCatalog.create(member, List.of(relation));
        SqlCatalog.create(member, List.of(relation));

        // Then
        try (SqlResult result = member.getSql().execute("SELECT * FROM \"order\"")) {
            assertThat(result.getRowMetadata().getColumns())
                    .extracting(column -> column.getName())
                    .containsExactly("user", "Mixed Case", "say \"hi\"");
        }
    }

    @Test
    void whatIsNotVisibleIsInTheMappingAndNotInTheView() {
        // Given
        List<Column> columns = List.of(new Column("shown", FieldType.INT), new Column("hidden", FieldType.INT));
        Relation relation =
                new Relation("hot_partly", KeyFormat.simple("integer"), "partly", columns, "partly", List.of("shown"));

        // When
        SqlCatalog.create(member, List.of(relation));

        // Then
        assertThat(columns("partly")).containsExactly("shown");
        assertThat(columns("hot_partly")).contains("shown", "hidden");
    }

    @Test
    void aRelationThatChangedReplacesTheOldOne() {
        // Given
        KeyFormat key = KeyFormat.simple("varchar");
        SqlCatalog.create(
                member,
                List.of(Relation.of("hot_c", key, "c", List.of(new Column("before", FieldType.INT)), "changing")));

        // When
        SqlCatalog.create(
                member,
                List.of(Relation.of("hot_c", key, "c", List.of(new Column("after", FieldType.DATE)), "changing")));

        // Then
        assertThat(columns("changing")).containsExactly("after");
    }

    @Test
    void aStatementTheGridRefusesIsNamed() {
        // Given
        Relation relation = Relation.of(
                "hot_bad",
                new KeyFormat("'keyFormat' = 'nonsense'"),
                "bad",
                List.of(new Column("a", FieldType.INT)),
                "bad");

        // When / Then
        assertThatIllegalStateException()
                .isThrownBy(() -> SqlCatalog.create(member, List.of(relation)))
                .withMessageStartingWith("the grid refuses a statement of its own catalog: ")
                .withMessageContaining("CREATE OR REPLACE EXTERNAL MAPPING \"hot_bad\"");
    }

    @ParameterizedTest
    @CsvSource({"0, true", "11, true", "12, false"})
    void aWriteThatIsNotConfirmedIsDoneAgainForAWhile(int failures, boolean created) {
        // Given
        AtomicInteger left = new AtomicInteger(failures);
        HazelcastInstance busy = proxy(HazelcastInstance.class, (self, method, arguments) -> {
            if (left.getAndDecrement() > 0) {
                throw new HazelcastSqlException(
                        "backup acks missed", new IndeterminateOperationStateException("backup acks missed"));
            }
            return member.getSql();
        });
        String view = "after_" + failures;
        Relation relation = Relation.of(
                "hot_" + view, KeyFormat.simple("varchar"), "busy", List.of(new Column("there", FieldType.INT)), view);

        // When
        Throwable failure = catchThrowable(() -> SqlCatalog.create(busy, List.of(relation)));

        // Then
        if (created) {
            assertThat(failure).isNull();
            assertThat(columns(view)).containsExactly("there");
        } else {
            assertThat(failure).isInstanceOf(IllegalStateException.class).hasMessageContaining("backup acks missed");
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static List<String> columns(String relation) {
        try (SqlResult result = member.getSql().execute("SELECT * FROM " + relation)) {
            return result.getRowMetadata().getColumns().stream()
                    .map(column -> column.getName())
                    .toList();
        }
    }
}
