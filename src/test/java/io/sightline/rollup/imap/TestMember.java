package io.sightline.rollup.imap;

import com.hazelcast.config.Config;
import com.hazelcast.config.SerializerConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.nio.serialization.genericrecord.GenericRecord;
import io.sightline.event.Event;
import io.sightline.event.imap.CompactRows;
import io.sightline.event.imap.EventSerializer;
import io.sightline.rollup.Sightings;
import io.sightline.spec.RollupSpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Members on loopback for tests of this package, and what their rollup map holds. */
final class TestMember {
    static final String MAP = "rollup_sightings";

    private TestMember() {}

    /** A member; those with the same cluster name find each other. */
    static HazelcastInstance start(String clusterName, int... otherPorts) {
        Config config = new Config().setClusterName(clusterName);
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.partition.count", "31");
        config.setProperty("hazelcast.shutdownhook.enabled", "false");
        config.getNetworkConfig().setPort(5801).setPortAutoIncrement(true).setPortCount(200);
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getTcpIpConfig().setEnabled(otherPorts.length > 0);
        for (int port : otherPorts) {
            config.getNetworkConfig().getJoin().getTcpIpConfig().addMember("127.0.0.1:" + port);
        }
        config.getJetConfig().setEnabled(true).setCooperativeThreadCount(2);
        config.getSerializationConfig()
                .addSerializerConfig(
                        new SerializerConfig().setTypeClass(Event.class).setImplementation(new EventSerializer()))
                .addSerializerConfig(new SerializerConfig()
                        .setTypeClass(RollupKey.class)
                        .setImplementation(new RollupKeySerializer()))
                .addSerializerConfig(new SerializerConfig()
                        .setTypeClass(RollupWrite.class)
                        .setImplementation(new RollupWriteSerializer()));
        config.addMapConfig(RollupMap.config(MAP, Duration.ZERO));
        return Hazelcast.newHazelcastInstance(config);
    }

    static IMap<RollupKey, GenericRecord> map(HazelcastInstance member) {
        return member.getMap(MAP);
    }

    /** The visible part of all rows, as the naive rollup writes them. */
    static Set<String> rows(HazelcastInstance member, RollupSpec rollup) {
        return versions(member, rollup).keySet();
    }

    /** The visible part of all rows, and by which execution each was written. */
    static Map<String, Long> versions(HazelcastInstance member, RollupSpec rollup) {
        CompactRows rows = RollupMap.rows(MAP, rollup, Sightings.PIPELINE);
        Map<String, Long> versions = new TreeMap<>();
        map(member).forEach((key, record) -> {
            Object[] row = rows.values(record);
            versions.put(Arrays.toString(Arrays.copyOf(row, row.length - 2)), (Long) row[row.length - 2]);
        });
        return versions;
    }
}
