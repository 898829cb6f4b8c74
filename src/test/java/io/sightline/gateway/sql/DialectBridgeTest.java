package io.sightline.gateway.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sightline.gateway.PostgresOracle;
import io.sightline.gateway.ResultColumn;
import io.sightline.gateway.Rows;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.TestGrid;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Date;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each statement runs, bridged, on a real member, and gives the columns and rows that a real PostgreSQL gives. */
class DialectBridgeTest {
    private static final Instant NOW = Instant.parse("2026-11-01T09:10:00.123Z");
    private static TestGrid grid;
    private static PostgresOracle postgres;

    @BeforeAll
    static void start() throws Exception {
        grid = new TestGrid();
        postgres = new PostgresOracle(grid);
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
        grid.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // casts
                "SELECT lane::text, '5'::int, '7'::int8 + 1, confidence::numeric, lane::float8, '1.5'::double precision FROM detections",
                "SELECT wet::text, 'true'::bool, '2026-03-14'::date, seen_on::date FROM detections WHERE lane < 20",
                "SELECT item FROM detections WHERE event_time > '2026-03-14T09:05:00Z'::timestamptz",
                "SELECT '2026-03-14 09:05:00+00'::timestamptz = '2026-03-14T09:05:00Z'::timestamptz",
                "SELECT CAST(lane AS text), CAST('3' AS int4), CAST(lane AS varchar) FROM detections",
                // time
                "SELECT now() > '2020-01-01T00:00:00Z'::timestamptz, current_timestamp > '2020-01-01T00:00:00Z'::timestamptz",
                "SELECT current_date > '2020-01-01'::date, localtimestamp > '2020-01-01 00:00:00'::timestamp",
                "SELECT COUNT(*) FROM detections WHERE event_time < now() - interval '5 minutes'",
                "SELECT COUNT(*) FROM detections WHERE event_time > '2026-03-14T09:15:00Z'::timestamptz - interval '5 minutes'",
                "SELECT COUNT(*) FROM detections WHERE event_time > '2026-03-14T09:15:00Z'::timestamptz - '1 hour'::interval",
                "SELECT COUNT(*) FROM detections WHERE event_time > '2026-03-14T09:15:00Z'::timestamptz - interval '00:03:30'",
                "SELECT COUNT(*) FROM detections WHERE event_time > '2026-03-14T10:40:00Z'::timestamptz - interval '1 hour 30 min'",
                "SELECT COUNT(*) FROM detections WHERE event_time > '2026-04-14T09:05:00Z'::timestamptz - interval '1 month'",
                "SELECT COUNT(*) FROM detections WHERE event_time > '2026-03-14T09:15:00Z'::timestamptz - INTERVAL '5' MINUTE",
                "SELECT date_trunc('minute', event_time) AS \"time\", COUNT(*) FROM detections GROUP BY 1 ORDER BY 1",
                "SELECT date_trunc('hour', event_time), COUNT(*) FROM detections GROUP BY date_trunc('hour', event_time)",
                "SELECT date_trunc('second', event_time), date_trunc('day', event_time), date_trunc('week', event_time), date_trunc('month', event_time), date_trunc('year', event_time) FROM detections",
                "SELECT date_part('epoch', event_time), extract(epoch from event_time), extract(minute from event_time), date_part('hour', event_time) FROM detections",
                "SELECT to_timestamp(1773478800), to_timestamp(extract(epoch from event_time)) FROM detections",
                // Grafana's macros, expanded
                "SELECT floor(extract(epoch from event_time)/60)*60 AS \"time\", site AS metric, COUNT(*) AS value FROM detections WHERE event_time BETWEEN '2026-03-14T09:00:00Z' AND '2026-03-14T09:10:00.5Z' GROUP BY 1, 2 ORDER BY 1, 2",
                "SELECT extract(epoch from event_time) as \"time\", lane FROM detections WHERE extract(epoch from event_time) >= 1773478800 AND extract(epoch from event_time) <= 1773479400 ORDER BY 1",
                // text
                "SELECT item FROM detections WHERE item ILIKE 'ITEM-1%'",
                "SELECT item FROM detections WHERE item NOT ILIKE 'Item%' AND site ILIKE '%H%'",
                "SELECT concat(item, '/', camera_id), concat(lane::text, 'x'), item || '!' FROM detections",
                "SELECT upper(item), lower(site), length(item), substring(item from 1 for 3), substring(item, 2, 2), position('e' in item), replace(item, 'i', 'I'), trim('  x '), coalesce(camera_id, 'none'), nullif(item, 'item-0') FROM detections",
                "SELECT E'it\\'s', 'it''s', $$it's$$, 'é日', $q$a$$b$q$",
                // WITH
                "WITH d AS (SELECT item, lane FROM detections WHERE lane < 10) SELECT item, COUNT(*) FROM d GROUP BY item",
                "WITH a AS (SELECT item, lane FROM detections), b(i, n) AS (SELECT item, COUNT(*) FROM a GROUP BY item) SELECT b.i, b.n, a.lane FROM b JOIN a ON a.item = b.i",
                "WITH detections AS (SELECT place AS item FROM places) SELECT * FROM detections",
                "WITH d AS (SELECT item FROM detections) SELECT x.item FROM d AS x JOIN d AS y ON x.item = y.item",
                "SELECT * FROM (WITH d AS (SELECT lane FROM detections WHERE lane < 3) SELECT lane FROM d) AS s ORDER BY lane",
                "WITH d AS (SELECT lane FROM detections WHERE lane < 5) SELECT lane FROM d ORDER BY lane DESC LIMIT 2",
                // FILTER
                "SELECT COUNT(*) FILTER (WHERE wet), SUM(lane) FILTER (WHERE lane < 5), AVG(confidence) FILTER (WHERE site = 'Reading'), COUNT(DISTINCT item) FILTER (WHERE lane > 3) FROM detections",
                "SELECT item, COUNT(camera_id) FILTER (WHERE lane > 3) AS n FROM detections GROUP BY item",
                "SELECT SUM(lane) FILTER (WHERE lane < 0) FROM detections",
                // IN
                "SELECT item FROM detections WHERE lane IN (1, 2, 3) AND item NOT IN ('item-0')",
                "SELECT place FROM places WHERE site IN (SELECT site FROM detections WHERE lane < 5)",
                "SELECT item, lane FROM detections WHERE item IN (SELECT item FROM detections WHERE lane = 4) AND lane < 20",
                // names
                "SELECT \"item\", D.Item, LANE AS \"Lane No\", site AS Metric FROM Detections AS D",
                "SELECT COUNT(*), MAX(lane), lane + 1, 'x', CASE WHEN TRUE THEN 1 ELSE 2 END, 1.5, TRUE FROM detections GROUP BY lane",
                "SELECT *, lane AS again, site FROM detections",
                "SELECT detections.item, public.detections.item FROM public.detections",
                "SELECT event_time AS time, lane AS value, seen_on AS date FROM detections ORDER BY time",
                "SELECT CASE WHEN lane > 3 THEN site ELSE item END, coalesce(item), extract(hour from event_time) FROM detections",
                "SELECT item FROM detections UNION SELECT place FROM places",
                "SELECT 1; ",
                "SELECT /* a /* nested */ comment */ lane -- and another\nFROM detections",
                "SELECT lane FROM detections WHERE lane BETWEEN 3 AND 5 OR lane % 7 = 0 ORDER BY lane DESC LIMIT 5 OFFSET 1",
                "SELECT lane, lane / 2, confidence / 2, -lane, mod(lane, 3), abs(lane), ceil(confidence), floor(confidence), sqrt(lane), power(lane, 2) FROM detections WHERE lane < 20",
                "SELECT SUM(total), AVG(lane), MIN(price), MAX(event_time), AVG(confidence) FROM detections WHERE lane < 20",
                "SELECT d.item, p.place FROM detections d LEFT JOIN places p ON p.site = d.site AND p.place = 'place-1' WHERE d.lane < 4",
                "SELECT item, COUNT(*) AS n FROM detections GROUP BY item HAVING COUNT(*) > 6 ORDER BY n DESC, item",
                "SELECT place FROM places p WHERE EXISTS (SELECT 1 FROM detections d WHERE d.site = p.site AND d.lane < 3)",
            })
    void aStatementGivesWhatPostgresGives(String sql) throws SQLException {
        // When
        PostgresOracle.Answer expected = postgres.ask(sql);
        PostgresOracle.Answer actual = bridged(sql);

        // Then
        assertThat(actual.columns()).isEqualTo(expected.columns());
        assertThat(comparable(actual.rows(), sql)).isEqualTo(comparable(expected.rows(), sql));
        assertThat(expected.rows()).isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "WITH RECURSIVE x AS (SELECT 1) SELECT * FROM x | WITH RECURSIVE is not supported",
                "SELECT date_trunc('quarter', event_time) FROM detections | date_trunc('quarter', ...) is not supported",
                "SELECT item::regclass FROM detections | the type regclass is not supported",
                "SELECT item FROM detections ORDER BY item NULLS LAST | NULLS LAST is not supported",
                "SELECT item FROM detections WHERE site NOT IN (SELECT site FROM places) | NOT IN over a query is not supported",
                "SELECT to_timestamp('2026', 'YYYY') | to_timestamp with a format is not supported",
            })
    void whatCannotBeBridgedIsNamed(String sql, String message) {
        // When
        StatementException refusal = catchThrowableOfType(
                StatementException.class,
                () -> new DialectBridge(NOW)
                        .bridge(SqlText.parse(SqlScript.split(sql).get(0).text())));

        // Then
        assertThat(refusal).hasMessage(message);
        assertThat(refusal.sqlState()).isEqualTo("0A000");
        assertThat(refusal.position()).isNotNull();
    }

    @Test
    void aShortStatementDoesNotBecomeAnEndlessOne() {
        // Given
        StringBuilder sql = new StringBuilder("WITH a0 AS (SELECT 1 AS x)");
        for (int i = 1; i < 40; i++) {
            sql.append(", a%d AS (SELECT l.x FROM a%d AS l, a%d AS r)".formatted(i, i - 1, i - 1));
        }
        sql.append(" SELECT * FROM a39");

        // When
        StatementException refusal = catchThrowableOfType(
                StatementException.class, () -> new DialectBridge(NOW).bridge(SqlText.parse(sql.toString())));

        // Then
        assertThat(refusal.sqlState()).isEqualTo("54001");
    }

    private static PostgresOracle.Answer bridged(String sql) {
        SqlNode parsed = SqlText.parse(SqlScript.split(sql).get(0).text());
        ColumnNames names = ColumnNames.of(parsed);
        String engineSql = SqlText.write(new DialectBridge(NOW).bridge(parsed));
        try (Rows rows =
                grid.engine().execute(engineSql.replace("\"public\".", ""), List.of(), Duration.ofSeconds(20))) {
            List<List<@Nullable Object>> all = new ArrayList<>();
            for (@Nullable Object[] row = rows.next(); row != null; row = rows.next()) {
                all.add(Arrays.asList(row));
            }
            List<String> columns = names.rename(rows.columns()).stream()
                    .map(ResultColumn::name)
                    .toList();
            return new PostgresOracle.Answer(columns, all);
        } catch (StatementException e) {
            throw new AssertionError(engineSql, e);
        }
    }

    private static List<String> comparable(List<List<@Nullable Object>> rows, String sql) {
        List<String> texts = rows.stream()
                .map(row -> row.stream().map(DialectBridgeTest::comparable).collect(Collectors.joining(" | ")))
                .toList();
        return sql.contains("ORDER BY") ? texts : texts.stream().sorted().toList();
    }

    private static String comparable(@Nullable Object value) {
        if (value instanceof Timestamp time) {
            return time.toInstant().toString();
        }
        if (value instanceof OffsetDateTime time) {
            return time.toInstant().toString();
        }
        if (value instanceof Date date) {
            return date.toLocalDate().toString();
        }
        if (value instanceof Number number) {
            return new BigDecimal(number.toString())
                    .setScale(6, RoundingMode.HALF_UP)
                    .stripTrailingZeros()
                    .toPlainString();
        }
        return String.valueOf(value);
    }
}
