package io.sightline.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sightline.gateway.Engine;
import io.sightline.gateway.ResultColumn;
import io.sightline.gateway.Rows;
import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.ValueType;
import io.sightline.gateway.sql.ParameterValues;
import io.sightline.gateway.sql.SqlScript;
import io.sightline.gateway.sql.SqlText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the audit log holds, and that nothing happens which it cannot hold. */
class AuditLogTest {
    private static final Catalog CATALOG = new Catalog(List.of(new LogicalRelation(
            "places",
            SqlText.parse("SELECT place, site FROM hot_places"),
            List.of(new ResultColumn("place", ValueType.VARCHAR), new ResultColumn("site", ValueType.VARCHAR)),
            Set.of())));
    private static final Role ROLE = new Role(
            "reading",
            false,
            List.of(new Grant("places", List.of(), RowFilter.parse("site = ${claim:site}"))),
            3,
            Duration.ofSeconds(1),
            1);
    private static final Caller ANN =
            new Caller(new Principal("ann", ROLE, Map.of("site", List.of("Reading"))), "10.0.0.1:4711", "psql");
    private static final String QUERY = "SELECT place FROM places WHERE place = 'mine' AND 17 < 4.2e1 -- for ann";

    private final List<String> lines = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private int linesUntilTheFault = Integer.MAX_VALUE;
    private int rowsThere = 2;
    private Instant now = Instant.parse("2026-03-14T09:00:00Z");

    private final Clock clock = new Clock() {
        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    };

    private final Engine engine = (sql, parameters, timeout) -> {
        asked.add(sql);
        return new Rows() {
            private int next;

            @Override
            public List<ResultColumn> columns() {
                return List.of(new ResultColumn("place", ValueType.VARCHAR));
            }

            @Override
            public @Nullable Object @Nullable [] next() {
                now = now.plusMillis(5);
                return next < rowsThere ? new Object[] {"place-" + next++} : null;
            }

            @Override
            public void close() {}
        };
    };

    @Test
    void aQueryIsThereBeforeItRunsAndWithItsOutcomeAfterIt() throws Exception {
        // When
        int rows = read(queries(false), QUERY);

        // Then
        assertThat(rows).isEqualTo(2);
        assertThat(lines).hasSize(2);
        JsonNode started = json(0);
        JsonNode query = json(1);
        assertThat(started.get("event").asText()).isEqualTo("query_started");
        assertThat(lines.get(1)).isEqualTo("""
                {"time":"2026-03-14T09:00:00.015Z","event":"query","id":%s,"user":"ann","role":"reading",\
                "client":"10.0.0.1:4711","application":"psql",\
                "statement":"SELECT place FROM places WHERE place = ? AND ? < ?",\
                "relations":["places"],"policy":{"places":"site = ${claim:site}"},\
                "rows":2,"complete":true,"ms":15,"sqlstate":"00000"}
                """.formatted(started.get("id")));
        assertThat(query.get("id")).isEqualTo(started.get("id"));
    }

    @Test
    void valuesAreThereOnlyIfThatWasAskedFor() throws Exception {
        // When
        read(queries(true), QUERY);

        // Then
        assertThat(json(1).get("statement").asText())
                .isEqualTo("SELECT place FROM places WHERE place = 'mine' AND 17 < 4.2e1");
    }

    @ParameterizedTest
    @CsvSource({
        "SELECT * FROM secrets, 42P01",
        "DELETE FROM places WHERE place = 'mine', 0A000",
        "SELEC 'mine', 42601",
    })
    void aRefusedStatementIsThereAndTheGridIsNotAsked(String sql, String state) throws Exception {
        // When
        StatementException refusal = catchThrowableOfType(StatementException.class, () -> read(queries(false), sql));

        // Then
        assertThat(refusal.sqlState()).isEqualTo(state);
        assertThat(asked).isEmpty();
        assertThat(lines).hasSize(1).first().asString().doesNotContain("mine");
        assertThat(json(0).get("event").asText()).isEqualTo("refused");
        assertThat(json(0).get("sqlstate").asText()).isEqualTo(state);
    }

    @Test
    void aResultThatIsCutOffIsThereAsWhatItIs() throws Exception {
        // Given
        rowsThere = 4;

        // When
        StatementException failure = catchThrowableOfType(StatementException.class, () -> read(queries(false), QUERY));

        // Then
        assertThat(failure.sqlState()).isEqualTo(SqlState.PROGRAM_LIMIT_EXCEEDED);
        assertThat(json(1).get("rows").asInt()).isEqualTo(3);
        assertThat(json(1).get("complete").asBoolean()).isFalse();
        assertThat(json(1).get("sqlstate").asText()).isEqualTo(SqlState.PROGRAM_LIMIT_EXCEEDED);
    }

    @Test
    void rowsThatNobodyReadsToTheirEndAreThereAsIncomplete() throws Exception {
        // When
        try (Rows rows = queries(false).run(ANN, SqlScript.split(QUERY).get(0), ParameterValues.NONE)) {
            rows.next();
        }

        // Then
        assertThat(json(1).get("rows").asInt()).isEqualTo(1);
        assertThat(json(1).get("complete").asBoolean()).isFalse();
    }

    @Test
    void aQueryThatCannotBeWrittenIsNotRun() {
        // Given
        linesUntilTheFault = 0;

        // When
        StatementException failure = catchThrowableOfType(StatementException.class, () -> read(queries(false), QUERY));

        // Then
        assertThat(failure.sqlState()).isEqualTo(SqlState.IO_ERROR);
        assertThat(asked).isEmpty();
    }

    @Test
    void aResultWhoseEndCannotBeWrittenDoesNotEndWell() {
        // Given
        linesUntilTheFault = 1;

        // When
        StatementException failure = catchThrowableOfType(StatementException.class, () -> read(queries(false), QUERY));

        // Then
        assertThat(failure.sqlState()).isEqualTo(SqlState.IO_ERROR);
        assertThat(asked).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"login", "login_refused"})
    void whoEntersAndWhoDoesNotIsThere(String event) throws Exception {
        // Given
        AuditLog audit = audit(false);

        // When
        if (event.equals("login")) {
            audit.login(ANN);
        } else {
            audit.loginRefused("ann", ANN.client(), "psql", new StatementException("28P01", "wrong"));
        }

        // Then
        assertThat(json(0).get("event").asText()).isEqualTo(event);
        assertThat(json(0).get("user").asText()).isEqualTo("ann");
        assertThat(json(0).get("client").asText()).isEqualTo("10.0.0.1:4711");
    }

    @Test
    void manyWriteOneFileAndOneThatIsMovedAwayIsMadeAgain(@TempDir Path folder) throws IOException {
        // Given
        Path file = folder.resolve("audit").resolve("audit.jsonl");
        AuditLog one = new AuditLog(AuditLog.appendTo(file), clock, false);
        AuditLog other = new AuditLog(AuditLog.appendTo(file), clock, false);

        // When
        IntStream.range(0, 200).parallel().forEach(i -> (i % 2 == 0 ? one : other).login(ANN));
        Path moved = Files.move(file, folder.resolve("yesterday.jsonl"));
        one.login(ANN);

        // Then
        assertThat(Files.readAllLines(moved))
                .hasSize(200)
                .containsOnly(Files.readString(file).strip());
    }

    private AuditLog audit(boolean keepsLiterals) {
        return new AuditLog(
                line -> {
                    if (lines.size() >= linesUntilTheFault) {
                        throw new IOException("no space left on device");
                    }
                    lines.add(line);
                },
                clock,
                keepsLiterals);
    }

    private Queries queries(boolean keepsLiterals) {
        return new Queries(
                engine,
                () -> CATALOG,
                audit(keepsLiterals),
                new SharedExecutions(Duration.ZERO, () -> 0, clock, Runnable::run));
    }

    private static int read(Queries queries, String sql) {
        int read = 0;
        try (Rows rows = queries.run(ANN, SqlScript.split(sql).get(0), ParameterValues.NONE)) {
            while (rows.next() != null) {
                read++;
            }
        }
        return read;
    }

    private JsonNode json(int line) throws JsonProcessingException {
        return new ObjectMapper().readTree(lines.get(line));
    }
}
