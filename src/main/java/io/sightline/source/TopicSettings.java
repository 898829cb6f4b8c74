package io.sightline.source;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * How a topic is set up, as far as the broker tells: that takes the right to describe the topic's configuration.
 *
 * @param told whether the broker told at all
 * @param retention how long a record is kept; null if that is not known, or for ever
 * @param timestampType whether a record bears the time that the broker took it; null if that is not known
 */
record TopicSettings(
        boolean told,
        @Nullable Duration retention,
        @Nullable TimestampType timestampType) {
    private static final TopicSettings NOT_TOLD = new TopicSettings(false, null, null);

    /** @param ofConsumer the properties of a consumer that reaches the broker */
    static TopicSettings ask(Map<String, Object> ofConsumer, String topic, Duration answersWithin) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin = Admin.create(KafkaProperties.ofAdmin(ofConsumer))) {
            Config config = admin.describeConfigs(List.of(resource))
                    .all()
                    .get(answersWithin.toMillis(), TimeUnit.MILLISECONDS)
                    .get(resource);
            return config == null ? NOT_TOLD : of(config);
        } catch (ExecutionException | TimeoutException e) {
            return NOT_TOLD;
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static TopicSettings of(Config config) {
        ConfigEntry retention = config.get(TopicConfig.RETENTION_MS_CONFIG);
        long millis = retention == null ? -1 : Long.parseLong(retention.value());
        ConfigEntry type = config.get(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG);
        return new TopicSettings(
                true,
                millis < 0 ? null : Duration.ofMillis(millis),
                type == null ? null : TimestampType.forName(type.value()));
    }
}
