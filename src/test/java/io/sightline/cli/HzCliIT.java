package io.sightline.cli;

import static io.sightline.fixture.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.jet.Job;
import com.hazelcast.jet.config.JobConfig;
import com.hazelcast.jet.core.JobStatus;
import io.sightline.fixture.KafkaBroker;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazelcast's own command line, {@code hz-cli}, against a real member: that it submits the built job jar, and what each of
 * its commands keeps and loses. Its process sees Hazelcast's jars only, as in Hazelcast's distribution.
 */
@Timeout(300)
final class HzCliIT {
    private static final Path BUILT = Path.of(System.getProperty("build.directory"));
    private static final String JOB_JAR = BUILT.resolve("sightline-job.jar").toString();

    @RegisterExtension
    static final KafkaBroker BROKER = new KafkaBroker();

    @TempDir
    private static Path directory;

    private static MemberUnderTest member;

    private String topic;
    private String file;
    private int sent;

    @BeforeAll
    static void startMember() throws IOException {
        member = new MemberUnderTest(directory);
    }

    @AfterAll
    static void stopMember() {
        member.close();
    }

    @BeforeEach
    void writePipelineFile() throws IOException {
        topic = BROKER.newTopic(2);
        file = MemberUnderTest.detections(directory, topic, BROKER.broker().bootstrapServers())
                .toString();
    }

    @AfterEach
    void endJobs() {
        member.endAllJobs();
    }

    @Test
    void submittingTheJobJarMakesTheSameJobAsSubmit() throws Exception {
        // When
        Ran submitted = hzCli("submit", JOB_JAR, file);
        assertThat(submitted.exitStatus()).as(submitted.err()).isZero();
        JobConfig config = job().getConfig();
        List<String> listed = hzCli("list-jobs").out().lines().toList();
        member.endAllJobs();
        Ran usual = member.sightline("submit", file);

        // Then
        assertThat(submitted.exitStatus()).as(submitted.err()).isZero();
        assertThat(submitted.err()).isEqualTo(usual.err());
        assertThat(config.getName()).isEqualTo("detections");
        assertThat(config).isEqualTo(job().getConfig());
        assertThat(listed).hasSize(2);
        assertThat(listed.get(1)).contains("RUNNING").endsWith(" detections");
    }

    @Test
    void aResumedJobGoesOnWhereItWasSuspended() throws Exception {
        // Given
        send(100);
        hzCli("submit", JOB_JAR, file);
        awaitOriginals(100);

        // When
        Ran suspended = hzCli("suspend", "detections");
        send(50);
        JobStatus meanwhile = job().getStatus();
        Ran resumed = hzCli("resume", "detections");

        // Then
        assertThat(suspended.out()).endsWith("Job suspended.\n");
        assertThat(meanwhile).isEqualTo(JobStatus.SUSPENDED);
        assertThat(resumed.out()).endsWith("Job resumed.\n");
        awaitOriginals(150);
        assertCounts(150, 0);
    }

    @Test
    void aRestartLosesAndRepeatsNothing() throws Exception {
        // Given
        send(100);
        hzCli("submit", JOB_JAR, file);
        awaitOriginals(100);

        // When
        Ran restarted = hzCli("restart", "detections");
        send(50);
        sendAgain(10);

        // Then
        assertThat(restarted.out()).endsWith("Job restarted.\n");
        awaitOriginals(150);
        awaitDuplicates(10);
        assertCounts(150, 10);
    }

    @Test
    void aCancelledJobLeavesItsRowsAndASubmissionBeginsAnew() throws Exception {
        // Given
        send(100);
        sendAgain(10);
        hzCli("submit", JOB_JAR, file);
        awaitDuplicates(10);

        // When
        Ran cancelled = hzCli("cancel", "detections");
        long rows = member.number("SELECT COUNT(*) FROM detections");
        List<String> active = hzCli("list-jobs").out().lines().toList();
        List<String> all = hzCli("list-jobs", "-a").out().lines().toList();
        Ran resumed = hzCli("resume", "detections");
        hzCli("submit", JOB_JAR, file);

        // Then
        assertThat(cancelled.out()).endsWith("Job cancelled.\n");
        assertThat(rows).isEqualTo(100);
        assertThat(active).as("nothing but the heading").hasSize(1);
        assertThat(all).anyMatch(line -> line.contains("FAILED") && line.endsWith(" detections"));
        assertThat(resumed.exitStatus()).isEqualTo(1);
        awaitDuplicates(10);
        assertCounts(100, 10);
    }

    @Test
    void whatCannotBeSubmittedIsOneClearLine() throws Exception {
        // Given
        Path alone = Files.createDirectory(directory.resolve("alone")).resolve("sightline-job.jar");
        Files.copy(Path.of(JOB_JAR), alone);

        // When / Then
        assertRefused(hzCli("submit", JOB_JAR), 2, "sightline: usage: hz-cli submit sightline-job.jar FILE");
        assertRefused(hzCli("submit", JOB_JAR, "none.yaml"), 2, "sightline: none.yaml: no such file");
        assertRefused(
                hzCli("submit", "-n", "other", JOB_JAR, file),
                1,
                "sightline: a job bears its pipeline's name, `detections`, and not `other`;"
                        + " submit it without a name, or change `pipeline:` in the file");
        assertRefused(
                hzCli("submit", alone.toString(), file),
                1,
                "sightline: io.sightline.cli.HzCliSubmission is missing; sightline.jar and the folder lib must lie"
                        + " beside sightline-job.jar, as in target");
    }

    private static void assertRefused(Ran ran, int exitStatus, String line) {
        assertThat(ran.errLines()).containsExactly(line);
        assertThat(ran.exitStatus()).isEqualTo(exitStatus);
    }

    private static Job job() {
        return member.client().getJet().getJob("detections");
    }

    private void send(int events) {
        for (int i = 0; i < events; i++) {
            send(sent++ + "");
        }
    }

    private void sendAgain(int events) {
        for (int i = 0; i < events; i++) {
            send(i + "");
        }
    }

    private void send(String id) {
        Instant now = Instant.now();
        BROKER.send(
                topic,
                Integer.parseInt(id) % 2,
                now.toEpochMilli(),
                "{\"event_id\": \"%s\", \"camera_id\": \"c\", \"item\": \"car\", \"event_time\": \"%s\"}"
                        .formatted(id, now));
    }

    private static void awaitOriginals(long originals) {
        eventually(originals + " originals", () -> status("originals") == originals);
    }

    private static void awaitDuplicates(long duplicates) {
        eventually(duplicates + " duplicates", () -> status("duplicates") == duplicates);
    }

    private static long status(String column) {
        List<List<Object>> rows =
                member.rows("SELECT " + column + " FROM pipeline_status WHERE pipeline = 'detections'");
        return rows.isEmpty() ? 0 : (Long) rows.get(0).get(0);
    }

    private static void assertCounts(long originals, long duplicates) {
        assertThat(member.rows("SELECT events, originals, duplicates FROM pipeline_status"))
                .containsExactly(List.of(originals + duplicates, originals, duplicates));
        assertThat(member.number("SELECT COUNT(*) FROM detections")).isEqualTo(originals);
        // Rows of a minute are written once a second.
        eventually(
                originals + " in the minutes",
                () -> member.number("SELECT SUM(detections) FROM detections_per_minute") == originals);
    }

    /** Runs hz-cli in a process of its own. */
    private static Ran hzCli(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                hazelcastJars(),
                "com.hazelcast.client.console.HazelcastCommandLine",
                "-t",
                member.target()));
        if (Runtime.version().feature() >= 24) {
            // Else it warns of Hazelcast's use of Unsafe.
            command.add(1, "@grid-config/jvm-24.options");
        }
        command.addAll(List.of(arguments));
        File out = Files.createTempFile(directory, "hz-cli", ".out").toFile();
        File err = Files.createTempFile(directory, "hz-cli", ".err").toFile();
        Process process = new ProcessBuilder(command)
                .redirectOutput(out)
                .redirectError(err)
                .start();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError("hz-cli " + String.join(" ", arguments) + " does not end");
            }
        } finally {
            process.destroyForcibly();
        }
        return new Ran(
                process.exitValue(),
                Files.readString(out.toPath(), StandardCharsets.UTF_8),
                Files.readString(err.toPath(), StandardCharsets.UTF_8));
    }

    private static String hazelcastJars() throws IOException {
        try (Stream<Path> jars = Files.list(BUILT.resolve("lib"))) {
            return jars.filter(jar -> jar.getFileName().toString().matches("(hazelcast|hazelcast-sql|picocli)-\\d.*"))
                    .map(Path::toString)
                    .sorted()
                    .reduce((some, more) -> some + File.pathSeparator + more)
                    .orElseThrow();
        }
    }
}
