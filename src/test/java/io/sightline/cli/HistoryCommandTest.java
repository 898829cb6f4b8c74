package io.sightline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sightline.history.delta.TableChecker;
import io.sightline.history.delta.TestTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code history} against a table that a writer has committed to. */
class HistoryCommandTest {
    private static final LocalDate DAY = LocalDate.of(2026, 5, 1);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private Path table;

    @BeforeEach
    void write() throws IOException {
        table = folder.resolve("table");
        TestTable written = new TestTable(table);
        written.commit(DAY, 2);
        written.commit(DAY, 3);
        written.commit(DAY.plusDays(1), 1);
    }

    @Test
    void versionsListsWhatTheTableWasNewestFirst() throws IOException {
        // When
        Ran ran = onTable("versions");
        Ran json = onTable("versions", "--json", "--limit", "1");

        // Then
        assertThat(ran.exitStatus()).as(ran.err()).isZero();
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out().lines().toList())
                .hasSize(2 + 4 + 1)
                .satisfies(lines ->
                        assertThat(lines.get(0)).matches("version +time +operation +rows +files +bytes +writer *"))
                .satisfies(lines -> assertThat(lines.get(2))
                        .matches(" +3 +\\d{4}-.*Z +STREAMING UPDATE +6 +3 +\\d+ +grid/detections"));
        JsonNode rows = JSON.readTree(json.out()).path("rows");
        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).path("rows").asLong()).isEqualTo(6);
        assertThat(json.errLines()).containsExactly("sightline: only the newest 1 of 4 versions; see --limit");
    }

    @Test
    void showPrintsTheRowsOfAVersionThatMeetACondition() throws IOException {
        // When
        Ran all = onTable("show", "--version", "2");
        Ran some =
                onTable("show", "--where", "record_offset > 2 AND event_date = '2026-05-01'", "--limit", "1", "--json");

        // Then
        assertThat(all.out()).endsWith("5 rows\n");
        assertThat(all.errLines()).containsExactly("sightline: version 2, 2 of 2 files read");
        assertThat(some.out().strip())
                .isEqualTo(
                        "{\"rows\":[{\"event_time\":\"2026-05-01T00:00:00.003Z\",\"item\":\"item-3\",\"score\":null,"
                                + "\"topic_partition\":0,\"record_offset\":3,\"record_index\":0,\"event_date\":\"2026-05-01\"}]}");
        assertThat(some.errLines())
                .containsExactly("sightline: version 3, 1 of 3 files read; there are more such rows, see --limit");
    }

    @Test
    void showRefusesAConditionThatIsNoneAndAVersionThatIsNotThere() {
        assertThat(onTable("show", "--where", "itme = 'a'").errLines().get(0))
                .isEqualTo("sightline: --where: there is no column `itme`; there are event_time, item, score,"
                        + " topic_partition, record_offset, record_index, event_date");
        assertThat(onTable("show", "--where", "itme = 'a'").exitStatus()).isEqualTo(2);
        assertThat(onTable("show", "--version", "9"))
                .isEqualTo(new Ran(
                        1,
                        "",
                        "sightline: the table at " + table
                                + " cannot be used: it has no version 9 to read; there are 0 to 3,"
                                + " older ones are gone from its log" + System.lineSeparator()));
    }

    @Test
    void compactAndVacuumSayWhatTheyDid() throws IOException {
        // When
        Ran compacted = onTable("compact", "--json");
        Ran again = onTable("compact");
        Ran vacuumed = onTable("vacuum", "--json");

        // Then
        assertThat(compacted.errLines()).containsExactly("sightline: 2 files are now 1, with the same 5 rows");
        assertThat(compacted.out().strip())
                .isEqualTo("{\"files_compacted\":2,\"files_written\":1,\"rows_rewritten\":5,\"conflicts\":0}");
        assertThat(again.errLines()).containsExactly("sightline: nothing to compact");
        assertThat(vacuumed.out().strip()).isEqualTo("{\"files_deleted\":0,\"bytes_deleted\":0}");
        assertThat(vacuumed.errLines()).containsExactly("sightline: nothing to delete");
        TableChecker.check(table);
    }

    @Test
    void eraseCountsFirstAndThenTakesTheRowsOut() throws IOException {
        // When
        Ran counted = onTable("erase", "--where", "record_offset < 2", "--dry-run");
        Ran erased = onTable("erase", "--where", "record_offset < 2", "--json");
        Ran again = onTable("erase", "--where", "record_offset < 2");
        Ran wrong = onTable("erase", "--where", "camera = 'x'");

        // Then
        assertThat(counted.err()).contains("2 rows would be erased");
        assertThat(erased.exitStatus()).isZero();
        assertThat(erased.out()).contains("\"rows\":2,\"files_removed\":1,\"files_added\":0");
        assertThat(erased.err()).contains("2 rows are erased").contains("vacuum");
        assertThat(again.err()).contains("no row meets the condition");
        assertThat(wrong.exitStatus()).isEqualTo(Sightline.BAD_USAGE);
        assertThat(wrong.err()).contains("--where: there is no column `camera`");
    }

    @Test
    void restoreIsRefusedWhileAJobCommitsUnlessForced() throws IOException {
        // When
        Ran refused = onTable("restore", "--version", "1", "--keep-offsets");
        Ran forced = onTable("restore", "--version", "1", "--keep-offsets", "--force", "--json");

        // Then
        assertThat(refused.exitStatus()).isEqualTo(1);
        assertThat(refused.err())
                .contains("a job has committed to the table at 20", "until it has been silent for 90 s", "--force");
        assertThat(forced.exitStatus()).as(forced.err()).isZero();
        assertThat(forced.out().strip())
                .isEqualTo("{\"version\":5,\"restored\":1,\"files_added\":0,\"files_removed\":2}");
        assertThat(forced.errLines())
                .containsExactly("sightline: version 5 has the rows of version 1 (2 files out, 0 in), and what came"
                        + " since stays out of the table: submit the job");
        assertThat(onTable("show").out()).endsWith("2 rows\n");
    }

    @Test
    void rewindNeedsTheFileSinceItAsksTheBroker() {
        assertThat(onTable("restore", "--version", "1", "--rewind", "--force"))
                .satisfies(ran -> assertThat(ran.exitStatus()).isEqualTo(2))
                .satisfies(ran -> assertThat(ran.err())
                        .contains("--rewind asks the broker: name the pipeline FILE as well as the --table"));
    }

    @Test
    void theTableIsThatOfThePipelineFile() throws IOException {
        // Given
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(
                file,
                Files.readString(Path.of("pipelines/detections.yaml")).replaceAll("(?m)^history:\n(  .*\n|\n)*", "")
                        + "\nhistory: {table: \"" + table + "\", keep: 30d}\n");
        Path without = folder.resolve("without.yaml");
        Files.writeString(without, Files.readString(file).replaceAll("(?m)^history: .*$", ""));

        // Then
        assertThat(Ran.sightline("history", "versions", file.toString()).out()).endsWith("4 rows\n");
        assertThat(Ran.sightline("history", "versions", without.toString()))
                .isEqualTo(new Ran(
                        2,
                        "",
                        "sightline: " + without
                                + " has no history; add `history: {table: ...}` to it, or name the folder"
                                + " with --table" + System.lineSeparator()));
    }

    @Test
    void aTableThatIsNotThereOrCannotBeReadIsOneClearLine() throws IOException {
        // Given
        Path torn = folder.resolve("torn");
        new TestTable(torn);
        Files.writeString(torn.resolve("_delta_log/00000000000000000001.json"), "{\"torn");

        for (String command : List.of("versions", "show", "compact", "vacuum", "restore --version 0 --keep-offsets")) {
            // When
            List<String> arguments = new ArrayList<>(List.of("history"));
            arguments.addAll(List.of(command.split(" ")));
            arguments.add("--table");
            Ran none = ran(arguments, folder.resolve("none"));
            Ran unreadable = ran(arguments, torn);

            // Then
            assertThat(none)
                    .isEqualTo(new Ran(
                            1,
                            "",
                            "sightline: the table at " + folder.resolve("none") + " cannot be used: there is none; name"
                                    + " the folder that holds _delta_log, or the pipeline file"
                                    + System.lineSeparator()));
            assertThat(unreadable.exitStatus()).isEqualTo(1);
            assertThat(unreadable.errLines())
                    .singleElement()
                    .asString()
                    .startsWith("sightline: the table at " + torn + " cannot be read: ");
        }
        assertThat(folder.resolve("none")).doesNotExist();
    }

    private static Ran ran(List<String> arguments, Path of) {
        List<String> all = new ArrayList<>(arguments);
        all.add(of.toString());
        return Ran.sightline(all.toArray(String[]::new));
    }

    private Ran onTable(String... command) {
        List<String> arguments = new ArrayList<>(List.of("history"));
        arguments.addAll(List.of(command));
        arguments.addAll(List.of("--table", table.toString()));
        return Ran.sightline(arguments.toArray(String[]::new));
    }
}
