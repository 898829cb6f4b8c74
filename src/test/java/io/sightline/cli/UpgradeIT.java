package io.sightline.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.hazelcast.jet.core.JobStatus;
import io.sightline.fixture.Eventually;
import io.sightline.fixture.KafkaBroker;
import io.sightline.history.delta.TableRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code upgrade} against a real member and a real broker, with events before and after. */
@Timeout(300)
final class UpgradeIT {
    private static final int TOPIC_PARTITIONS = 3;

    @RegisterExtension
    static final KafkaBroker BROKER = new KafkaBroker();

    @TempDir
    private Path directory;

    private MemberUnderTest member;
    private String topic;
    private Path file;
    private Path table;
    private long sent;
    private long unique;

    @BeforeEach
    void start() throws IOException {
        member = new MemberUnderTest(directory);
        topic = BROKER.newTopic(TOPIC_PARTITIONS);
        file = MemberUnderTest.detections(directory, topic, BROKER.broker().bootstrapServers());
        table = directory.resolve(topic).resolve("history");
    }

    @AfterEach
    void stop() {
        member.close();
    }

    @Test
    void aChangedFileGoesOnWhereTheOldOneStoppedAndItsNewRollupKnowsWhatCameBefore() throws Exception {
        // Given
        run("submit", file.toString());
        send();
        awaitJudged();

        // When a field and a rollup come in
        edit("    produced_at: long", "    produced_at: long\n    firmware: string");
        edit(
                "history:",
                "  - {name: sites_per_minute, window: 1m, by: [site], measures: {seen: count}, correct-for: 1h, keep: 24h}"
                        + "\n\nhistory:");
        run("upgrade", file.toString());
        send();
        awaitJudged();

        // Then
        assertThat(member.number("SELECT originals FROM pipeline_status")).isEqualTo(unique);
        Eventually.eventually("the hot window is full again", () -> hotRows() >= unique);
        assertThat(hotRows()).isEqualTo(unique);
        awaitMinutes();
        Eventually.eventually(
                "so are those of sites", () -> member.number("SELECT SUM(seen) FROM sites_per_minute") >= unique);
        assertThat(member.number("SELECT SUM(seen) FROM sites_per_minute")).isEqualTo(unique);
        assertThat(member.rows("SELECT firmware FROM detections LIMIT 1")).hasSize(1);

        // And the table has every event once
        run("stop", "detections");
        List<?> origins = TableRows.origins(table);
        assertThat(new HashSet<>(origins)).hasSameSizeAs(origins).hasSize((int) unique);
    }

    private void awaitMinutes() {
        Eventually.eventually(
                "the minutes are whole",
                () -> member.number("SELECT SUM(detections) FROM detections_per_minute") >= unique);
        assertThat(member.number("SELECT SUM(detections) FROM detections_per_minute"))
                .isEqualTo(unique);
    }

    /** From the topic where the broker still holds it, else from the rows of the events. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRollupThatWasAwayFromTheFileGetsWhatCameMeanwhile(boolean held) throws Exception {
        // Given
        run("submit", file.toString());
        send();
        awaitJudged();
        String whole = Files.readString(file);
        Files.writeString(file, whole.replaceFirst("(?s)  - name: detections_per_minute.*?keep: 24h\n", ""));
        run("upgrade", file.toString());
        send();
        awaitJudged();

        // When
        if (!held) {
            for (int partition = 0; partition < TOPIC_PARTITIONS; partition++) {
                BROKER.dropRecords(topic, partition, KafkaBroker.ALL);
            }
        }
        Files.writeString(file, whole);
        run("upgrade", file.toString());
        send();
        awaitJudged();

        // Then
        awaitMinutes();
        run("stop", "detections");
        assertThat(TableRows.all(table.resolveSibling("detections_per_minute")).stream()
                        .mapToLong(row -> (Long) requireNonNull(row.get("detections")))
                        .sum())
                .isEqualTo(unique);
    }

    @Test
    void anUpgradeMayBeRepeated() throws Exception {
        // Given
        Ran tooFew = member.sightline("upgrade", file.toString(), "--members", "2", "--connect-timeout", "1");
        assertThat(tooFew.exitStatus()).isEqualTo(Sightline.FAILED);
        assertThat(tooFew.err()).contains("has 1 of 2 members after 1 s");
        assertThat(member.client().getJet().getJob("detections")).isNull();

        // When it does not run
        run("upgrade", file.toString(), "--members", "1");

        // Then it is submitted
        long job = requireNonNull(member.client().getJet().getJob("detections")).getId();
        send();
        awaitJudged();

        // And a file whose reference data is not there stops nothing
        String whole = Files.readString(file);
        edit("from: pipelines/reference/locations.csv", "from: nowhere.csv");
        Ran refused = member.sightline("upgrade", file.toString());
        assertThat(refused.exitStatus()).isEqualTo(Sightline.FAILED);
        assertThat(refused.errLines()).singleElement().asString().contains("nowhere.csv");
        Files.writeString(file, whole);

        // And when it runs as the file says, it is left alone
        Ran again = member.sightline("upgrade", file.toString());
        assertThat(again.exitStatus()).isEqualTo(Sightline.DONE);
        assertThat(again.err()).contains("runs already as the file says; nothing to do");
        assertThat(requireNonNull(member.client().getJet().getJob("detections")).getId())
                .isEqualTo(job);

        // And when it was stopped, it is submitted again
        run("stop", "detections");
        run("upgrade", file.toString());
        assertThat(requireNonNull(member.client().getJet().getJob("detections")).getId())
                .isNotEqualTo(job);
        Eventually.eventually(
                "it goes on counting where it was",
                () -> member.rows("SELECT originals FROM pipeline_status").equals(List.of(List.of(unique))));
    }

    @Test
    void aTypeThatDoesNotFitTheTableIsRefusedBeforeAnythingIsStopped() throws Exception {
        // Given
        run("submit", file.toString());
        send();
        awaitJudged();

        // When
        edit("    confidence:  double", "    confidence:  string");
        edit("confidence_avg: avg confidence", "c: count");
        edit("confidence_avg: avg confidence", "c: count");
        edit("confidence_avg: avg confidence", "c: count");
        Ran checked = Ran.sightline("check", "--against-history", file.toString());
        Ran upgraded = member.sightline("upgrade", file.toString());

        // Then
        String reason = "`confidence` is double there and string now";
        assertThat(checked.exitStatus()).isEqualTo(2);
        assertThat(checked.err()).contains(reason);
        assertThat(upgraded.exitStatus()).isEqualTo(Sightline.FAILED);
        assertThat(upgraded.err()).contains(reason).doesNotContain("\tat ");
        assertThat(member.client().getJet().getJob("detections").getStatus()).isEqualTo(JobStatus.RUNNING);
    }

    private long hotRows() {
        return member.number("SELECT COUNT(*) FROM detections");
    }

    private void run(String... arguments) {
        Ran ran = member.sightline(arguments);
        assertThat(ran.exitStatus()).as(ran.err()).isEqualTo(Sightline.DONE);
    }

    private void edit(String what, String by) throws IOException {
        String yaml = Files.readString(file);
        int at = yaml.indexOf(what);
        assertThat(at).as(what).isNotNegative();
        Files.writeString(file, yaml.substring(0, at) + by + yaml.substring(at + what.length()));
    }

    /** Two seconds of the camera fleet, copies included. */
    private void send() throws IOException {
        Ran ran = Ran.sightline(
                "simulate",
                "--bootstrap-servers",
                BROKER.broker().bootstrapServers(),
                "--topic",
                topic,
                "--rate",
                "2000",
                "--seconds",
                "2",
                "--json");
        assertThat(ran.exitStatus()).as(ran.err()).isEqualTo(Sightline.DONE);
        JsonNode told = new ObjectMapper().readTree(ran.out());
        sent += told.get("records").asLong();
        unique += told.get("unique").asLong();
    }

    private void awaitJudged() {
        Eventually.eventually(
                "all is read and judged",
                () -> member.number("SELECT records FROM pipeline_status") == sent
                        && member.number("SELECT originals FROM pipeline_status") == unique);
    }
}
