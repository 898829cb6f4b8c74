package io.sightline.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.gateway.StatementException;
import io.sightline.gateway.TestGrid;
import io.sightline.gateway.sql.SqlText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Attempts to read what a role may not: each is refused, or runs on a real member and gives nothing of it. The list is
 * {@code bypass-attempts.sql}, one a line.
 */
class GuardBypassTest {
    private static final Principal READING = new Principal("eve", readingOnly(), Map.of("site", List.of("Reading")));
    private static TestGrid grid;
    private static Catalog catalog;

    /** Rows of Reading alone, without the column camera_id; no bound on time needed, so that attempts get further. */
    static Role readingOnly() {
        return new Role(
                "reading",
                true,
                List.of(
                        new Grant(
                                "detections",
                                List.of(
                                        "item",
                                        "site",
                                        "lane",
                                        "total",
                                        "confidence",
                                        "price",
                                        "wet",
                                        "seen_on",
                                        "event_time"),
                                RowFilter.parse("site IN (${claim:site})")),
                        new Grant("places", List.of("place", "site"), RowFilter.parse("site = 'Reading'"))),
                1_000,
                Duration.ofSeconds(20),
                2);
    }

    @BeforeAll
    static void start() {
        grid = new TestGrid();
        catalog = grid.catalog();
    }

    @AfterAll
    static void stop() {
        grid.close();
    }

    static List<String> attempts() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(GuardBypassTest.class.getResourceAsStream("/gateway/bypass-attempts.sql"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("-- #"))
                    .toList();
        }
    }

    static Stream<String> eachAttempt() throws IOException {
        return attempts().stream();
    }

    @Test
    void thereAreEnough() throws IOException {
        assertThat(attempts()).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(150);
    }

    @ParameterizedTest
    @MethodSource("eachAttempt")
    void anAttemptGivesNothingBeyondTheRole(String attempt) {
        // When
        List<List<@Nullable Object>> rows;
        try {
            rows = grid.rows(
                    new SqlGuard(catalog, READING).guard(SqlText.parse(attempt)).sql());
        } catch (StatementException e) {
            assertThat(leaksBeyond(attempt, e.message())).isFalse();
            return;
        }

        // Then
        assertThat(rows).allSatisfy(row -> assertThat(row).noneMatch(GuardBypassTest::isSecret));
    }

    @Test
    void theSameStatementsWithoutTheGuardWouldHaveGivenIt() {
        assertThat(grid.rows("SELECT * FROM detections"))
                .hasSize(TestGrid.ROWS)
                .anySatisfy(row -> assertThat(row).anyMatch(GuardBypassTest::isSecret));
        assertThat(grid.rows(guarded("SELECT item, site, lane FROM detections")))
                .hasSize(TestGrid.OF_READING);
    }

    @Test
    void whoHasNoClaimReadsNothing() {
        // Given
        Principal nobody = new Principal("nobody", readingOnly(), Map.of());

        // When
        StatementException refusal = org.assertj.core.api.Assertions.catchThrowableOfType(
                StatementException.class,
                () -> new SqlGuard(catalog, nobody).guard(SqlText.parse("SELECT * FROM detections")));

        // Then
        assertThat(refusal.sqlState()).isEqualTo("42501");
        assertThat(refusal).hasMessage("your role's rows depend on the claim `site`, and you have none");
    }

    @Test
    void aClaimIsAValueAndNeverSql() {
        // Given
        Principal sly = new Principal(
                "sly", readingOnly(), Map.of("site", List.of("x') OR 1=1 --", "Reading' UNION SELECT '1")));

        // When
        String sql = new SqlGuard(catalog, sly)
                .guard(SqlText.parse("SELECT item FROM detections"))
                .sql();

        // Then
        assertThat(grid.rows(sql)).isEmpty();
    }

    /** Whether a message names what the attempt did not know already. */
    private static boolean leaksBeyond(String attempt, String message) {
        return Stream.of(TestGrid.SECRET, "hot_")
                .anyMatch(word -> message.contains(word)
                        && !attempt.toLowerCase(Locale.ROOT).contains(word)
                        && !attempt.contains("U&"));
    }

    private static String guarded(String sql) {
        return new SqlGuard(catalog, READING).guard(SqlText.parse(sql)).sql();
    }

    static boolean isSecret(@Nullable Object value) {
        return value != null
                && (value.toString().contains(TestGrid.SECRET)
                        || value.toString().contains("camera-")
                        || (value instanceof Number number && number.doubleValue() >= TestGrid.BILLION));
    }
}
