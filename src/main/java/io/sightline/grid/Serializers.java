package io.sightline.grid;

import com.hazelcast.config.SerializationConfig;
import com.hazelcast.config.SerializerConfig;
import com.hazelcast.nio.serialization.Serializer;
import io.sightline.dedupe.imap.DedupeSerializers;
import io.sightline.enrich.ReferenceTable;
import io.sightline.enrich.imap.ReferenceTableSerializer;
import io.sightline.event.Event;
import io.sightline.event.imap.EventSerializer;
import io.sightline.event.imap.HotKey;
import io.sightline.event.imap.PipelineKey;
import io.sightline.observe.Counts;
import io.sightline.observe.Latencies;
import io.sightline.observe.Progress;
import io.sightline.observe.jet.ObservationSerializers;
import io.sightline.rollup.Partial;
import io.sightline.rollup.imap.PartialSerializer;
import io.sightline.rollup.imap.RollupKey;
import io.sightline.rollup.imap.RollupKeySerializer;
import io.sightline.rollup.imap.RollupWrite;
import io.sightline.rollup.imap.RollupWriteSerializer;

/** Every type of ours that travels between members or is stored in the grid; members and clients need them all. */
final class Serializers {
    private Serializers() {}

    static void addTo(SerializationConfig config) {
        add(config, Event.class, new EventSerializer());
        add(config, HotKey.class, new HotKey.Serializer());
        add(config, PipelineKey.class, new PipelineKey.Serializer());
        add(config, Counts.class, new ObservationSerializers.OfCounts());
        add(config, Progress.class, new ObservationSerializers.OfProgress());
        add(config, Latencies.class, new ObservationSerializers.OfLatencies());
        add(config, ReferenceTable.class, new ReferenceTableSerializer());
        add(config, RollupKey.class, new RollupKeySerializer());
        add(config, RollupWrite.class, new RollupWriteSerializer());
        add(config, Partial.class, new PartialSerializer());
        DedupeSerializers.all().forEach(config::addSerializerConfig);
    }

    private static void add(SerializationConfig config, Class<?> type, Serializer serializer) {
        config.addSerializerConfig(new SerializerConfig().setTypeClass(type).setImplementation(serializer));
    }
}
