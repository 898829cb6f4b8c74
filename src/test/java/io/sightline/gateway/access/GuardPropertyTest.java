package io.sightline.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.sightline.gateway.StatementException;
import io.sightline.gateway.TestGrid;
import io.sightline.gateway.sql.SqlText;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Random statements through the guard: whatever it lets through reads relations only as the role may. {@code
 * -Drandom.statements=1000000} for more of them, {@code -Drandom.executed=5000} for more that run, {@code -Drandom.seed=N} for others.
 */
class GuardPropertyTest {
    private static final int STATEMENTS = Integer.getInteger("random.statements", 100_000);
    private static final int EXECUTED = Integer.getInteger("random.executed", 500);
    private static final int BATCH = 10_000;
    private static final long SEED = Long.getLong("random.seed", 20260314);
    private static final Pattern TEXT = Pattern.compile("'(?:[^']|'')*'");
    private static TestGrid grid;
    private static Catalog catalog;

    @BeforeAll
    static void start() {
        grid = new TestGrid();
        catalog = grid.catalog();
    }

    @AfterAll
    static void stop() {
        grid.close();
    }

    @Test
    void nothingThatPassesReadsARelationButThroughTheRole() {
        // Given
        RandomStatements statements = new RandomStatements(SEED);
        Principal reading = new Principal("eve", GuardBypassTest.readingOnly(), Map.of("site", List.of("Reading")));
        SqlGuard guard = new SqlGuard(catalog, reading);
        List<String> sources = List.of(source(guard, "detections"), source(guard, "places"));
        int passed = 0;
        int ran = 0;

        for (int begun = 0; begun < STATEMENTS; begun += BATCH) {
            List<String> batch = Stream.generate(statements::next)
                    .limit(Math.min(BATCH, STATEMENTS - begun))
                    .toList();
            int first = begun;
            // When: on every core, for nearly all of the time goes into Calcite's parser
            List<Passed> guarded = IntStream.range(0, batch.size())
                    .parallel()
                    .mapToObj(i -> guarded(guard, batch.get(i), "seed %d, statement %d".formatted(SEED, first + i)))
                    .flatMap(Optional::stream)
                    .toList();

            // Then
            for (Passed statement : guarded) {
                String rest = TEXT.matcher(without(sources, statement.sql())).replaceAll("''");
                if (rest.contains("\"hazelcast\"")
                        || rest.contains("FROM \"")
                        || rest.contains("JOIN \"")
                        || rest.contains("TABLE")) {
                    fail("%s%nbecame %s", statement.what(), statement.sql());
                }
                if (ran < EXECUTED) {
                    ran += run(statement.sql(), statement.what()) ? 1 : 0;
                }
            }
            passed += guarded.size();
        }
        assertThat(passed).as("statements that pass, of %d", STATEMENTS).isGreaterThan(STATEMENTS / 10);
        assertThat(ran).as("statements that run").isEqualTo(EXECUTED);
    }

    /** A statement, by its number and text, and what became of it. */
    private record Passed(String what, String sql) {}

    /** Empty if it is refused. */
    private static Optional<Passed> guarded(SqlGuard guard, String statement, String number) {
        String what = number + ": " + statement;
        try {
            return Optional.of(
                    new Passed(what, guard.guard(SqlText.parse(statement)).sql()));
        } catch (StatementException e) {
            return Optional.empty();
        } catch (RuntimeException | Error e) {
            throw new AssertionError(what, e);
        }
    }

    /** Whether the grid could run it; rows beyond the role fail the test. */
    private static boolean run(String sql, String what) {
        List<List<@Nullable Object>> rows;
        try {
            rows = grid.rows(sql);
        } catch (StatementException e) {
            return false;
        }
        for (List<@Nullable Object> row : rows) {
            for (Object value : row) {
                // A literal of the statement is no row of the role.
                boolean own = value != null && what.contains(value.toString());
                if (GuardBypassTest.isSecret(value) && !own) {
                    fail("%s%nbecame %s%nand gave %s", what, sql, row);
                }
            }
        }
        return true;
    }

    private static String source(SqlGuard guard, String relation) {
        String sql = guard.guard(SqlText.parse("SELECT 1 FROM " + relation)).sql();
        String begin = "SELECT 1 FROM ";
        String end = " AS \"" + relation + "\"";
        String flat = flat(sql);
        assertThat(flat).startsWith(begin).endsWith(end);
        return flat.substring(begin.length(), flat.length() - end.length());
    }

    private static String without(List<String> sources, String sql) {
        String rest = flat(sql);
        for (String source : sources) {
            rest = rest.replace(source, "(source)");
        }
        return rest;
    }

    private static String flat(String sql) {
        return sql.replaceAll("\\s+", " ");
    }
}
