package io.sightline.gateway;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sightline.fixture.KafkaBroker;
import io.sightline.gateway.GrafanaFiles.Alert;
import io.sightline.gateway.GrafanaFiles.Dashboard;
import io.sightline.gateway.GrafanaFiles.Panel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The queries that people are given, through the PostgreSQL door over the rows of five minutes of the fleet: all in the files
 * of {@code dashboards/grafana}, as Grafana sends them, and those of {@code sql/queries}. Grafana itself does not run here.
 */
class DashboardQueriesIT {
    private static final Duration RANGE = Duration.ofMinutes(5);
    private static final Set<String> NUMBERS = Set.of("int4", "int8", "float4", "float8", "numeric");
    private static final Pattern EXAMPLE = Pattern.compile("-- Parameter \\d: .*for example '(.*)'");

    @RegisterExtension
    static final KafkaBroker BROKER = new KafkaBroker();

    private static Instant from;
    private static final Map<String, GrafanaMacros> MACROS = new HashMap<>();

    @TempDir
    static Path folder;

    private static FleetGrid grid;

    @BeforeAll
    static void fillGridAndOpenDoor() throws Exception {
        from = Instant.now().minus(RANGE).truncatedTo(ChronoUnit.SECONDS);
        grid = new FleetGrid(BROKER, from, from.plus(RANGE), folder.resolve("audit.jsonl"));
        for (Dashboard dashboard : GrafanaFiles.dashboards()) {
            MACROS.put(dashboard.uid(), macros(dashboard));
        }
    }

    @AfterAll
    static void stop() throws Exception {
        grid.close();
    }

    /** What a person sees who opens the dashboard: all of a list, and the first value where one is to be chosen. */
    private static GrafanaMacros macros(Dashboard dashboard) throws SQLException {
        Map<String, GrafanaMacros.Variable> chosen = new LinkedHashMap<>();
        GrafanaMacros macros = new GrafanaMacros(from, from.plus(RANGE), Duration.ofSeconds(1), chosen);
        for (GrafanaFiles.Variable variable : dashboard.variables()) {
            Result options = query(macros.expand(variable.sql()));
            int value = Math.max(0, options.names().indexOf("__value"));
            List<String> values = options.rows().stream()
                    .map(row -> String.valueOf(row.get(value)))
                    .toList();
            assertThat(values).as(variable.name()).isNotEmpty().doesNotHaveDuplicates();
            chosen.put(
                    variable.name(),
                    new GrafanaMacros.Variable(variable.isList() ? values : values.subList(0, 1), variable.isList()));
        }
        return macros;
    }

    static Stream<Panel> panels() throws IOException {
        return GrafanaFiles.dashboards().stream().flatMap(dashboard -> dashboard.panels().stream());
    }

    @ParameterizedTest
    @MethodSource("panels")
    void aPanelGetsTheRowsAndColumnsThatItsKindNeeds(Panel panel) throws SQLException {
        // When
        Result result = query(requireNonNull(MACROS.get(panel.dashboard())).expand(panel.sql()));

        // Then
        assertThat(result.rows()).isNotEmpty();
        switch (panel.type()) {
            case "timeseries" -> assertIsSeries(panel, result);
            case "stat" -> assertThat(result.types()).isSubsetOf(NUMBERS);
            case "barchart" ->
                assertThat(result.types()).hasSize(2).startsWith("text").endsWith(numberOf(result, 1));
            case "geomap" -> assertIsMap(result);
            case "table" -> assertThat(result.names()).doesNotHaveDuplicates().doesNotContain("?column?");
            default -> throw new AssertionError("no test knows what a panel of this kind needs: " + panel.type());
        }
    }

    /** Time first and ascending, as a timestamp or as whole seconds of the range; then perhaps the series; then the value. */
    private static void assertIsSeries(Panel panel, Result result) {
        assertThat(panel.format()).isEqualTo("time_series");
        assertThat(result.names()).startsWith("time");
        List<Instant> times =
                result.rows().stream().map(row -> instant(row.get(0))).toList();
        assertThat(times)
                .isSorted()
                .allSatisfy(time -> assertThat(time).isBetween(from.minusSeconds(60), from.plus(RANGE)));
        assertThat(times.stream().distinct().count()).isGreaterThan(3);
        assertThat(result.types().get(0)).isIn("timestamptz", "float8", "numeric");
        int value = result.types().size() - 1;
        assertThat(result.types().get(value)).isIn(NUMBERS);
        assertThat(result.column(value)).doesNotContainNull();
        if (value == 2) {
            assertThat(result.names().get(1)).isEqualTo("metric");
            assertThat(result.types().get(1)).isEqualTo("text");
            assertThat(result.column(1)).doesNotContainNull();
        }
    }

    private static Instant instant(@Nullable Object time) {
        if (time instanceof Number seconds) {
            return Instant.ofEpochSecond(seconds.longValue());
        }
        return ((Timestamp) requireNonNull(time)).toInstant();
    }

    private static void assertIsMap(Result result) {
        assertThat(result.names()).contains("latitude", "longitude", "detections");
        assertThat(result.column(result.names().indexOf("latitude")))
                .allSatisfy(degrees -> assertThat((Double) degrees).isBetween(-90.0, 90.0));
        assertThat(result.column(result.names().indexOf("longitude")))
                .allSatisfy(degrees -> assertThat((Double) degrees).isBetween(-180.0, 180.0));
        assertThat(result.rows()).hasSizeGreaterThan(50);
    }

    private static String numberOf(Result result, int column) {
        assertThat(result.types().get(column)).isIn(NUMBERS);
        return result.types().get(column);
    }

    @Test
    void theLiveDashboardLosesNoDetection() throws SQLException {
        // Given
        Panel byItem = panel("sightline-live", "Detections per second, by item");
        GrafanaMacros macros = requireNonNull(MACROS.get("sightline-live"));

        // When: places without reference data are among them
        Result result = query(macros.expand(byItem.sql()));

        // Then
        double shown = result.column(2).stream()
                .mapToDouble(value -> ((Number) requireNonNull(value)).doubleValue())
                .sum();
        Result all = query(
                macros.expand("SELECT SUM(detections) FROM detections_per_second WHERE $__timeFilter(window_start)"));
        assertThat(shown).isEqualTo(((Number) all.rows().get(0).get(0)).doubleValue());
        assertThat(requireNonNull(macros.variables().get("site")).values()).contains("unmatched");
    }

    private static Panel panel(String dashboard, String title) {
        try {
            return panels().filter(panel ->
                            panel.dashboard().equals(dashboard) && panel.title().equals(title))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<Alert> alerts() throws IOException {
        return GrafanaFiles.alerts().stream();
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void anAlertGetsOneNumberForEachPipeline(Alert alert) throws SQLException {
        // When: as it stands, for in this file a macro would be taken for a variable of the environment
        assertThat(alert.sql()).doesNotContain("$");
        Result result = query(alert.sql());

        // Then
        assertThat(result.column(0)).containsExactly("detections");
        assertThat(result.types()).hasSize(2).startsWith("text");
        assertThat(result.types().get(1)).isIn(NUMBERS);
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void anAlertComparesItsOwnNumber(Alert alert) {
        JsonNode query = alert.rule().path("data").path(0);
        JsonNode threshold = alert.rule().path("data").path(1);

        assertThat(query.path("datasourceUid").asText()).isEqualTo("sightline");
        assertThat(query.path("model").path("refId")).isEqualTo(query.path("refId"));
        assertThat(threshold.path("datasourceUid").asText()).isEqualTo("__expr__");
        assertThat(threshold.path("model").path("type").asText()).isEqualTo("threshold");
        assertThat(threshold.path("model").path("expression")).isEqualTo(query.path("refId"));
        assertThat(alert.rule().path("condition")).isEqualTo(threshold.path("refId"));
        assertThat(alert.rule().path("data")).hasSize(2);
    }

    @Test
    void theFilesFitTogether() throws IOException {
        List<Dashboard> dashboards = GrafanaFiles.dashboards();
        JsonNode source =
                GrafanaFiles.provisioned("datasources").path("datasources").path(0);

        assertThat(dashboards).extracting(Dashboard::uid).hasSize(3).doesNotHaveDuplicates();
        assertThat(source.path("jsonData").path("database").asText()).isEqualTo("sightline");
        assertThat(source.path("jsonData").path("timescaledb").asBoolean(true)).isFalse();
        for (Dashboard dashboard : dashboards) {
            for (JsonNode uid : dashboard.json().findValues("datasource")) {
                assertThat(uid.path("uid")).isEqualTo(source.path("uid"));
                assertThat(uid.path("type")).isEqualTo(source.path("type"));
            }
            assertThat(dashboard.json().path("panels"))
                    .extracting(panel -> panel.path("id").asInt())
                    .isNotEmpty()
                    .doesNotHaveDuplicates();
            assertThat(links(dashboard))
                    .isNotEmpty()
                    .isSubsetOf(dashboards.stream().map(Dashboard::uid).toList());
        }
    }

    private static List<String> links(Dashboard dashboard) {
        return Pattern.compile("\"/d/([\\w-]+)")
                .matcher(dashboard.json().toString())
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // The builder's lists of tables and columns
                "SELECT quote_ident(table_name) AS \"table\" FROM information_schema.tables WHERE quote_ident(table_schema) NOT IN ('information_schema', 'pg_catalog') AND quote_ident(table_schema) IN (SELECT CASE WHEN trim(s[i]) = '\"$user\"' THEN user ELSE trim(s[i]) END FROM generate_series(array_lower(string_to_array(current_setting('search_path'), ','), 1), array_upper(string_to_array(current_setting('search_path'), ','), 1)) AS i, string_to_array(current_setting('search_path'), ',') s) | table | detections_per_second",
                "SELECT quote_ident(column_name) AS \"column\", data_type AS \"type\" FROM information_schema.columns WHERE CASE array_length(parse_ident('detections_per_second'), 1) WHEN 2 THEN quote_ident(table_schema) = (parse_ident('detections_per_second'))[1] AND quote_ident(table_name) = (parse_ident('detections_per_second'))[2] ELSE quote_ident(table_name) = 'detections_per_second' END | column, type | window_start",
                "SELECT quote_ident(schema_name) AS \"schema\" FROM information_schema.schemata | schema | public",
                "SELECT current_setting('server_version_num')::int/100 as version | version | 1500",
            })
    void grafanasBuilderFindsItsWay(String sql, String columns, String first) throws SQLException {
        // When
        Result result = query(sql);

        // Then
        assertThat(String.join(", ", result.names())).isEqualTo(columns);
        assertThat(result.column(0)).extracting(String::valueOf).contains(first);
    }

    static Stream<Path> namedQueries() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("sql", "queries"))) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("namedQueries")
    void aNamedQueryGivesRowsThroughTheDoor(Path file) throws IOException, SQLException {
        // Given
        String sql = Files.readString(file);
        List<String> parameters =
                EXAMPLE.matcher(sql).results().map(found -> found.group(1)).toList();

        // When
        try (PreparedStatement statement = grid.connection().prepareStatement(sql)) {
            for (int i = 0; i < parameters.size(); i++) {
                statement.setString(i + 1, parameters.get(i));
            }
            try (ResultSet rows = statement.executeQuery()) {
                // Then
                assertThat(rows.next()).isTrue();
            }
        }
    }

    /** Names and PostgreSQL's names of the types of the columns, then the rows. */
    private record Result(List<String> names, List<String> types, List<List<@Nullable Object>> rows) {
        List<@Nullable Object> column(int index) {
            List<@Nullable Object> column = new ArrayList<>();
            rows.forEach(row -> column.add(row.get(index)));
            return column;
        }
    }

    private static Result query(String sql) throws SQLException {
        try (Statement statement = grid.connection().createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            var described = result.getMetaData();
            List<String> names = new ArrayList<>();
            List<String> types = new ArrayList<>();
            for (int i = 1; i <= described.getColumnCount(); i++) {
                names.add(described.getColumnLabel(i));
                types.add(described.getColumnTypeName(i));
            }
            return new Result(names, types, PostgresOracle.Answer.of(result).rows());
        } catch (SQLException e) {
            throw new SQLException(e.getMessage() + "\n" + sql, e.getSQLState(), e);
        }
    }
}
