package io.sightline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.hazelcast.core.HazelcastInstance;
import io.sightline.grid.GridMember;
import io.sightline.pipeline.Relations;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command line says and how it ends, for every mistake that is likely. */
class SightlineTest {
    private static final String DETECTIONS = "pipelines/detections.yaml";
    private static final String SAMPLE = "pipelines/detections.sample.jsonl";

    @TempDir
    private static Path directory;

    private static HazelcastInstance member;

    @BeforeAll
    static void startMember() throws IOException {
        member = GridMember.startAlone();
        Relations.publish(member);
        Files.writeString(directory.resolve("no-pipeline.yaml"), "pipeline: [\n");
        Files.writeString(directory.resolve("empty.yaml"), "");
        Files.writeString(
                directory.resolve("bad.csv"),
                "location_id,location_name,site,latitude,longitude\nloc-01,North,Yard,north,9.25\n");
    }

    @AfterAll
    static void stopMember() {
        member.getLifecycleService().terminate();
    }

    static Stream<Arguments> badUsage() {
        return Stream.of(
                mistake("which command?"),
                mistake("Unmatched argument at index 0: 'tset'", "tset"),
                mistake("Missing required parameter: 'FILE'", "test", "--input", SAMPLE),
                mistake("Missing required option: '--input=F'", "test", DETECTIONS),
                mistake("Unknown option: '--ouptut'", testing("--ouptut")),
                mistake("'--topic-partitions'", "test", DETECTIONS, "--input", SAMPLE, "--topic-partitions", "many"),
                mistake("--topic-partitions is 0; accepted: 1 to 1000", testing("--topic-partitions", "0")),
                mistake("--topic-partitions is 1001; accepted: 1 to 1000", testing("--topic-partitions", "1001")),
                mistake(
                        "--reference places: the pipeline has no such reference; accepted: [locations]",
                        testing("--reference", "places=x.csv")),
                mistake("none.jsonl", "test", DETECTIONS, "--input", "none.jsonl"),
                mistake("none.yaml: no such file", "test", "none.yaml", "--input", SAMPLE),
                mistake("no-pipeline.yaml", "test", "{dir}/no-pipeline.yaml", "--input", SAMPLE),
                mistake("empty.yaml", "test", "{dir}/empty.yaml", "--input", SAMPLE),
                mistake("none.csv", testing("--reference", "locations=none.csv")),
                mistake("bad.csv", testing("--reference", "locations={dir}/bad.csv")),
                mistake("none.yaml: no such file", "run", "none.yaml"),
                mistake("none.yaml: no such file", "submit", "none.yaml"),
                mistake("Missing required parameter: 'NAME'", "stop"),
                mistake("Missing required parameter: 'STATEMENT'", "sql"),
                mistake("list, show or redrive?", "dead-letters"),
                mistake("add whom?", "user"),
                mistake("`seven` is no id of a dead letter", "dead-letters", "show", "seven"),
                mistake("`late` is no reason; accepted: empty, not_json", "dead-letters", "list", "--reason", "late"),
                mistake("an ID or a --reason, not both", "dead-letters", "redrive", "0:1", "--reason", "empty"),
                mistake("versions, show, compact, vacuum, restore or erase?", "history"),
                mistake("none.yaml: no such file", "history", "versions", "none.yaml"),
                mistake(
                        "give a --version or a moment with --at, not both",
                        "history",
                        "show",
                        "--table",
                        "{dir}",
                        "--at",
                        "2026-05-01T00:00:00Z",
                        "--version",
                        "1"),
                mistake("`yesterday` is no moment; accepted: one such as", "history", "show", "--at", "yesterday"),
                mistake("Missing required option: '--version=N'", "history", "restore", "--rewind"),
                mistake("--rewind", "history", "restore", "--version", "1"),
                mistake("--rewind", "history", "restore", "--version", "1", "--rewind", "--keep-offsets"),
                mistake("`http://[` is no folder", "history", "versions", "--table", "http://["),
                mistake("Missing required options: '--from=T', '--table=PATH'", "replay", DETECTIONS),
                mistake(
                        "`monday` is no moment; accepted: one such as 2026-05-01T10:00:00Z, or earliest",
                        replaying("monday")),
                mistake(
                        "--to is 2026-05-01T10:00:00Z, not after --from 2026-05-01T10:00:00Z",
                        replaying("2026-05-01T10:00:00Z", "--to", "2026-05-01T12:00:00+02:00")),
                mistake("`soon` is no moment; accepted: one such as", replaying("earliest", "--to", "soon")),
                mistake("none.yaml: no such file", "replay", "none.yaml", "--from", "earliest", "--table", "{dir}/t"),
                mistake("`http://[` is no folder", "replay", DETECTIONS, "--from", "earliest", "--table", "http://["),
                mistake("which benchmark?", "bench"));
    }

    @ParameterizedTest
    @MethodSource("badUsage")
    void badUsageAndBadFilesAreOneClearLineAndStatusTwo(String line, List<String> arguments) {
        // When
        Ran ran = Ran.sightline(arguments.stream()
                .map(argument -> argument.replace("{dir}", directory.toString()))
                .toArray(String[]::new));

        // Then
        assertThat(ran.exitStatus()).as(ran.err()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertOneClearLine(ran, line);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"status", "jobs", "stop detections", "sql SELECT", "submit " + DETECTIONS, "dead-letters list"})
    void withoutAGridACommandSaysSoAndHowToGoOn(String command) {
        // Given
        List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
        arguments.addAll(List.of("--address", "127.0.0.1:1", "--cluster-name", "nobody", "--connect-timeout", "1"));

        // When
        Ran ran = Ran.sightline(arguments.toArray(String[]::new));

        // Then
        assertThat(ran.exitStatus()).isEqualTo(1);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.errLines())
                .containsExactly(
                        "sightline: no member of the grid `nobody` answers at 127.0.0.1:1 within 1 s; start one"
                                + " with `sightline member`, or name another with --address and --cluster-name");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELEC * FROM detections",
                "SELECT * FROM nowhere",
                "SELECT no_such_column FROM pipeline_status",
                "",
                "SELECT 1 / 0",
                "SELECT 1 AS select"
            })
    void badSqlIsOneClearLineAndStatusOne(String statement) {
        // When
        Ran ran = onGrid("sql", statement);

        // Then
        assertThat(ran.exitStatus()).as(ran.err()).isEqualTo(1);
        assertThat(ran.out()).isEmpty();
        assertOneClearLine(ran, "");
    }

    @Test
    void whatDoesNotRunCannotBeStoppedAndHasNoStatus() {
        assertThat(onGrid("stop", "nothing"))
                .isEqualTo(new Ran(
                        1,
                        "",
                        "sightline: no pipeline `nothing` runs on this grid; `sightline jobs` lists them"
                                + System.lineSeparator()));
        assertThat(onGrid("status", "nothing"))
                .isEqualTo(new Ran(
                        1,
                        "",
                        "sightline: no pipeline `nothing` has reported yet; `sightline jobs` lists what runs"
                                + System.lineSeparator()));
    }

    @Test
    void aGridWithoutPipelinesHasNothingToShow() {
        assertThat(onGrid("status")).isEqualTo(new Ran(0, "no pipeline has reported yet\n", ""));
        assertThat(onGrid("jobs", "--json").out().strip()).isEqualTo("{\"rows\":[]}");
    }

    @Test
    void sqlPrintsATableOrJsonAndNothingElse() throws IOException {
        // When
        Ran table = onGrid("sql", "SELECT 1 AS a, 'x' AS letter");
        Ran json = onGrid("sql", "SELECT 1 AS a, 'x' AS letter", "--json");

        // Then
        assertThat(table).isEqualTo(new Ran(0, "a  letter\n-  ------\n1  x     \n1 row\n", ""));
        assertThat(json.err()).isEmpty();
        assertThat(new ObjectMapper().readTree(json.out()).toString())
                .isEqualTo("{\"rows\":[{\"a\":1,\"letter\":\"x\"}]}");
    }

    @Test
    void rowsBeyondTheLimitAreLeftOutAndItIsSaid() {
        // When
        Ran ran = onGrid("sql", "SELECT v FROM TABLE(GENERATE_SERIES(1, 5))", "--max-rows", "2");

        // Then
        assertThat(ran.exitStatus()).isZero();
        assertThat(ran.out()).endsWith("2 rows\n");
        assertThat(ran.errLines()).containsExactly("sightline: only the first 2 rows; see --max-rows");
    }

    @Test
    void testPrintsOneJsonObjectOnStdoutAndNothingElse() throws IOException {
        // When
        Ran ran = Ran.sightline("test", DETECTIONS, "--input", SAMPLE, "--json");

        // Then
        assertThat(ran.exitStatus()).as(ran.err()).isZero();
        assertThat(ran.out().lines()).hasSize(1);
        JsonNode result = new ObjectMapper().readTree(ran.out());
        assertThat(result.get("records").intValue()).isEqualTo(320);
        assertThat(result.get("dead_letters_by_reason").isObject()).isTrue();
    }

    @Test
    void withoutJsonTheFiguresAreForPeopleAndStdoutStaysEmpty() {
        // When
        Ran ran = Ran.sightline("test", DETECTIONS, "--input", SAMPLE);

        // Then
        assertThat(ran.exitStatus()).as(ran.err()).isZero();
        assertThat(ran.out()).isEmpty();
        assertThat(ran.errLines()).contains("records                  320", "unique                   268");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "check",
                "test",
                "run",
                "member",
                "gateway",
                "user add",
                "submit",
                "jobs",
                "stop",
                "status",
                "sql",
                "bench drain",
                "history",
                "history versions",
                "history show",
                "history compact",
                "history vacuum",
                "history restore"
            })
    void everyCommandHasHelp(String command) {
        // Given
        List<String> arguments = new ArrayList<>(Arrays.asList(command.split(" ")));
        arguments.remove("");
        arguments.add("--help");

        // When
        Ran ran = Ran.sightline(arguments.toArray(String[]::new));

        // Then
        assertThat(ran.exitStatus()).isZero();
        assertThat(ran.out()).startsWith("Usage: sightline").contains("--help");
        assertThat(ran.err()).isEmpty();
    }

    /** One line that says what is wrong, no stack trace; below it where the fault is, or where help is, may stand. */
    private static void assertOneClearLine(Ran ran, String part) {
        List<String> lines = ran.errLines().stream()
                .filter(line -> !line.startsWith("try: sightline ") && !line.startsWith("  bad.csv:2 "))
                .toList();
        assertThat(lines)
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("sightline: ")
                        .contains(part)
                        .doesNotContain("Exception", "com.hazelcast", "java.", "\tat "));
    }

    @Test
    void aRecordedFileThatIsCutIsOneClearLine(@TempDir Path folder) throws IOException {
        // Given
        Path cut = folder.resolve("feed.gz");
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(whole)) {
            gzip.write(Files.readAllBytes(Path.of(SAMPLE)));
        }
        Files.write(cut, Arrays.copyOf(whole.toByteArray(), whole.size() / 2));

        // When
        Ran ran = Ran.sightline("test", DETECTIONS, "--input", cut.toString());

        // Then
        assertThat(ran.exitStatus()).isEqualTo(Sightline.BAD_USAGE);
        assertThat(ran.errLines())
                .containsExactly(
                        "sightline: recorded file " + cut + " cannot be read: Unexpected end of ZLIB input stream");
    }

    private static Arguments mistake(String line, String... arguments) {
        return Arguments.of(line, List.of(arguments));
    }

    private static String[] replaying(String from, String... more) {
        return Stream.concat(
                        Stream.of("replay", DETECTIONS, "--table", "{dir}/replayed", "--from", from), Stream.of(more))
                .toArray(String[]::new);
    }

    private static String[] testing(String... more) {
        return Stream.concat(Stream.of("test", DETECTIONS, "--input", SAMPLE), Stream.of(more))
                .toArray(String[]::new);
    }

    @Test
    void aReplayOfNothingSaysWhatIsMissing() {
        // When
        Ran ran = Ran.sightline(
                "replay",
                DETECTIONS,
                "--from",
                "earliest",
                "--table",
                directory.resolve("replayed").toString(),
                "--capture",
                directory.toString());

        // Then
        assertThat(ran.exitStatus()).isEqualTo(1);
        assertOneClearLine(ran, "there are no Capture files in ");
    }

    /** A command against the test's member. */
    private static Ran onGrid(String... command) {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of(
                "--address",
                "127.0.0.1:" + member.getCluster().getLocalMember().getAddress().getPort(),
                "--cluster-name",
                member.getConfig().getClusterName()));
        return Ran.sightline(arguments.toArray(String[]::new));
    }
}
