package io.sightline.source;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The properties of a Kafka consumer: what the source needs, tuned for throughput, and what the broker's profile asks
 * for; and of a producer beside it. Pure: the same arguments give the same properties. No secret is in them, only where it is
 * got from.
 */
final class KafkaProperties {
    /** Lets the operating system size the socket buffer; Kafka's own 64 kB made the same job three times slower. */
    private static final int OPERATING_SYSTEM_DECIDES = -1;

    private static final int FETCH_BYTES_OF_A_TOPIC_PARTITION = 4 << 20;
    /** Of all partitions of one processor together; what bounds the memory of a fetch. */
    private static final int FETCH_BYTES = 32 << 20;

    private static final int RECORDS_OF_A_POLL = 5_000;
    private static final int FIRST_RECONNECT_MILLIS = 100;
    /** Each try is a line in the log, so an absent broker is tried rarely. */
    private static final int LATER_RECONNECT_MILLIS = 5_000;

    /** How soon a topic partition added to a running job can be noticed; Jet itself looks every 5 s, at what is cached. */
    private static final int METADATA_MILLIS = 5_000;

    /** Azure cuts a TCP connection that is idle for four minutes, without telling either end. */
    private static final int BELOW_IDLE_CUT_MILLIS = 180_000;

    /** Event Hubs may answer late when it throttles, and asks for more than 20 s. */
    private static final int EVENT_HUBS_REQUEST_MILLIS = 60_000;

    /** What was in the topic may go there again; the broker has its own opinion on what is too large. */
    private static final int LARGEST_REQUEST_BYTES = 64 << 20;

    /** What Event Hubs takes at once, and a little less; more of it, and it cuts the connection. */
    private static final int LARGEST_EVENT_HUBS_REQUEST_BYTES = 1_000_000;

    /** As long as Event Hubs may take to answer. */
    private static final int PRODUCER_GIVES_UP_MILLIS = EVENT_HUBS_REQUEST_MILLIS;

    private static final List<String> SHARED = List.of(
            CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
            CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
            SaslConfigs.SASL_MECHANISM,
            SaslConfigs.SASL_JAAS_CONFIG,
            SaslConfigs.SASL_CLIENT_CALLBACK_HANDLER_CLASS,
            SaslConfigs.SASL_LOGIN_CALLBACK_HANDLER_CLASS,
            HubCredentials.PROPERTY,
            CommonClientConfigs.METADATA_MAX_AGE_CONFIG,
            CommonClientConfigs.CONNECTIONS_MAX_IDLE_MS_CONFIG,
            CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG,
            CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG);

    private KafkaProperties() {}

    /** Of a consumer of a Kafka broker. */
    static Map<String, Object> ofKafka(String bootstrapServers) {
        Map<String, Object> properties = common(bootstrapServers);
        // What a producer took back was never sent; Event Hubs has no transactions.
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, METADATA_MILLIS);
        return properties;
    }

    /**
     * Of a consumer of the Kafka endpoint of Event Hubs.
     *
     * @param credentials what it proves itself with at each connection
     */
    static Map<String, Object> ofEventHubs(String bootstrapServers, HubCredentials credentials) {
        Map<String, Object> properties = common(bootstrapServers);
        properties.put("security.protocol", credentials.needsTls() ? "SASL_SSL" : "SASL_PLAINTEXT");
        properties.put(SaslConfigs.SASL_MECHANISM, credentials.mechanism());
        properties.put(SaslConfigs.SASL_JAAS_CONFIG, new Password(credentials.jaasConfig()));
        properties.put(SaslConfigs.SASL_CLIENT_CALLBACK_HANDLER_CLASS, HubLogin.class);
        properties.put(SaslConfigs.SASL_LOGIN_CALLBACK_HANDLER_CLASS, HubLogin.Nothing.class);
        properties.put(HubCredentials.PROPERTY, credentials);
        properties.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, BELOW_IDLE_CUT_MILLIS);
        properties.put(ConsumerConfig.CONNECTIONS_MAX_IDLE_MS_CONFIG, BELOW_IDLE_CUT_MILLIS);
        properties.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, EVENT_HUBS_REQUEST_MILLIS);
        return properties;
    }

    /** The same of somebody who asks for a topic's settings. */
    static Map<String, Object> ofAdmin(Map<String, Object> ofConsumer) {
        Map<String, Object> properties = new HashMap<>();
        for (String shared : SHARED) {
            if (ofConsumer.containsKey(shared)) {
                properties.put(shared, ofConsumer.get(shared));
            }
        }
        return properties;
    }

    /** The same of a producer that sends one record and waits for the answer. */
    static Map<String, Object> ofProducer(Map<String, Object> ofConsumer) {
        Map<String, Object> properties = ofAdmin(ofConsumer);
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        // The client itself tries again without making copies.
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        // Event Hubs takes gzip or nothing, and nothing in some tiers.
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
        boolean toEventHubs = properties.containsKey(HubCredentials.PROPERTY);
        properties.put(
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                toEventHubs ? LARGEST_EVENT_HUBS_REQUEST_BYTES : LARGEST_REQUEST_BYTES);
        if (toEventHubs) {
            properties.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, BELOW_IDLE_CUT_MILLIS);
        }
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) PRODUCER_GIVES_UP_MILLIS);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, PRODUCER_GIVES_UP_MILLIS);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, PRODUCER_GIVES_UP_MILLIS);
        return properties;
    }

    /** No group: partitions are assigned by hand and offsets live in the job snapshot. */
    private static Map<String, Object> common(String bootstrapServers) {
        Map<String, Object> properties = new HashMap<>();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        // Where to begin is always given; this is for a partition born later, whose every record is wanted.
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.RECEIVE_BUFFER_CONFIG, OPERATING_SYSTEM_DECIDES);
        properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES_OF_A_TOPIC_PARTITION);
        properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, RECORDS_OF_A_POLL);
        properties.put(ConsumerConfig.RECONNECT_BACKOFF_MS_CONFIG, FIRST_RECONNECT_MILLIS);
        properties.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, LATER_RECONNECT_MILLIS);
        return properties;
    }
}
