package io.sightline.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sightline.gateway.ResultColumn;
import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.StatementException.Position;
import io.sightline.gateway.ValueType;
import io.sightline.gateway.sql.SqlText;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the guard makes of statements, without a grid. */
class SqlGuardTest {
    private static final Catalog CATALOG = new Catalog(List.of(
            relation("detections", Set.of("event_time"), "event_time", "site", "item"),
            relation("detections_per_second", Set.of(), "window_start", "site", "detections"),
            relation("locations", Set.of(), "location_id", "site")));
    private static final Principal READER = new Principal("ann", Role.readerOfEverything(), Map.of());
    private static final Principal ADMIN = new Principal("root", role(true, new Grant("*", List.of(), null)), Map.of());

    private static LogicalRelation relation(String name, Set<String> times, String... columns) {
        return new LogicalRelation(
                name,
                SqlText.parse("SELECT " + String.join(", ", columns) + " FROM hazelcast.public.hot_" + name),
                List.of(columns).stream()
                        .map(c -> new ResultColumn(c, ValueType.VARCHAR))
                        .toList(),
                times);
    }

    private static Role role(boolean admin, Grant... grants) {
        return new Role("r", admin, List.of(grants), 10, Duration.ofSeconds(1), 1);
    }

    @Test
    void aRelationBecomesItsGrantedColumnsAndRows() {
        // Given
        Grant grant =
                new Grant("locations", List.of("site"), RowFilter.parse("site IN (${claim:sites}) AND site <> 'x'"));
        Principal bob = new Principal("bob", role(false, grant), Map.of("sites", List.of("Reading", "O'Hull")));

        // When
        SqlGuard.Guarded guarded = new SqlGuard(CATALOG, bob).guard(SqlText.parse("SELECT l.site FROM locations l"));

        // Then
        assertThat(guarded.relations()).containsExactly("locations");
        assertThat(guarded.sql().replaceAll("\\s+", " "))
                .isEqualTo("SELECT \"l\".\"site\" FROM (SELECT \"site\" FROM (SELECT \"location_id\", \"site\""
                        + " FROM \"hazelcast\".\"public\".\"hot_locations\")"
                        + " WHERE \"site\" IN ('Reading', 'O''Hull') AND \"site\" <> 'x') AS \"l\"");
    }

    @Test
    void aRelationOfAnotherRoleIsAsIfItWereNotThere() {
        // Given
        Principal bob = new Principal("bob", role(false, new Grant("locations", List.of(), null)), Map.of());

        // When
        StatementException hidden = refusal(bob, "SELECT 1\nFROM detections");
        StatementException missing = refusal(bob, "SELECT 1\nFROM nonsense");

        // Then
        assertThat(hidden).hasMessage("relation \"detections\" does not exist");
        assertThat(missing).hasMessage("relation \"nonsense\" does not exist");
        assertThat(hidden.sqlState()).isEqualTo(SqlState.UNDEFINED_TABLE).isEqualTo(missing.sqlState());
        assertThat(hidden.position()).isEqualTo(new Position(2, 6));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT * FROM detections WHERE event_time > CAST('2026-03-14T09:00:00Z' AS TIMESTAMP WITH TIME ZONE)",
                "SELECT COUNT(*) FROM detections WHERE event_time BETWEEN '2026-03-14' AND '2026-03-15'",
                "SELECT COUNT(*) FROM detections WHERE site = 'x' AND '2026-03-14' <= event_time",
                "SELECT * FROM detections ORDER BY event_time DESC LIMIT 100",
                "SELECT item FROM detections WHERE site = 'Reading' ORDER BY event_time DESC LIMIT 100",
                "SELECT item FROM detections LIMIT 10",
                "SELECT item FROM (SELECT * FROM detections) AS d WHERE d.event_time > '2026-03-14'",
                "SELECT COUNT(*) FROM detections AS d JOIN locations AS l ON d.site = l.site AND d.event_time > '2026-03-14'",
                "SELECT COUNT(*) FROM detections_per_second",
                "SELECT 1 FROM locations WHERE EXISTS (SELECT 1 FROM detections WHERE event_time > '2026-03-14')",
            })
    void aBoundOnTimeLetsAHotWindowBeRead(String sql) {
        assertThat(new SqlGuard(CATALOG, READER).guard(SqlText.parse(sql)).sql())
                .contains("hot_");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT * FROM detections",
                "SELECT COUNT(*) FROM detections",
                "SELECT COUNT(*) FROM detections LIMIT 1",
                "SELECT DISTINCT item FROM detections LIMIT 1",
                "SELECT * FROM detections WHERE event_time < '2026-03-14'",
                "SELECT * FROM detections WHERE event_time > '2026-03-14' OR TRUE",
                "SELECT * FROM detections WHERE NOT event_time > '2026-03-14'",
                "SELECT * FROM detections WHERE event_time >= event_time",
                "SELECT * FROM detections WHERE event_time NOT BETWEEN '2026-03-14' AND '2026-03-15'",
                "SELECT * FROM detections ORDER BY item LIMIT 10",
                "SELECT * FROM detections WHERE item = 'x' LIMIT 10",
                "SELECT * FROM detections ORDER BY event_time",
                "SELECT n FROM (SELECT COUNT(*) AS n FROM detections) AS d WHERE d.event_time > '2026-03-14'",
                "SELECT * FROM detections AS a, locations AS b ORDER BY event_time LIMIT 3",
                "SELECT 1 FROM locations WHERE EXISTS (SELECT 1 FROM detections)",
                "SELECT item FROM detections LIMIT 1 UNION ALL SELECT item FROM detections",
            })
    void withoutOneItIsRefusedAndSaysHowToWriteIt(String sql) {
        // When
        StatementException refusal = refusal(READER, sql);

        // Then
        if (!refusal.sqlState().equals(SqlState.SYNTAX_ERROR)) {
            assertThat(refusal).hasMessage("a query over \"detections\" needs a bound on time");
            assertThat(refusal.hint()).contains("event_time >= now() - INTERVAL '5 minutes'", "LIMIT 100");
            assertThat(refusal.position()).isNotNull();
            assertThat(new SqlGuard(CATALOG, ADMIN).guard(SqlText.parse(sql)).sql())
                    .contains("hot_");
        }
    }

    @Test
    void aRowFilterTakesAwayTheLimitThatNoIndexServes() {
        // Given: few rows of the role may mean that all must be read
        Principal bob = new Principal(
                "bob", role(false, new Grant("detections", List.of(), RowFilter.parse("site = 'x'"))), Map.of());

        // When / Then
        assertThat(refusal(bob, "SELECT item FROM detections LIMIT 10").sqlState())
                .isEqualTo(SqlState.PROGRAM_LIMIT_EXCEEDED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "site IN (SELECT site FROM hot_detections)",
                "EXISTS (SELECT 1)",
                "COUNT(*) > 1",
                "site = 'x'; DROP VIEW x",
                "site ~ 'x'",
                "f(site)",
                "site =",
                "",
            })
    void aRowFilterIsAConditionOnColumnsAndValues(String text) {
        assertThat(catchThrowableOfType(StatementException.class, () -> RowFilter.parse(text)))
                .isNotNull();
    }

    @Test
    void aNestedStatementIsRefusedBeforeItOutgrowsTheStack() {
        // Given
        String deep = "SELECT " + "(".repeat(50_000) + "1" + ")".repeat(50_000);
        String wide = "SELECT 1 FROM locations WHERE " + "NOT ".repeat(15_000) + "TRUE";

        String chain = "SELECT 1 FROM locations WHERE TRUE" + " AND TRUE".repeat(7_000);

        // When / Then
        assertThat(refusal(READER, chain + " ".repeat(100_000)).sqlState()).isEqualTo(SqlState.STATEMENT_TOO_COMPLEX);
        assertThat(refusal(READER, deep).sqlState()).isEqualTo(SqlState.STATEMENT_TOO_COMPLEX);
        assertThat(refusal(READER, wide).sqlState()).isEqualTo(SqlState.STATEMENT_TOO_COMPLEX);
    }

    private static StatementException refusal(Principal principal, String sql) {
        StatementException refusal = catchThrowableOfType(
                StatementException.class, () -> new SqlGuard(CATALOG, principal).guard(SqlText.parse(sql)));
        assertThat(refusal).as(sql).isNotNull();
        return refusal;
    }
}
