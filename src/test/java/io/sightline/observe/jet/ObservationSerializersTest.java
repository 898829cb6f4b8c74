package io.sightline.observe.jet;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.SerializationConfig;
import com.hazelcast.config.SerializerConfig;
import com.hazelcast.internal.serialization.Data;
import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import com.hazelcast.nio.serialization.Serializer;
import io.sightline.event.imap.TypeIds;
import io.sightline.observe.Counter;
import io.sightline.observe.Counts;
import io.sightline.observe.Latencies;
import io.sightline.observe.Progress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ObservationSerializersTest {
    private final InternalSerializationService serialization = serialization();

    @Test
    void countsArriveAsTheyWere() {
        // Given
        Counts counts = new Counts();
        counts.add(Counter.RECORDS, Long.MAX_VALUE);
        counts.add(Counter.DEAD_LETTERS, "not_json", 3);
        counts.add(Counter.DEAD_LETTERS, "\u00e4 \ud83d\ude00", -1);

        // When
        Counts copy = throughBytes(counts, TypeIds.COUNTS);

        // Then
        assertThat(copy.asMap()).isEqualTo(counts.asMap());
    }

    @Test
    void noCountsArriveAsNone() {
        assertThat(throughBytes(new Counts(), TypeIds.COUNTS).isEmpty()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void everyCounterArrives(Counter counter) {
        // Given
        Counts counts = new Counts();
        counts.add(counter, 7);

        // When
        Counts copy = throughBytes(counts, TypeIds.COUNTS);

        // Then
        assertThat(copy.total(counter)).isEqualTo(7);
    }

    @Test
    void progressArrivesAsItWas() {
        // Given
        Progress progress = new Progress(31, Long.MAX_VALUE, Long.MIN_VALUE);

        // When / Then
        assertThat(throughBytes(progress, TypeIds.PROGRESS)).isEqualTo(progress);
    }

    @Test
    void latenciesArriveAsTheyWere() {
        // Given
        Latencies latencies = new Latencies();
        new Random(1).longs(1_000, 0, 1_000_000).forEach(latencies::record);

        // When
        Latencies copy = throughBytes(latencies, TypeIds.LATENCIES);

        // Then
        assertThat(copy.counts()).isEqualTo(latencies.counts());
    }

    private <T> T throughBytes(T value, int typeId) {
        Data bytes = serialization.toData(value);
        assertThat(bytes.getType()).as("its own serializer wrote it").isEqualTo(typeId);
        return serialization.toObject(bytes);
    }

    private static InternalSerializationService serialization() {
        SerializationConfig config = new SerializationConfig();
        add(config, Counts.class, new ObservationSerializers.OfCounts());
        add(config, Progress.class, new ObservationSerializers.OfProgress());
        add(config, Latencies.class, new ObservationSerializers.OfLatencies());
        return new DefaultSerializationServiceBuilder().setConfig(config).build();
    }

    private static void add(SerializationConfig config, Class<?> type, Serializer serializer) {
        config.addSerializerConfig(new SerializerConfig().setTypeClass(type).setImplementation(serializer));
    }
}
