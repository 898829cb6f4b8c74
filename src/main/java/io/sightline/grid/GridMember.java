package io.sightline.grid;

import com.hazelcast.config.Config;
import com.hazelcast.config.ExecutorConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.YamlConfigBuilder;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.sql.SqlResult;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Starts one member of the grid. */
public final class GridMember {
    private static final String DEFAULTS = "/grid-config/member.yaml";

    /** A member's attribute: its heap. */
    private static final String HEAP_BYTES = "sightline.heap-bytes";

    /** They read files and unpack them: one at a time, so that what comes in goes first. */
    private static final ExecutorConfig HISTORY_QUESTIONS =
            new ExecutorConfig(GridNames.HISTORY_QUESTIONS).setPoolSize(1).setQueueCapacity(32);

    private GridMember() {}

    /**
     * What a member is told on the command line.
     *
     * @param clusterName null leaves it to the file
     * @param host the address to listen on; null leaves it to the file
     * @param port the port to listen on; null leaves it to the file
     * @param join addresses {@code host:port} of other members; empty leaves it to the file
     * @param serviceDns a DNS name that leads to all members, which then have one port, and to this one's {@code host};
     *     null for none
     * @param configFile a Hazelcast YAML file instead of {@code grid-config/member.yaml}; null for that
     */
    public record Options(
            @Nullable String clusterName,
            @Nullable String host,
            @Nullable Integer port,
            List<String> join,
            @Nullable String serviceDns,
            @Nullable Path configFile) {}

    /**
     * Starts a member that takes part in a cluster.
     *
     * @throws IllegalStateException if the DNS name does not lead to this member
     */
    public static HazelcastInstance start(Options options) {
        Config config = load(options.configFile());
        if (options.clusterName() != null) {
            config.setClusterName(options.clusterName());
        }
        if (options.port() != null) {
            config.getNetworkConfig().setPort(options.port());
        }
        if (options.host() != null) {
            config.getNetworkConfig().getInterfaces().clear().addInterface(options.host());
        }
        if (!options.join().isEmpty()) {
            config.getNetworkConfig().getJoin().getTcpIpConfig().setMembers(options.join());
        }
        if (options.serviceDns() != null) {
            ServiceDns members = new ServiceDns(options.serviceDns());
            members.joinBy(config.getNetworkConfig());
            members.awaitLeadsTo(
                    Objects.requireNonNull(options.host(), "a member that others find by a name has a host"));
        }
        SharedMaps.addBounded(config);
        return start(config);
    }

    /**
     * Starts a member that is alone, and whose maps keep all that comes: no other can find it, and it takes the first free
     * port from 5801 on.
     */
    public static HazelcastInstance startAlone() {
        return startAlone(SharedMaps::addUnbounded);
    }

    /** The same with maps that keep no more than those of a member that takes part in a cluster. */
    public static HazelcastInstance startAloneBounded() {
        return startAlone(SharedMaps::addBounded);
    }

    private static HazelcastInstance startAlone(Consumer<Config> maps) {
        Config config = load(null);
        config.setClusterName("sightline-alone-" + UUID.randomUUID());
        config.getNetworkConfig().setPort(5801).setPortAutoIncrement(true);
        JoinConfig join = config.getNetworkConfig().getJoin();
        join.getTcpIpConfig().setEnabled(false);
        maps.accept(config);
        return start(config);
    }

    /** The smallest heap of the grid's members, in bytes: what is sized by it fits every member. */
    public static long smallestHeapBytes(HazelcastInstance hazelcast) {
        return hazelcast.getCluster().getMembers().stream()
                .map(member -> member.getAttribute(HEAP_BYTES))
                .mapToLong(heap -> heap == null ? Runtime.getRuntime().maxMemory() : Long.parseLong(heap))
                .min()
                .orElseThrow(() -> new IllegalStateException("a grid has at least one member"));
    }

    /** Plans a statement, runs it and reads its rows; the first one takes a new JVM seconds. */
    public static void answer(HazelcastInstance member, String statement) {
        try (SqlResult rows = member.getSql().execute(statement)) {
            rows.forEach(row -> {});
        }
    }

    private static HazelcastInstance start(Config config) {
        config.getMemberAttributeConfig()
                .setAttribute(HEAP_BYTES, Long.toString(Runtime.getRuntime().maxMemory()));
        config.addExecutorConfig(HISTORY_QUESTIONS);
        Serializers.addTo(config.getSerializationConfig());
        return Hazelcast.newHazelcastInstance(config);
    }

    private static Config load(@Nullable Path file) {
        try (InputStream in = file == null
                ? Objects.requireNonNull(GridMember.class.getResourceAsStream(DEFAULTS), DEFAULTS)
                : new FileInputStream(file.toFile())) {
            return new YamlConfigBuilder(in).build();
        } catch (FileNotFoundException e) {
            throw new IllegalArgumentException("no such member configuration: " + file, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
