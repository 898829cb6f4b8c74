package io.sightline.pipeline;

import com.hazelcast.core.HazelcastInstance;
import io.sightline.demo.MemberProcess;
import io.sightline.demo.Ports;
import io.sightline.demo.SupervisedMember;
import io.sightline.fixture.SqlRows;
import io.sightline.grid.GridClient;
import io.sightline.grid.GridMember;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Members as real processes, two unless told otherwise, and a client of theirs; or one in this process, its own client. */
final class GridUnderTest implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(2);

    private final List<MemberProcess> members = new ArrayList<>();
    /** Of the members, in the same order. */
    private final List<Integer> ports = new ArrayList<>();

    private final HazelcastInstance client;

    GridUnderTest(Path directory) throws IOException, InterruptedException {
        this(directory, "1g", 2, Map.of());
    }

    /** The same, with this added to the members' environment. */
    GridUnderTest(Path directory, Map<String, String> environment) throws IOException, InterruptedException {
        this(directory, "1g", 2, environment);
    }

    GridUnderTest(Path directory, String heap, int count, Map<String, String> environment)
            throws IOException, InterruptedException {
        this(directory, heap, count, environment, List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    }

    private GridUnderTest(
            Path directory, String heap, int count, Map<String, String> environment, List<String> jvmOptions)
            throws IOException, InterruptedException {
        while (ports.size() < count) {
            ports.add(Ports.free());
        }
        int first = ports.get(0);
        String cluster = "sightline-test-" + first;
        String join = ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
        for (int port : ports) {
            members.add(MemberProcess.start(
                    heap,
                    jvmOptions,
                    environment,
                    directory.resolve("member-" + port + ".log"),
                    List.of(
                            "member",
                            "--port",
                            String.valueOf(port),
                            "--metrics-port",
                            "0",
                            "--cluster-name",
                            cluster,
                            "--join",
                            join)));
        }
        client = GridClient.connect(cluster, List.of("127.0.0.1:" + first), START);
        long deadline = System.nanoTime() + START.toNanos();
        while (client.getCluster().getMembers().size() < members.size() || !relationsAreThere()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the members did not find each other; logs are in " + directory);
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private GridUnderTest(HazelcastInstance client) {
        this.client = client;
    }

    /** One member, as it runs where it has to serve at full rate. */
    static GridUnderTest serving(Path directory) throws IOException, InterruptedException {
        return new GridUnderTest(directory, "2g", 1, Map.of(), SupervisedMember.SHORT_PAUSES);
    }

    /** One member in this process, where a test can reach into what it uses. */
    static GridUnderTest inThisProcess() {
        HazelcastInstance member = GridMember.startAlone();
        Relations.publish(member);
        return new GridUnderTest(member);
    }

    /** Members that somebody else started, and ends. */
    static GridUnderTest of(HazelcastInstance client) {
        return new GridUnderTest(client);
    }

    private boolean relationsAreThere() {
        try {
            longs("SELECT COUNT(*) FROM rollup_status");
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    HazelcastInstance client() {
        return client;
    }

    /** SIGKILL for the member that joined last, so that the client's own connection stays. */
    void killOne() {
        members.get(members.size() - 1).kill();
    }

    /** SIGKILL for the one that coordinates the jobs. */
    void killOldest() {
        int port =
                client.getCluster().getMembers().iterator().next().getAddress().getPort();
        members.get(ports.indexOf(port)).kill();
    }

    boolean isDead() {
        return members.stream().noneMatch(MemberProcess::isAlive);
    }

    /** The columns of the only row, all whole numbers; SQL sums BIGINT into DECIMAL. */
    List<Long> longs(String sql) {
        return rows(sql).stream()
                .flatMap(List::stream)
                .map(value -> ((Number) value).longValue())
                .toList();
    }

    /** All rows, as they come. */
    List<List<@Nullable Object>> rows(String sql) {
        return SqlRows.rows(client, sql);
    }

    @Override
    public void close() {
        client.shutdown();
        members.forEach(MemberProcess::kill);
        members.forEach(MemberProcess::close);
    }
}
