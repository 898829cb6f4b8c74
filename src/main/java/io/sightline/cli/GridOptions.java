package io.sightline.cli;

import com.hazelcast.core.HazelcastInstance;
import io.sightline.grid.GridClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Option;

/** How to reach a running grid; shared by every command that does. */
final class GridOptions {
    static final String DEFAULT_CLUSTER = "sightline";

    private static final long LOOK_MILLIS = 200;

    @Option(
            names = "--address",
            paramLabel = "HOST:PORT",
            split = ",",
            defaultValue = "127.0.0.1:5701,127.0.0.1:5702,127.0.0.1:5703",
            description = "Members of the grid, any of which will do (default: ${DEFAULT-VALUE}).")
    private List<String> addresses = List.of();

    @Option(
            names = "--cluster-name",
            paramLabel = "NAME",
            defaultValue = DEFAULT_CLUSTER,
            description = "The grid's name (default: ${DEFAULT-VALUE}).")
    private String clusterName = DEFAULT_CLUSTER;

    @Option(
            names = "--connect-timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "Waits so long for a member to answer (default: ${DEFAULT-VALUE}).")
    private int connectTimeoutSeconds = 10;

    /** A client of the grid. Shut it down after use. */
    HazelcastInstance connect() {
        return connect(GridClient::connect);
    }

    /** A client of the grid that comes back when the grid was away. Shut it down after use. */
    HazelcastInstance connectForGood() {
        return connect(GridClient::connectForGood);
    }

    /** Waits until the grid has so many members, as long as {@link #connect} waits for the first one. */
    void awaitMembers(HazelcastInstance client, int members) throws InterruptedException {
        long deadline =
                System.nanoTime() + Duration.ofSeconds(connectTimeoutSeconds).toNanos();
        while (client.getCluster().getMembers().size() < members) {
            if (System.nanoTime() - deadline > 0) {
                throw new Failure(
                        Sightline.FAILED,
                        "the grid `" + clusterName + "` has "
                                + client.getCluster().getMembers().size() + " of " + members + " members after "
                                + connectTimeoutSeconds
                                + " s; start the others, or name another number with --members");
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    private interface Connect {
        HazelcastInstance apply(String clusterName, List<String> addresses, Duration timeout);
    }

    private HazelcastInstance connect(Connect connect) {
        try {
            return connect.apply(clusterName, addresses, Duration.ofSeconds(connectTimeoutSeconds));
        } catch (IllegalStateException e) {
            throw new Failure(
                    Sightline.FAILED,
                    "no member of the grid `" + clusterName + "` answers at " + String.join(", ", addresses)
                            + " within " + connectTimeoutSeconds
                            + " s; start one with `sightline member`, or name another with --address and --cluster-name",
                    e);
        }
    }
}
