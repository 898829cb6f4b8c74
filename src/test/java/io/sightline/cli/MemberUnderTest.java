package io.sightline.cli;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.sql.HazelcastSqlException;
import io.sightline.demo.MemberProcess;
import io.sightline.demo.Ports;
import io.sightline.fixture.Eventually;
import io.sightline.fixture.SqlRows;
import io.sightline.grid.GridClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One member as a real process, in a cluster of its own whatever its name, and a client of it. */
final class MemberUnderTest implements AutoCloseable {
    private final MemberProcess process;
    private final HazelcastInstance client;
    private final String cluster;
    private final String address;

    MemberUnderTest(Path directory) throws IOException {
        this(directory, List.of());
    }

    /** The same with further options of its JVM. */
    MemberUnderTest(Path directory, List<String> jvmOptions) throws IOException {
        this(directory, Ports.free(), jvmOptions);
    }

    private MemberUnderTest(Path directory, int port, List<String> jvmOptions) {
        this(directory, port, "sightline-test-" + port, jvmOptions);
    }

    MemberUnderTest(Path directory, String cluster) throws IOException {
        this(directory, Ports.free(), cluster, List.of());
    }

    private MemberUnderTest(Path directory, int port, String cluster, List<String> jvmOptions) {
        this.cluster = cluster;
        address = "127.0.0.1:" + port;
        process = MemberProcess.start(
                "1g",
                Stream.concat(Stream.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"), jvmOptions.stream())
                        .toList(),
                Map.of(),
                directory.resolve("member.log"),
                List.of(
                        "member",
                        "--port",
                        String.valueOf(port),
                        "--metrics-port",
                        "0",
                        "--cluster-name",
                        cluster,
                        "--join",
                        address));
        client = GridClient.connect(cluster, List.of(address), Duration.ofMinutes(2));
        Eventually.eventually("the member has published its views", this::viewsAreThere);
    }

    private boolean viewsAreThere() {
        try {
            number("SELECT COUNT(*) FROM rollup_status");
            return true;
        } catch (HazelcastSqlException e) {
            return false;
        }
    }

    HazelcastInstance client() {
        return client;
    }

    String cluster() {
        return cluster;
    }

    /** {@code CLUSTER@HOST:PORT}. */
    String target() {
        return cluster + "@" + address;
    }

    /** Runs a command against this member, in this process. */
    Ran sightline(String... arguments) {
        return Ran.sightline(
                Stream.concat(Stream.of(arguments), address().stream()).toArray(String[]::new));
    }

    /** The options that lead to it. */
    List<String> address() {
        return List.of("--address", address, "--cluster-name", cluster);
    }

    /** The only value of the only row. */
    long number(String sql) {
        return ((Number) rows(sql).get(0).get(0)).longValue();
    }

    List<List<@Nullable Object>> rows(String sql) {
        return SqlRows.rows(client, sql);
    }

    /** The pipeline of the project, as a file that reads this topic of this broker. */
    static Path detections(Path directory, String topic, String bootstrapServers) throws IOException {
        String yaml = Files.readString(Path.of("pipelines", "detections.yaml"))
                .replace("  topic: detections", "  topic: " + topic)
                .replaceFirst("bootstrap-servers: .*", "bootstrap-servers: " + bootstrapServers)
                .replaceFirst("table: .*", "table: " + directory.resolve(topic).resolve("history"));
        return Files.writeString(directory.resolve(topic + ".yaml"), yaml);
    }

    /** Ends all jobs of the grid. */
    void endAllJobs() {
        client.getJet().getJobs().stream()
                .filter(job -> !job.getStatus().isTerminal())
                .forEach(job -> {
                    job.cancel();
                    Eventually.eventually(
                            "the job has ended", () -> job.getStatus().isTerminal());
                });
    }

    @Override
    public void close() {
        client.shutdown();
        process.kill();
        process.close();
    }
}
