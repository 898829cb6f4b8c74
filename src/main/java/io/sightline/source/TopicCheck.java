package io.sightline.source;

import io.sightline.source.TopicReport.Part;
import io.sightline.source.TopicReport.Timestamps;
import io.sightline.spec.Setting;
import io.sightline.spec.SourceSpec;
import io.sightline.spec.SourceSpec.Start;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * A look at the topic of a source as a job would see it: connects with the same credentials, asks for its offsets and settings,
 * reads the newest record of every topic partition, and listens for some seconds. Changes nothing, and belongs to no group.
 */
public final class TopicCheck {
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(15);
    private static final Duration POLL = Duration.ofMillis(100);

    private final SourceConsumer consumer;
    private final Clock clock;
    private final Map<Integer, Long> ends;
    private final Map<Integer, Long> newest = new HashMap<>();
    private @Nullable TimestampType seen;
    private @Nullable Duration clockAhead;

    private TopicCheck(SourceConsumer consumer, Clock clock, Map<Integer, Long> ends) {
        this.consumer = consumer;
        this.clock = clock;
        this.ends = ends;
    }

    /**
     * Asks the broker.
     *
     * @param resolve what a setting stands for here
     * @param clock ours
     * @param listen how long to wait for a record to arrive
     * @throws SourceException if the broker is away or refuses, or has no such topic
     * @throws io.sightline.spec.UnresolvedSettingException if a reference leads nowhere
     */
    public static TopicReport ask(
            SourceSpec spec, Function<? super Setting, String> resolve, Clock clock, Duration listen) {
        String topic = spec.topic();
        try (SourceConsumer consumer = SourceConsumer.create(spec, resolve)) {
            Map<Integer, Long> oldest = StartOffsets.find(consumer, topic, new Start.Earliest());
            Map<Integer, Long> ends = StartOffsets.find(consumer, topic, new Start.Latest());
            TopicSettings settings = TopicSettings.ask(SourceConsumer.properties(spec, resolve), topic, ANSWERS_WITHIN);
            TopicCheck check = new TopicCheck(consumer, clock, ends);
            check.read(topic, oldest, listen);
            return new TopicReport(
                    consumer.bootstrapServers(),
                    check.parts(oldest),
                    settings.told(),
                    settings.retention(),
                    timestamps(check.seen == null ? settings.timestampType() : check.seen),
                    check.clockAhead,
                    check.longestThrottle());
        }
    }

    /** From the newest record on, as long as it is to listen, and longer while a newest one is not read. */
    private void read(String topic, Map<Integer, Long> oldest, Duration listen) {
        List<TopicPartition> partitions = ends.keySet().stream()
                .map(partition -> new TopicPartition(topic, partition))
                .toList();
        try {
            consumer.assign(partitions);
            Set<Integer> unread = new HashSet<>();
            for (TopicPartition partition : partitions) {
                long end = end(partition.partition());
                long begin = Math.max(oldest.getOrDefault(partition.partition(), 0L), end - 1);
                consumer.seek(partition, begin);
                if (begin < end) {
                    unread.add(partition.partition());
                }
            }
            long begun = System.nanoTime();
            long spent = 0;
            while (spent < listen.toNanos()
                    || (spent < ANSWERS_WITHIN.toNanos() && !newest.keySet().containsAll(unread))) {
                consumer.pollOrRefuse(POLL).forEach(this::see);
                spent = System.nanoTime() - begun;
            }
        } catch (AuthenticationException | AuthorizationException e) {
            throw SourceException.refused(topic, consumer.bootstrapServers(), e, consumer.needs());
        } catch (KafkaException e) {
            throw SourceException.failed(topic, consumer.bootstrapServers(), e);
        }
    }

    private void see(ConsumerRecord<byte[], byte[]> record) {
        newest.merge(record.partition(), record.timestamp(), Math::max);
        seen = record.timestampType();
        boolean cameJustNow = record.offset() >= end(record.partition());
        if (cameJustNow && seen == TimestampType.LOG_APPEND_TIME) {
            Duration ahead = Duration.between(clock.instant(), Instant.ofEpochMilli(record.timestamp()));
            // The one that came the shortest way tells best.
            clockAhead = clockAhead == null || ahead.compareTo(clockAhead) > 0 ? ahead : clockAhead;
        }
    }

    private long end(int partition) {
        return ends.getOrDefault(partition, 0L);
    }

    private List<Part> parts(Map<Integer, Long> oldest) {
        return new TreeMap<>(ends)
                .entrySet().stream()
                        .map(end -> {
                            Long at = newest.get(end.getKey());
                            return new Part(
                                    end.getKey(),
                                    oldest.getOrDefault(end.getKey(), 0L),
                                    end.getValue(),
                                    at == null ? null : Instant.ofEpochMilli(at));
                        })
                        .toList();
    }

    private Duration longestThrottle() {
        double millis = consumer.metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals("fetch-throttle-time-max"))
                .map(Metric::metricValue)
                .filter(Double.class::isInstance)
                .mapToDouble(value -> (Double) value)
                .filter(value -> !Double.isNaN(value))
                .max()
                .orElse(0);
        return Duration.ofMillis((long) Math.ceil(millis));
    }

    private static @Nullable Timestamps timestamps(@Nullable TimestampType type) {
        if (type == null) {
            return null;
        }
        return switch (type) {
            case LOG_APPEND_TIME -> Timestamps.LOG_APPEND_TIME;
            case CREATE_TIME -> Timestamps.CREATE_TIME;
            case NO_TIMESTAMP_TYPE -> null;
        };
    }
}
