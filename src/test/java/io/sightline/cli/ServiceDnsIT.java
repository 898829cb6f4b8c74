package io.sightline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstance;
import io.sightline.demo.MemberProcess;
import io.sightline.demo.Ports;
import io.sightline.fixture.Eventually;
import io.sightline.grid.GridClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Members that find each other by one name, as in Kubernetes, where each has an address of its own. Here the addresses are
 * those of the loopback range, which on macOS have to be added first: {@code sudo ifconfig lo0 alias 127.0.0.2}.
 */
@Timeout(180)
class ServiceDnsIT {
    private static final String NAME = "members.sightline.test";

    @TempDir
    private Path directory;

    @Test
    void membersFindEachOtherByANameThatAlsoLeadsToOneThatIsAway() throws Exception {
        // Given
        int port = Ports.free();
        Path hosts = Files.writeString(
                directory.resolve("hosts"), "127.0.0.1 " + NAME + "\n127.0.0.2 " + NAME + "\n127.0.0.3 " + NAME + "\n");

        // When
        try (MemberProcess one = member("127.0.0.1", port, hosts);
                MemberProcess two = member("127.0.0.2", port, hosts)) {
            // Then
            HazelcastInstance client =
                    GridClient.connect(cluster(port), List.of("127.0.0.1:" + port), Duration.ofMinutes(2));
            try {
                Eventually.eventually(
                        "both are in one grid",
                        () -> client.getCluster().getMembers().size() == 2);
            } finally {
                client.shutdown();
            }
            assertThat(one.isAlive() && two.isAlive()).isTrue();
        }
    }

    @Test
    void aNameAndAListOfMembersTogetherAreRefused() {
        // When
        Ran ran = Ran.sightline(
                "member", "--join", "127.0.0.1:5701", "--service-dns", NAME, "--port", "0", "--metrics-port", "0");

        // Then
        assertThat(ran.exitStatus()).isEqualTo(Sightline.BAD_USAGE);
        assertThat(ran.err()).contains("--join and --service-dns");
    }

    private MemberProcess member(String address, int port, Path hosts) throws IOException {
        return MemberProcess.start(
                "512m",
                List.of(
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Djdk.net.hosts.file=" + hosts,
                        // Else Hazelcast takes those addresses alone that an interface was given; of the loopback
                        // range, the first.
                        "-Dhazelcast.local.localAddress=" + address),
                Map.of(),
                directory.resolve(address + ".log"),
                List.of(
                        "member",
                        "--host",
                        address,
                        "--port",
                        String.valueOf(port),
                        "--metrics-port",
                        "0",
                        "--cluster-name",
                        cluster(port),
                        "--service-dns",
                        NAME));
    }

    private static String cluster(int port) {
        return "sightline-test-" + port;
    }
}
