package io.sightline.source;

import static io.sightline.fixture.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.cluster.Address;
import com.hazelcast.collection.IList;
import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.function.FunctionEx;
import com.hazelcast.jet.Job;
import com.hazelcast.jet.RestartableException;
import com.hazelcast.jet.config.JobConfig;
import com.hazelcast.jet.config.ProcessingGuarantee;
import com.hazelcast.jet.core.DAG;
import com.hazelcast.jet.core.Edge;
import com.hazelcast.jet.core.JobStatus;
import com.hazelcast.jet.core.Processor;
import com.hazelcast.jet.core.ProcessorMetaSupplier;
import com.hazelcast.jet.core.Vertex;
import com.hazelcast.jet.core.processor.Processors;
import com.hazelcast.jet.core.processor.SinkProcessors;
import com.hazelcast.jet.core.test.TestInbox;
import com.hazelcast.jet.core.test.TestOutbox;
import com.hazelcast.jet.core.test.TestProcessorContext;
import com.hazelcast.jet.core.test.TestProcessorMetaSupplierContext;
import io.sightline.demo.Broker;
import io.sightline.demo.FeedLoader;
import io.sightline.demo.FeedLoader.Pace;
import io.sightline.demo.FeedOptions;
import io.sightline.demo.FeedOptions.Faults;
import io.sightline.demo.SeededFeed;
import io.sightline.event.SourceRecord;
import io.sightline.fixture.KafkaBroker;
import io.sightline.spec.Setting;
import io.sightline.spec.SourceSpec;
import io.sightline.spec.SourceSpec.Profile;
import io.sightline.spec.SourceSpec.Start;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class KafkaSourceTest {
    private static final String NOWHERE = "127.0.0.1:1";

    @RegisterExtension
    static final KafkaBroker BROKER = new KafkaBroker();

    private static HazelcastInstance member;

    @TempDir
    Path folder;

    @BeforeAll
    static void startMember() {
        Config config = new Config().setClusterName("kafka-source-test");
        config.getNetworkConfig().setPublicAddress("127.0.0.1");
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
        config.getJetConfig().setEnabled(true);
        config.setProperty("hazelcast.partition.count", "31");
        config.setProperty("hazelcast.phone.home.enabled", "false");
        member = Hazelcast.newHazelcastInstance(config);
    }

    @AfterAll
    static void stopMember() {
        member.getLifecycleService().terminate();
    }

    @AfterEach
    void leaveNoJob() {
        for (Job job : member.getJet().getJobs()) {
            if (!job.getStatus().isTerminal()) {
                job.cancel();
                eventually("cancelled", () -> job.getStatus().isTerminal());
            }
        }
    }

    @Test
    void readsEveryRecordOfEveryTopicPartition() {
        // Given
        String topic = BROKER.newTopic(3);
        BROKER.send(topic, 0, 1_000, "a");
        BROKER.send(topic, 2, 1_001, "b");

        // When
        submit(spec(topic, new Start.Earliest()));
        eventually("two records", () -> seen(topic).size() == 2);
        BROKER.send(topic, 1, 1_002, "c");
        eventually("three records", () -> seen(topic).size() == 3);

        // Then
        assertThat(seen(topic)).containsExactlyInAnyOrder("0:0@1000=a", "2:0@1001=b", "1:0@1002=c");
    }

    @Test
    void goesOnBehindTheLastRecordAfterARestart() {
        // Given
        String topic = BROKER.newTopic(2);
        BROKER.send(topic, 0, 1, "a");
        BROKER.send(topic, 1, 1, "b");
        Job job = submit(spec(topic, new Start.Earliest()));
        eventually("two records", () -> seen(topic).size() == 2);

        // When
        suspend(job);
        BROKER.send(topic, 0, 2, "c");
        BROKER.send(topic, 1, 2, "d");
        job.resume();
        eventually("four records", () -> seen(topic).size() >= 4);
        BROKER.send(topic, 0, 3, "end");
        eventually("the last record", () -> seen(topic).contains("0:2@3=end"));

        // Then
        assertThat(seen(topic)).containsExactlyInAnyOrder("0:0@1=a", "1:0@1=b", "0:1@2=c", "1:1@2=d", "0:2@3=end");
    }

    @Test
    void latestNeitherLosesWhatCameWhileDownNorReadsWhatWasThereBefore() {
        // Given
        String topic = BROKER.newTopic(2);
        BROKER.send(topic, 0, 1, "old");
        BROKER.send(topic, 0, 1, "old");
        Job job = submit(spec(topic, new Start.Latest()));
        suspend(job);

        // When
        BROKER.send(topic, 0, 2, "a");
        BROKER.send(topic, 1, 2, "first of an empty partition");
        job.resume();
        eventually("two records", () -> seen(topic).size() >= 2);
        suspend(job);
        job.resume();
        BROKER.send(topic, 1, 3, "b");
        eventually("three records", () -> seen(topic).size() >= 3);

        // Then
        assertThat(seen(topic)).containsExactlyInAnyOrder("0:2@2=a", "1:0@2=first of an empty partition", "1:1@3=b");
    }

    @Test
    void topicPartitionsAddedWhileRunningAreReadFromTheirFirstRecord() {
        // Given
        String topic = BROKER.newTopic(1);
        BROKER.send(topic, 0, 1, "old");
        submit(spec(topic, new Start.Latest()));

        // When
        BROKER.broker().growTopic(topic, 3);
        BROKER.send(topic, 2, 2, "new");
        eventually("a record of the new partition", () -> !seen(topic).isEmpty());

        // Then
        assertThat(seen(topic)).containsExactly("2:0@2=new");
    }

    @Test
    void topicPartitionsAddedWhileTheJobIsDownAreReadFromTheirFirstRecord() {
        // Given
        String topic = BROKER.newTopic(1);
        BROKER.send(topic, 0, 1, "old");
        Job job = submit(spec(topic, new Start.Latest()));
        suspend(job);

        // When
        BROKER.broker().growTopic(topic, 2);
        BROKER.send(topic, 1, 2, "new");
        job.resume();
        eventually("a record of the new partition", () -> !seen(topic).isEmpty());

        // Then
        assertThat(seen(topic)).containsExactly("1:0@2=new");
    }

    @Test
    void aTimestampStartsAtTheFirstRecordNotBeforeItAndOtherwiseAtTheEnd() {
        // Given
        String topic = BROKER.newTopic(2);
        BROKER.send(topic, 0, 1_000, "before");
        BROKER.send(topic, 0, 2_000, "at");
        BROKER.send(topic, 1, 1_999, "before");

        // When
        submit(spec(topic, new Start.At(Instant.ofEpochMilli(2_000))));
        BROKER.send(topic, 1, 1_500, "after the end");
        eventually("two records", () -> seen(topic).size() >= 2);

        // Then
        assertThat(seen(topic)).containsExactlyInAnyOrder("0:1@2000=at", "1:1@1500=after the end");
    }

    @Test
    void aTopicPartitionThatIsNotInTheJobSnapshotBeginsWhereTheJobDid() throws Exception {
        // Given a snapshot from before one of two processors has looked for its topic partitions
        String topic = BROKER.newTopic(2);
        for (int i = 0; i < 4; i++) {
            BROKER.send(topic, 0, i, "a");
            BROKER.send(topic, 1, i, "b");
        }
        List<Object> saved = new ArrayList<>();
        Reading early = new Reading(topic, Map.of(0, 2L, 1, 2L), 0);
        Reading late = new Reading(topic, Map.of(0, 2L, 1, 2L), 1);
        eventually("the early one has read its own", () -> early.read().size() == 2);
        early.save(saved);
        late.save(saved);
        early.close();
        late.close();

        // When
        Reading earlyAgain = new Reading(topic, Map.of(0, 2L, 1, 2L), 0).restore(saved);
        Reading lateAgain = new Reading(topic, Map.of(0, 2L, 1, 2L), 1).restore(saved);
        eventually("the late one has read its own", () -> lateAgain.read().size() >= 2);

        // Then
        assertThat(lateAgain.read()).containsExactly(2L, 3L);
        assertThat(earlyAgain.read()).isEmpty();
        earlyAgain.close();
        lateAgain.close();
    }

    @Test
    void aJobThatStartsAgainWhileNamesAreNotResolvedIsToBeStartedOnceMore() {
        assertThatThrownBy(() -> new Reading("topic", setting -> "no.such.host.invalid:9092", Map.of(0, 2L), 0))
                .isInstanceOf(RestartableException.class)
                .hasMessageContaining("no.such.host.invalid")
                .hasMessageEndingWith("; trying again");
    }

    /** One of the two processors of a source, driven by hand as Jet would. */
    private static final class Reading {
        private final TestOutbox outbox = new TestOutbox(new int[] {1_024}, 1_024);
        private final List<Object> emitted = new ArrayList<>();
        private final Processor processor;

        Reading(String topic, Map<Integer, Long> start, int index) throws Exception {
            this(topic, Setting::raw, start, index);
        }

        Reading(String topic, FunctionEx<Setting, String> resolve, Map<Integer, Long> start, int index)
                throws Exception {
            ProcessorMetaSupplier source = KafkaSource.metaSupplier(
                    spec(topic, new Start.Earliest()), resolve, start, (hazelcast, offsets) -> {});
            source.init(new TestProcessorMetaSupplierContext()
                    .setHazelcastInstance(member)
                    .setJobId(topic.hashCode())
                    .setProcessingGuarantee(ProcessingGuarantee.EXACTLY_ONCE));
            Address address = member.getCluster().getLocalMember().getAddress();
            processor = source.get(List.of(address))
                    .apply(address)
                    .get(1)
                    .iterator()
                    .next();
            processor.init(
                    outbox,
                    new TestProcessorContext()
                            .setHazelcastInstance(member)
                            .setLocalParallelism(2)
                            .setTotalParallelism(2)
                            .setLocalProcessorIndex(index)
                            .setGlobalProcessorIndex(index)
                            .setProcessingGuarantee(ProcessingGuarantee.EXACTLY_ONCE));
        }

        /** The offsets of all that it has read by now. */
        List<Long> read() {
            processor.complete();
            outbox.drainQueueAndReset(0, emitted, false);
            return emitted.stream()
                    .filter(SourceRecord.class::isInstance)
                    .map(record -> ((SourceRecord) record).offset())
                    .toList();
        }

        void save(List<Object> saved) {
            eventually("saved", () -> {
                boolean done = processor.saveToSnapshot();
                outbox.drainSnapshotQueueAndReset(saved, false);
                return done;
            });
        }

        Reading restore(List<Object> saved) {
            processor.restoreFromSnapshot(new TestInbox(saved));
            processor.finishSnapshotRestore();
            return this;
        }

        void close() throws Exception {
            processor.close();
        }
    }

    @Test
    void aRestartNeitherAsksTheBrokerNorMovesTheStart() throws Exception {
        // Given
        String topic = BROKER.newTopic(1);
        BROKER.send(topic, 0, 1, "old");
        long jobId = 4711;
        initialize(topic, jobId, BROKER.broker().bootstrapServers());

        // When
        BROKER.send(topic, 0, 2, "came before the first snapshot");
        initialize(topic, jobId, NOWHERE);

        // Then
        assertThat(member.getMap(KafkaSource.START_OFFSETS_MAP).get(jobId)).hasToString("{0=1}");
    }

    @Test
    void aBrokerThatGoesAwayWhileTheJobRunsIsWaitedFor() {
        // Given
        Broker before = Broker.start(folder, 0);
        int port = Integer.parseInt(before.bootstrapServers().split(":", -1)[1]);
        before.createTopic("outlives", 1, TimestampType.CREATE_TIME);
        Job job = submit(new SourceSpec(
                "outlives",
                new Setting(before.bootstrapServers()),
                Profile.KAFKA,
                new Start.Earliest(),
                0,
                Duration.ofSeconds(1),
                null));
        FeedLoader.load(before.bootstrapServers(), "outlives", tenRecords(), Pace.AT_ONCE);
        eventually("ten records", () -> seen("outlives").size() == 10);

        // When
        before.kill();
        try (Broker after = Broker.start(folder, port)) {
            FeedLoader.load(after.bootstrapServers(), "outlives", tenRecords(), Pace.AT_ONCE);
            eventually("twenty records", () -> seen("outlives").size() == 20);

            // Then
            assertThat(Set.copyOf(seen("outlives"))).hasSize(20);
            assertThat(job.getStatus()).isEqualTo(JobStatus.RUNNING);
        }
    }

    @Test
    void aMissingTopicFailsTheJobAndIsNamedWithTheBroker() {
        // Given
        SourceSpec spec = spec("no-such-topic", new Start.Earliest());

        // When
        Job job = member.getJet().newJob(dag(spec), exactlyOnce());

        // Then
        assertThatThrownBy(job::join)
                .hasMessageContaining("topic `no-such-topic` does not exist on the broker at "
                        + BROKER.broker().bootstrapServers());
    }

    @Test
    void anUnreachableBrokerFailsTheJobAndIsNamed() {
        // Given
        SourceSpec spec = new SourceSpec(
                "any", new Setting(NOWHERE), Profile.KAFKA, new Start.Earliest(), 0, Duration.ofSeconds(1), null);

        // When
        long before = System.nanoTime();
        Job job = member.getJet().newJob(dag(spec), exactlyOnce());

        // Then
        assertThatThrownBy(job::join).hasMessageContaining("no Kafka broker answers at " + NOWHERE);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void sourceTimeIsNeverAheadOfTheClockAndNeverMissing() {
        assertThat(KafkaSource.toSourceRecord(record(5_000, null), new PartitionNumbers(0), 3_000)
                        .timestampMillis())
                .isEqualTo(3_000);
        assertThat(KafkaSource.toSourceRecord(record(2_000, null), new PartitionNumbers(0), 3_000)
                        .timestampMillis())
                .isEqualTo(2_000);
        assertThat(KafkaSource.toSourceRecord(record(-1, null), new PartitionNumbers(0), 3_000)
                        .timestampMillis())
                .isEqualTo(3_000);
        assertThat(KafkaSource.toSourceRecord(record(2_000, null), new PartitionNumbers(0), 3_000)
                        .value())
                .isEmpty();
    }

    private static SeededFeed tenRecords() {
        return new SeededFeed(new FeedOptions(
                1, 1, 1, 10, 10, Instant.EPOCH, Duration.ZERO, new Faults(0, Duration.ZERO, 0, 0, 0, false), false));
    }

    private static ConsumerRecord<byte[], byte[]> record(long timestamp, byte @Nullable [] value) {
        return new ConsumerRecord<>(
                "t",
                0,
                0,
                timestamp,
                TimestampType.CREATE_TIME,
                0,
                0,
                null,
                value,
                new RecordHeaders(),
                Optional.empty());
    }

    private static void initialize(String topic, long jobId, String address) throws Exception {
        FunctionEx<Setting, String> resolve = setting -> address;
        KafkaSource.metaSupplier(spec(topic, new Start.Latest()), resolve)
                .init(new TestProcessorMetaSupplierContext()
                        .setHazelcastInstance(member)
                        .setJobId(jobId)
                        .setProcessingGuarantee(ProcessingGuarantee.EXACTLY_ONCE));
    }

    private static SourceSpec spec(String topic, Start start) {
        return new SourceSpec(
                topic,
                new Setting(BROKER.broker().bootstrapServers()),
                Profile.KAFKA,
                start,
                0,
                Duration.ofSeconds(1),
                null);
    }

    private static Job submit(SourceSpec spec) {
        Job job = member.getJet().newJob(dag(spec), exactlyOnce());
        eventually("running", () -> job.getStatus() == JobStatus.RUNNING);
        return job;
    }

    private static void suspend(Job job) {
        job.suspend();
        eventually("suspended", () -> job.getStatus() == JobStatus.SUSPENDED);
    }

    private static JobConfig exactlyOnce() {
        return new JobConfig()
                .setProcessingGuarantee(ProcessingGuarantee.EXACTLY_ONCE)
                .setSnapshotIntervalMillis(100);
    }

    private static DAG dag(SourceSpec spec) {
        DAG dag = new DAG();
        Vertex source = dag.newVertex("source", KafkaSource.metaSupplier(spec, Setting::raw));
        Vertex print = dag.newVertex("print", Processors.mapP(KafkaSourceTest::print))
                .localParallelism(KafkaSource.LOCAL_PARALLELISM);
        Vertex sink = dag.newVertex("sink", SinkProcessors.writeListP(spec.topic()));
        dag.edge(Edge.between(source, print).isolated()).edge(Edge.between(print, sink));
        return dag;
    }

    private static String print(SourceRecord record) {
        return record.topicPartition() + ":" + record.offset() + "@" + record.timestampMillis() + "="
                + new String(record.value(), StandardCharsets.UTF_8);
    }

    private static List<String> seen(String topic) {
        IList<String> list = member.getList(topic);
        return List.copyOf(list);
    }
}
