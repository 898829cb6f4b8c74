package io.sightline.cli;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import io.sightline.grid.GridMember;
import io.sightline.pipeline.Failover;
import io.sightline.pipeline.Relations;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a member starts; shared by every command that starts one. */
final class MemberOptions {
    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "5701",
            description = "The port of this member (default: ${DEFAULT-VALUE}).")
    private int port = 5701;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description =
                    "The address to listen on (default: 127.0.0.1; the grid has no login of its own, so think twice).")
    private @Nullable String host;

    @Option(
            names = "--join",
            paramLabel = "HOST:PORT",
            split = ",",
            description = "Other members (default: 127.0.0.1 at 5701, 5702 and 5703).")
    private List<String> join = List.of();

    @Option(names = "--cluster-name", paramLabel = "NAME", description = "The grid's name (default: sightline).")
    private @Nullable String clusterName;

    @Option(
            names = "--grid-config",
            paramLabel = "FILE",
            description = "A Hazelcast YAML file instead of grid-config/member.yaml.")
    private @Nullable Path configFile;

    /** Starts a member, with everything in SQL that the grid knows of. */
    HazelcastInstance start() {
        try {
            HazelcastInstance member =
                    GridMember.start(new GridMember.Options(clusterName, host, port, join, configFile));
            Relations.publish(member);
            Failover.watch(member);
            return member;
        } catch (HazelcastException e) {
            if (String.valueOf(e.getMessage()).contains("Port")) {
                throw new Failure(Sightline.FAILED, "port " + port + " is taken; name another with --port", e);
            }
            throw e;
        }
    }
}
