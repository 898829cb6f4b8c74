package io.sightline.cli;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import io.sightline.grid.GridMember;
import io.sightline.grid.MemberDoor;
import io.sightline.pipeline.Failover;
import io.sightline.pipeline.Relations;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** How a member starts; shared by every command that starts one. */
final class MemberOptions {
    private static final Logger LOG = LoggerFactory.getLogger(MemberOptions.class);

    private static final String LOOPBACK = "127.0.0.1";

    /** So members on one machine, which have different ports, have different ones here, too. */
    private static final int METRICS_ABOVE_MEMBER = 4_000;

    private static final int HIGHEST_PORT = 65_535;

    /** Planned and run as those of dashboards are. */
    private static final String STATEMENT_ALONE =
            "SELECT pipeline, SUM(duplicates) FROM duplicate_gaps GROUP BY pipeline";

    private static final int STATEMENTS_ALONE = 3;

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

    @Option(
            names = "--service-dns",
            paramLabel = "NAME",
            description =
                    "Instead of --join: a DNS name that leads to all members, as of a headless service of Kubernetes;"
                            + " they have one port.")
    private @Nullable String serviceDns;

    @Option(names = "--cluster-name", paramLabel = "NAME", description = "The grid's name (default: sightline).")
    private @Nullable String clusterName;

    @Option(
            names = "--grid-config",
            paramLabel = "FILE",
            description = "A Hazelcast YAML file instead of grid-config/member.yaml.")
    private @Nullable Path configFile;

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            description = "The port for metrics and health, at the same address (default: that of the member and "
                    + METRICS_ABOVE_MEMBER + "; 0: any that is free).")
    private @Nullable Integer metricsPort;

    /** The port for metrics and health of a member at this port; 0, any that is free, where there is none so high. */
    static int metricsPortOf(int port) {
        return port + METRICS_ABOVE_MEMBER > HIGHEST_PORT ? 0 : port + METRICS_ABOVE_MEMBER;
    }

    /** Opens the door for metrics and health, which says that the member has not joined yet; closed after use. */
    MemberDoor openDoor(PrintWriter err) {
        int wanted = metricsPort == null ? metricsPortOf(port) : metricsPort;
        String address = host == null ? LOOPBACK : host;
        try {
            MemberDoor door = MemberDoor.open(new InetSocketAddress(address, wanted), Clock.systemUTC());
            err.println("sightline: metrics and health at http://" + address + ":" + door.port() + "/metrics");
            return door;
        } catch (BindException e) {
            throw new Failure(
                    Sightline.FAILED,
                    String.valueOf(e.getMessage()).contains("in use")
                            ? "port " + wanted + " is taken; name another with --metrics-port"
                            : "cannot listen on " + address + " (" + e.getMessage() + "); name another with --host",
                    e);
        } catch (IOException | IllegalArgumentException e) {
            throw new Failure(
                    Sightline.FAILED, "metrics and health cannot be served at " + address + ":" + wanted + ": " + e, e);
        }
    }

    /** Starts a member, with everything in SQL that the grid knows of. */
    HazelcastInstance start() {
        if (serviceDns != null && !join.isEmpty()) {
            throw new Failure(Sightline.BAD_USAGE, "--join and --service-dns both say where the members are; name one");
        }
        if (serviceDns != null && host == null) {
            throw new Failure(
                    Sightline.BAD_USAGE,
                    "--service-dns needs --host: the address of this member that the name leads to");
        }
        if (serviceDns != null) {
            answerAlone();
        }
        try {
            HazelcastInstance member =
                    GridMember.start(new GridMember.Options(clusterName, host, port, join, serviceDns, configFile));
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

    /**
     * Answers statements as a member that is alone, and ends it. A client may send a statement to any member of the cluster as
     * soon as that has joined; a JVM that has not planned one before takes seconds for it, and somebody waits. Without it they
     * wait, and no more.
     */
    private static void answerAlone() {
        HazelcastInstance alone = null;
        try {
            alone = GridMember.startAlone();
            Relations.publish(alone);
            for (int i = 0; i < STATEMENTS_ALONE; i++) {
                GridMember.answer(alone, STATEMENT_ALONE);
            }
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("why", e.toString())
                    .log("no statement was answered before the member joins; its first one will take seconds");
        } finally {
            if (alone != null) {
                alone.shutdown();
            }
        }
    }
}
