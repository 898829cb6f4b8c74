package io.sightline.source;

import io.sightline.spec.Setting;
import io.sightline.spec.SourceSpec;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka consumer for a source spec, made where it is used: addresses and secrets are resolved here, on the member.
 *
 * <p>Patient about a broker that is away: Jet's processor looks for new partitions every few seconds, and if that times
 * out it logs a stack trace and tries again at once. Here such a look finds no news instead. Patient, too, about a broker
 * that no longer lets it in, because keys are rotated and roles given while a job runs; when the job starts nobody is.
 */
class SourceConsumer extends KafkaConsumer<byte[], byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(SourceConsumer.class);

    /** Jet's processor would not wait, and ask all the time instead; a barrier waits for it no longer than this. */
    private static final Duration WAITS_AT_LEAST = Duration.ofMillis(20);

    private final String bootstrapServers;
    private final Function<Integer, @Nullable Long> start;
    private final @Nullable String needs;
    private boolean away;

    /** @param start where a topic partition begins once it is assigned; null as {@code auto.offset.reset} says */
    SourceConsumer(String bootstrapServers, Map<String, Object> properties, Function<Integer, @Nullable Long> start) {
        super(properties);
        this.bootstrapServers = bootstrapServers;
        this.start = start;
        this.needs = properties.get(HubCredentials.PROPERTY) instanceof HubCredentials of ? of.needs() : null;
    }

    /** For who asks and does not read. */
    static SourceConsumer create(SourceSpec spec, Function<? super Setting, String> resolve) {
        return create(spec, resolve, Map.of());
    }

    /**
     * @param resolve what a setting stands for on this member
     * @param start where topic partitions begin
     * @throws SourceException if address or credentials cannot be used; the broker is not asked
     */
    static SourceConsumer create(SourceSpec spec, Function<? super Setting, String> resolve, Map<Integer, Long> start) {
        String bootstrapServers = resolve.apply(spec.bootstrapServers());
        try {
            return new SourceConsumer(bootstrapServers, properties(spec, resolve), start::get);
        } catch (KafkaException e) {
            throw SourceException.badAddress(bootstrapServers, e);
        }
    }

    /** @throws SourceException if the credentials cannot be used */
    static Map<String, Object> properties(SourceSpec spec, Function<? super Setting, String> resolve) {
        String bootstrapServers = resolve.apply(spec.bootstrapServers());
        return switch (spec.profile()) {
            case KAFKA -> KafkaProperties.ofKafka(bootstrapServers);
            case EVENT_HUBS -> KafkaProperties.ofEventHubs(bootstrapServers, HubCredentials.of(spec, resolve));
        };
    }

    /** The address as resolved. */
    String bootstrapServers() {
        return bootstrapServers;
    }

    /** What has to be right for its credentials to be let in, as the end of a sentence; null where there are none. */
    @Nullable
    String needs() {
        return needs;
    }

    /**
     * The topic's partitions; empty if the topic does not exist.
     *
     * @throws TimeoutException if the broker does not answer in time
     */
    List<PartitionInfo> existingPartitions(String topic, Duration timeout) {
        List<PartitionInfo> partitions = super.partitionsFor(topic, timeout);
        return partitions == null ? List.of() : partitions;
    }

    /** Those that were not there begin where they are to; who knows better seeks afterwards. */
    @Override
    public void assign(Collection<TopicPartition> partitions) {
        Set<TopicPartition> before = Set.copyOf(assignment());
        super.assign(partitions);
        for (TopicPartition partition : partitions) {
            Long first = start.apply(partition.partition());
            if (first != null && !before.contains(partition)) {
                seek(partition, first);
            }
        }
    }

    /** Null, as of a topic that does not exist, if the broker does not answer in time or refuses. */
    @Override
    public @Nullable List<PartitionInfo> partitionsFor(String topic, Duration timeout) {
        try {
            List<PartitionInfo> partitions = super.partitionsFor(topic, timeout);
            if (away) {
                away = false;
                LOG.atInfo().addKeyValue("address", bootstrapServers).log("broker answers again");
            }
            return partitions;
        } catch (TimeoutException e) {
            if (!away) {
                away = true;
                LOG.atWarn().addKeyValue("address", bootstrapServers).log("broker does not answer, still trying");
            }
            return null;
        } catch (AuthenticationException | AuthorizationException e) {
            refused(e);
            return null;
        }
    }

    /** Waits for records, a little even if it need not. Nothing, after that time, while the broker refuses. */
    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        Duration waits = timeout.compareTo(WAITS_AT_LEAST) < 0 ? WAITS_AT_LEAST : timeout;
        try {
            return super.poll(waits);
        } catch (AuthenticationException | AuthorizationException e) {
            refused(e);
            LockSupport.parkNanos(waits.toNanos());
            return ConsumerRecords.empty();
        }
    }

    /**
     * The same, impatient.
     *
     * @throws KafkaException if the broker refuses
     */
    ConsumerRecords<byte[], byte[]> pollOrRefuse(Duration timeout) {
        return super.poll(timeout);
    }

    private void refused(KafkaException e) {
        if (!away) {
            away = true;
            LOG.atWarn()
                    .addKeyValue("address", bootstrapServers)
                    .addKeyValue("why", SourceException.rootMessage(e))
                    .log("broker refuses, still trying");
        }
    }
}
