package io.sightline.pipeline;

import static io.sightline.fixture.SqlRows.rows;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.sql.SqlColumnMetadata;
import com.hazelcast.sql.SqlResult;
import io.sightline.event.Column;
import io.sightline.event.Event;
import io.sightline.event.FieldType;
import io.sightline.event.imap.CompactRows;
import io.sightline.event.imap.HotKey;
import io.sightline.grid.GridMember;
import io.sightline.grid.GridNames;
import io.sightline.grid.Relation;
import io.sightline.grid.SqlCatalog;
import io.sightline.grid.Submission;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything SQL can read, on a member prepared as for production; and the named queries of {@code sql/queries}. */
class RelationsTest {
    private static final int ROWS = 3_000;
    private static final Path QUERIES = Path.of("sql", "queries");
    private static final List<String> SHARED_VIEWS = List.of("dead_letter_reasons", "duplicate_gaps", "rollup_status");
    private static final Pattern PARAMETER =
            Pattern.compile("-- Parameter (\\d): \\w+, (VARCHAR|TIMESTAMP WITH TIME ZONE), for example '(.*)'");

    private static final PipelineSpec DETECTIONS = Detections.spec();
    private static final PipelineSpec VEHICLES = Detections.spec("vehicle-counts", yaml -> yaml);

    private static HazelcastInstance member;

    @BeforeAll
    static void startMember() {
        member = GridMember.startAlone();
        for (PipelineSpec spec : List.of(DETECTIONS, VEHICLES)) {
            PipelineMaps.prepare(member, spec);
            member.<String, PipelineSpec>getMap(GridNames.PIPELINES).set(spec.name(), spec);
        }
        Relations.publish(member);
    }

    @AfterAll
    static void stopMember() {
        member.getLifecycleService().terminate();
    }

    static Stream<Relation> relations() {
        return Stream.of(Relations.shared(), Relations.of(DETECTIONS), Relations.of(VEHICLES))
                .flatMap(List::stream);
    }

    @ParameterizedTest
    @ValueSource(strings = {"aa", "zz"})
    void aMemberThatJoinsGivesANameToThePipelineThatRuns(String running) {
        // Given
        IMap<String, PipelineSpec> pipelines = member.getMap(GridNames.PIPELINES);
        for (String name : List.of("aa", "zz")) {
            PipelineSpec spec = Detections.spec(
                    "detections",
                    yaml -> yaml.replace("pipeline: detections", "pipeline: " + name)
                            .replaceFirst("detections_per_second", "one_per_second")
                            .replaceFirst("detections: count", "seen_by_" + name + ": count"));
            PipelineMaps.prepare(member, spec);
            pipelines.set(name, spec);
        }
        Submission.all(member).set(running, new Submission(1, 1));

        // When
        Relations.publish(member);

        // Then
        assertThat(rows(member, "SELECT SUM(seen_by_" + running + ") FROM one_per_second"))
                .hasSize(1);
        Submission.all(member).delete(running);
        for (String name : List.of("aa", "zz")) {
            pipelines.delete(name);
            execute("DROP VIEW " + name);
            execute("DROP MAPPING hot_" + name);
        }
        execute("DROP VIEW one_per_second");
        execute("DROP MAPPING hot_one_per_second");
    }

    @ParameterizedTest
    @MethodSource("relations")
    void aRelationCanBeCreatedAgainAndItsColumnsHaveTheDeclaredTypes(Relation relation) {
        // When
        SqlCatalog.create(member, List.of(relation));

        // Then
        List<String> declared = relation.visible().stream()
                .map(name -> name + " " + sqlType(relation, name))
                .toList();
        assertThat(columns("SELECT * FROM \"" + relation.view() + "\"")).isEqualTo(declared);
        assertThat(columns("SELECT * FROM \"" + relation.map() + "\"")).containsAll(declared);
    }

    @ParameterizedTest
    @MethodSource("sharedViews")
    void aSharedViewCanBeCreatedAgainAndSelectedFrom(String view) {
        // When
        SqlCatalog.createSharedViews(member);

        // Then
        assertThat(rows(member, "SELECT * FROM " + view)).isEmpty();
    }

    static Stream<String> sharedViews() {
        return SHARED_VIEWS.stream();
    }

    @Test
    void everyViewOfTheFolderIsTested() {
        assertThat(SqlCatalog.statements("/sql/views.sql"))
                .extracting(statement -> statement.replaceAll("(?s).*CREATE OR REPLACE VIEW (\\w+) AS.*", "$1"))
                .containsExactlyElementsOf(SHARED_VIEWS);
    }

    @Test
    void aMemberThatComesLaterCreatesWhatIsMissing() {
        // Given: a catalog that has lost everything
        List<String> names = relations().map(Relation::view).toList();
        SHARED_VIEWS.forEach(view -> execute("DROP VIEW " + view));
        names.forEach(view -> execute("DROP VIEW \"" + view + "\""));
        relations().forEach(relation -> execute("DROP MAPPING \"" + relation.map() + "\""));
        assertThat(tables()).isEmpty();

        // When
        Relations.publish(member);

        // Then
        assertThat(tables()).containsAll(names).containsAll(SHARED_VIEWS);
    }

    @Test
    void aValueOfEveryTypeIsSeenAsItWasWritten() {
        // Given
        Relation relation = Relations.hotWindow(VEHICLES);
        CompactRows rows = new CompactRows(relation.compactType(), relation.columns());
        @Nullable Object[] values = new Object[relation.columns().size()];
        List<String> names = relation.columns().stream().map(Column::name).toList();
        values[names.indexOf("sensor_id")] = "s-1";
        values[names.indexOf("lane")] = -3;
        values[names.indexOf("counted_ever")] = Long.MAX_VALUE;
        values[names.indexOf("speed_kmh")] = 47.5;
        values[names.indexOf("road_wet")] = true;
        values[names.indexOf("service_day")] = LocalDate.of(2026, 3, 14);
        values[names.indexOf("measured_at")] = TimeUnit.MILLISECONDS.toMicros(Detections.NINE_MILLIS) + 1;
        IMap<Object, Object> map = member.getMap(relation.map());
        map.set(new HotKey(0, 0, 0, 0), rows.row(values));

        // When
        List<List<@Nullable Object>> seen = rows(
                member,
                "SELECT sensor_id, lane, counted_ever, speed_kmh, road_wet, service_day, measured_at, district"
                        + " FROM vehicle_counts");

        // Then
        map.clear();
        assertThat(seen)
                .containsExactly(Arrays.asList(
                        "s-1",
                        -3,
                        Long.MAX_VALUE,
                        47.5,
                        true,
                        LocalDate.of(2026, 3, 14),
                        OffsetDateTime.parse("2026-03-14T09:00:00.000001Z"),
                        null));
    }

    static Stream<Path> queries() throws IOException {
        try (Stream<Path> files = Files.list(QUERIES)) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("queries")
    void aNamedQuerySaysWhatItShowsAndRuns(Path file) throws IOException {
        // Given
        List<String> lines = Files.readAllLines(file);
        List<Object> parameters = parameters(lines);

        // When
        List<String> columns = columns(statement(file), parameters.toArray());

        // Then
        assertThat(lines.get(0)).startsWith("-- ").endsWith(".");
        assertThat(columns).isNotEmpty();
        assertThat(file.toString()).endsWith(".sql");
    }

    @Test
    void theLastHundredAreReadFromTheIndexOnEventTime() throws IOException {
        // Given: rows, without which the planner takes no index
        fillHotWindow();

        // When / Then
        assertThat(plan(QUERIES.resolve("last-100-detections.sql")))
                .contains("IndexScan", "index=[event_time]")
                .doesNotContain("FullScan", "SortPhysical");
    }

    @Test
    void theLastHundredOfAPlaceAreReadFromTheIndexOnEventTime() throws IOException {
        // Given
        fillHotWindow();

        // When / Then
        assertThat(plan(QUERIES.resolve("last-100-of-a-place.sql")))
                .contains("IndexScan", "index=[event_time]")
                .doesNotContain("FullScan", "SortPhysical");
    }

    @Test
    void theLastHundredOfAPlaceAreTheNewestOfThatPlace() throws IOException {
        // Given
        fillHotWindow();

        // When
        List<List<@Nullable Object>> last =
                rows(member, statement(QUERIES.resolve("last-100-of-a-place.sql")), "loc-001");

        // Then
        List<OffsetDateTime> newest = new ArrayList<>();
        for (int offset = ROWS - 2; newest.size() < 100; offset -= 3) {
            newest.add(CompactRows.toDateTime(TimeUnit.SECONDS.toMicros(offset)));
        }
        assertThat(last).extracting(row -> row.get(0)).isEqualTo(newest);
    }

    /** Rows of three places in turn, one a second. */
    private static void fillHotWindow() {
        Relation relation = Relations.hotWindow(DETECTIONS);
        CompactRows rows = new CompactRows(relation.compactType(), relation.columns());
        Map<Object, Object> batch = new HashMap<>();
        int time = relation.columns().stream().map(Column::name).toList().indexOf("event_time");
        for (int offset = 0; offset < ROWS; offset++) {
            Event event = Detections.event(DETECTIONS, offset, "loc-00" + offset % 3, Detections.NINE_MILLIS);
            @Nullable
            Object[] values = Arrays.copyOf(event.values(), relation.columns().size());
            values[time] = TimeUnit.SECONDS.toMicros(offset);
            batch.put(new HotKey(0, offset, 0, offset), rows.row(values));
        }
        member.getMap(relation.map()).putAll(batch);
    }

    private static String sqlType(Relation relation, String column) {
        FieldType type = relation.columns().stream()
                .filter(candidate -> candidate.name().equals(column))
                .findFirst()
                .orElseThrow()
                .type();
        return type.sqlType();
    }

    /** Name and type of each column of a result. */
    private static List<String> columns(String sql, Object... parameters) {
        try (SqlResult result = member.getSql().execute(sql, parameters)) {
            List<String> columns = result.getRowMetadata().getColumns().stream()
                    .map((SqlColumnMetadata column) -> column.getName() + " " + column.getType())
                    .toList();
            result.iterator().forEachRemaining(row -> {});
            return columns;
        }
    }

    private static List<Object> parameters(List<String> lines) {
        List<Object> parameters = new ArrayList<>();
        for (String line : lines) {
            Matcher parameter = PARAMETER.matcher(line);
            if (parameter.matches()) {
                assertThat(parameter.group(1)).isEqualTo(String.valueOf(parameters.size() + 1));
                String example = parameter.group(3);
                parameters.add(parameter.group(2).equals("VARCHAR") ? example : OffsetDateTime.parse(example));
            }
        }
        return parameters;
    }

    private static String statement(Path file) throws IOException {
        return Files.readString(file).strip().replaceFirst(";$", "");
    }

    private static String plan(Path file) throws IOException {
        Object[] parameters = parameters(Files.readAllLines(file)).toArray();
        String withoutComments = statement(file).replaceAll("(?m)^--.*\n", "");
        return rows(member, "EXPLAIN " + withoutComments, parameters).toString();
    }

    private static List<String> tables() {
        return rows(member, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'").stream()
                .map(row -> String.valueOf(row.get(0)))
                .toList();
    }

    private static void execute(String sql) {
        member.getSql().execute(sql).close();
    }
}
