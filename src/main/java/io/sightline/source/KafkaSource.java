package io.sightline.source;

import static java.util.Objects.requireNonNull;

import com.hazelcast.cluster.Address;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.function.BiConsumerEx;
import com.hazelcast.function.FunctionEx;
import com.hazelcast.jet.RestartableException;
import com.hazelcast.jet.config.ProcessingGuarantee;
import com.hazelcast.jet.core.EventTimePolicy;
import com.hazelcast.jet.core.ProcessorMetaSupplier;
import com.hazelcast.jet.core.ProcessorSupplier;
import com.hazelcast.jet.core.WatermarkPolicy;
import com.hazelcast.jet.kafka.TopicsConfig;
import com.hazelcast.jet.kafka.TopicsConfig.TopicConfig;
import com.hazelcast.jet.kafka.impl.StreamKafkaP;
import com.hazelcast.map.IMap;
import io.sightline.event.Origin;
import io.sightline.event.SourceRecord;
import io.sightline.spec.Setting;
import io.sightline.spec.SourceSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * The Kafka source of a job: Jet's own processor, emitting {@link SourceRecord}s, with source time as its watermark.
 *
 * <h2>Where it begins, and why nothing is lost or read twice</h2>
 *
 * <ol>
 *   <li>At the job's first start the coordinator asks the broker where every topic partition begins, and keeps the answer
 *       in the map {@value #START_OFFSETS_MAP} under the job's id. Before that it tells who has to know what will be read,
 *       which may happen again if the coordinator dies in between. (A job that goes on from a history is given the answer
 *       instead, see {@link ResumedOffsets}.) A restart finds the answer there: it does not need the broker,
 *       and a job killed before its first snapshot begins where it did, not at a newer "latest".
 *   <li>A topic partition that is in the job snapshot goes on behind its last record.
 *   <li>One that is not, because the processor that has it had not yet looked for its topic partitions when the snapshot was
 *       made, begins where the first start did: Jet does not seek in it, but its consumer does ({@link SourceConsumer#assign}).
 *   <li>One that is not in that start had its first offset at 0 and no record yet (Jet saves "last offset read", and -1 is left
 *       out), or was born after the first start. Either way every record in it is wanted, so {@code auto.offset.reset} is
 *       {@code earliest} whatever {@code start} says.
 * </ol>
 *
 * <p>Addresses and secrets are resolved by each member when it makes its consumer; the job's definition holds the
 * references only.
 */
public final class KafkaSource {
    /**
     * Source processors of one member. Each is a thread with a consumer of its own that brings up to 900,000 records a
     * second, so two feed the decoders of any member we know of; more would only divide the same partitions into smaller
     * polls.
     */
    public static final int LOCAL_PARALLELISM = 2;

    /**
     * Where a job's start is kept: job id to offset by topic partition. For as long as there is a grid, since a job may run
     * that long; some hundred bytes a submission.
     */
    public static final String START_OFFSETS_MAP = "sightline.start-offsets";

    /** Finer watermarks would only be broadcast more often; what they drive counts in minutes. */
    private static final long WATERMARK_STEP_MILLIS = 100;

    private static final long NO_LAG = 0;
    private static final byte[] NO_VALUE = {};

    private KafkaSource() {}

    /**
     * The source as a vertex of a job with a processing guarantee. Isolate its outbound edge to keep a topic partition's
     * records in order.
     *
     * @param resolve what a setting stands for on the member that asks; must be serializable
     */
    public static ProcessorMetaSupplier metaSupplier(SourceSpec spec, FunctionEx<Setting, String> resolve) {
        return metaSupplier(spec, resolve, null, (hazelcast, firstOffsets) -> {});
    }

    /**
     * The same.
     *
     * @param resumed where the job's first execution begins, by topic partition, as {@link ResumedOffsets} says; null to
     *     begin where the spec says
     * @param beginning told on the coordinator, at the job's first start and before anything is read, the offset of the first
     *     record to be read, by topic partition
     */
    public static ProcessorMetaSupplier metaSupplier(
            SourceSpec spec,
            FunctionEx<Setting, String> resolve,
            @Nullable Map<Integer, Long> resumed,
            BiConsumerEx<HazelcastInstance, Map<Integer, Long>> beginning) {
        return new MetaSupplier(
                spec,
                resolve,
                resumed == null ? null : new TreeMap<>(resumed),
                beginning,
                start -> onMember(spec, resolve, start));
    }

    /**
     * The same over a part of the topic, for a job of its own that reads as fast as it can. Its local parallelism must be 1
     * on a member that is alone: only then can the topic partitions keep together in time ({@link RangeConsumer}). At the
     * end of the range nothing more comes, and the processor does not complete.
     */
    public static ProcessorMetaSupplier metaSupplier(
            SourceSpec spec, FunctionEx<Setting, String> resolve, OffsetRange range) {
        return new MetaSupplier(
                spec,
                resolve,
                new TreeMap<>(range.from()),
                (hazelcast, firstOffsets) -> {},
                start -> RangeConsumer.create(spec, resolve, range));
    }

    /** The coordinator has made one before, so what is wrong now passes, as a name server that is away. */
    private static SourceConsumer onMember(
            SourceSpec spec, Function<? super Setting, String> resolve, Map<Integer, Long> start) {
        try {
            return SourceConsumer.create(spec, resolve, start);
        } catch (SourceException e) {
            throw new RestartableException(e.getMessage() + "; trying again", e);
        }
    }

    /**
     * Whether a job could begin now: asks the broker what the job's start would ask.
     *
     * @throws SourceException if address, credentials or topic are no good; the message is for people
     */
    public static void check(SourceSpec spec, Function<? super Setting, String> resolve) {
        try (SourceConsumer consumer = SourceConsumer.create(spec, resolve)) {
            StartOffsets.find(consumer, spec.topic(), spec.start());
        }
    }

    /** The record's time as the job sees it: never ahead of the clock; without one of its own, now. */
    static long timestampMillis(ConsumerRecord<byte[], byte[]> record, long nowMillis) {
        return record.timestamp() < 0 ? nowMillis : Math.min(record.timestamp(), nowMillis);
    }

    /** The record as the job sees it. */
    static SourceRecord toSourceRecord(
            ConsumerRecord<byte[], byte[]> record, PartitionNumbers numbers, long nowMillis) {
        byte[] value = record.value() == null ? NO_VALUE : record.value();
        Header redriven = record.headers().lastHeader(RedriveTopic.HEADER);
        return new SourceRecord(
                numbers.of(record.partition()),
                record.offset(),
                timestampMillis(record, nowMillis),
                record.key(),
                value,
                redriven == null ? null : Origin.parse(new String(redriven.value(), StandardCharsets.UTF_8)));
    }

    private static EventTimePolicy<SourceRecord> sourceTime(SourceSpec spec) {
        return EventTimePolicy.eventTimePolicy(
                SourceRecord::timestampMillis,
                WatermarkPolicy.limitingLag(NO_LAG),
                WATERMARK_STEP_MILLIS,
                0,
                spec.idleTimeout().toMillis());
    }

    /** Finds the start on the coordinator, then makes Jet's processors on every member. */
    private static final class MetaSupplier implements ProcessorMetaSupplier {
        private static final long serialVersionUID = 1;

        private final SourceSpec spec;
        private final FunctionEx<Setting, String> resolve;
        private final @Nullable SortedMap<Integer, Long> resumed;
        private final BiConsumerEx<HazelcastInstance, Map<Integer, Long>> beginning;
        private final FunctionEx<SortedMap<Integer, Long>, Consumer<byte[], byte[]>> consumers;
        private transient @Nullable SortedMap<Integer, Long> start;

        MetaSupplier(
                SourceSpec spec,
                FunctionEx<Setting, String> resolve,
                @Nullable SortedMap<Integer, Long> resumed,
                BiConsumerEx<HazelcastInstance, Map<Integer, Long>> beginning,
                FunctionEx<SortedMap<Integer, Long>, Consumer<byte[], byte[]>> consumers) {
            this.spec = spec;
            this.resolve = resolve;
            this.resumed = resumed;
            this.beginning = beginning;
            this.consumers = consumers;
        }

        @Override
        public int preferredLocalParallelism() {
            return LOCAL_PARALLELISM;
        }

        @Override
        public void init(Context context) {
            if (context.processingGuarantee() == ProcessingGuarantee.NONE) {
                throw SourceException.noGuarantee();
            }
            IMap<Long, Map<Integer, Long>> starts = context.hazelcastInstance().getMap(START_OFFSETS_MAP);
            Map<Integer, Long> known = starts.get(context.jobId());
            if (known == null) {
                known = resumed == null ? find() : resumed;
                beginning.accept(context.hazelcastInstance(), known);
                starts.set(context.jobId(), known);
            }
            start = new TreeMap<>(known);
        }

        private Map<Integer, Long> find() {
            try (SourceConsumer consumer = SourceConsumer.create(spec, resolve)) {
                return PartitionNumbers.of(spec).of(StartOffsets.find(consumer, spec.topic(), spec.start()));
            }
        }

        @Override
        public Function<? super Address, ? extends ProcessorSupplier> get(List<Address> addresses) {
            PartitionNumbers numbers = PartitionNumbers.of(spec);
            SortedMap<Integer, Long> begin = numbers.ofThisTopic(requireNonNull(start, "init comes first"));
            TopicConfig topic = new TopicConfig(spec.topic());
            begin.forEach(topic::addPartitionInitialOffset);
            FunctionEx<SortedMap<Integer, Long>, Consumer<byte[], byte[]>> made = consumers;
            ProcessorSupplier processors = ProcessorSupplier.of(StreamKafkaP.processorSupplier(
                    context -> made.apply(begin),
                    new TopicsConfig().addTopicConfig(topic),
                    record -> toSourceRecord(record, numbers, System.currentTimeMillis()),
                    sourceTime(spec)));
            return address -> processors;
        }
    }
}
