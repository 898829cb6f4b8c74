package io.sightline.source;

import io.sightline.spec.Setting;
import io.sightline.spec.SourceSpec;
import io.sightline.spec.UnresolvedSettingException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * {@link EndOffsets} of a Kafka topic, asked for every second by a daemon thread with a consumer of its own, which belongs
 * to no group and reads no record. A broker that is away is asked again and again; a refusal, too, because credentials can
 * be put right while the job runs.
 */
public final class KafkaEndOffsets implements EndOffsets {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(5);

    /** Somebody may change a topic's retention while it is read, and wants to see what that does. */
    private static final int LOOKS_BETWEEN_RETENTIONS = 60;

    private final SourceSpec spec;
    private final Function<? super Setting, String> resolve;
    private final Clock clock;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private @Nullable SourceConsumer consumer;
    private int looksUntilRetention;
    private @Nullable Duration retention;
    private volatile Reading latest = Reading.nothingYet();

    private KafkaEndOffsets(SourceSpec spec, Function<? super Setting, String> resolve, Clock clock) {
        this.spec = spec;
        this.resolve = resolve;
        this.clock = clock;
        this.thread = new Thread(this::readUntilClosed, "end-offsets-" + spec.topic());
        this.thread.setDaemon(true);
    }

    /**
     * Begins to ask. Returns at once, and never fails because of the broker.
     *
     * @param resolve what a setting stands for on this member
     */
    public static KafkaEndOffsets start(SourceSpec spec, Function<? super Setting, String> resolve, Clock clock) {
        KafkaEndOffsets offsets = new KafkaEndOffsets(spec, resolve, clock);
        offsets.thread.start();
        return offsets;
    }

    @Override
    public Reading latest() {
        return latest;
    }

    /** Ends the thread; does not wait for it. */
    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
    }

    private void readUntilClosed() {
        try {
            do {
                read();
            } while (!closed.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException | InterruptException e) {
            // closed
        } finally {
            Thread.interrupted();
            if (consumer != null) {
                consumer.close(CloseOptions.timeout(Duration.ZERO));
            }
        }
    }

    private void read() {
        try {
            if (consumer == null) {
                consumer = SourceConsumer.create(spec, resolve);
            }
            latest = look(consumer);
        } catch (InterruptException e) {
            throw e;
        } catch (TimeoutException e) {
            fail("no answer within " + ANSWERS_WITHIN.toSeconds() + " s");
        } catch (AuthenticationException e) {
            // Around what a refusal is for, the client puts words of its own.
            fail(SourceException.rootMessage(e));
        } catch (KafkaException | SourceException | UnresolvedSettingException e) {
            fail(String.valueOf(e.getMessage()));
        }
    }

    private Reading look(SourceConsumer asking) {
        List<TopicPartition> partitions = asking.existingPartitions(spec.topic(), ANSWERS_WITHIN).stream()
                .map(partition -> new TopicPartition(spec.topic(), partition.partition()))
                .toList();
        if (partitions.isEmpty()) {
            throw SourceException.noTopic(spec.topic(), asking.bootstrapServers());
        }
        asking.assign(partitions);
        // Before the ends, so that what is dropped in between does not look like an offset beyond them.
        Map<Integer, Long> oldest = byNumber(asking.beginningOffsets(partitions, ANSWERS_WITHIN));
        Map<Integer, Long> ends = byNumber(asking.endOffsets(partitions, ANSWERS_WITHIN));
        if (looksUntilRetention-- == 0) {
            looksUntilRetention = LOOKS_BETWEEN_RETENTIONS;
            retention = retention();
        }
        return new Reading(ends, oldest, retention, clock.millis(), 0, null);
    }

    private Map<Integer, Long> byNumber(Map<TopicPartition, Long> offsets) {
        PartitionNumbers numbers = PartitionNumbers.of(spec);
        Map<Integer, Long> byNumber = new HashMap<>();
        offsets.forEach((partition, offset) -> byNumber.put(numbers.of(partition.partition()), offset));
        return byNumber;
    }

    private @Nullable Duration retention() {
        return TopicSettings.ask(SourceConsumer.properties(spec, resolve), spec.topic(), ANSWERS_WITHIN)
                .retention();
    }

    private void fail(String why) {
        latest = latest.failed(why, clock.millis());
    }
}
