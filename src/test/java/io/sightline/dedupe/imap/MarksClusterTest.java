package io.sightline.dedupe.imap;

import static io.sightline.dedupe.imap.TestEvents.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.config.SerializerConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.jet.Traverser;
import com.hazelcast.jet.Traversers;
import com.hazelcast.jet.config.JobConfig;
import com.hazelcast.jet.config.ProcessingGuarantee;
import com.hazelcast.jet.core.AbstractProcessor;
import com.hazelcast.jet.core.DAG;
import com.hazelcast.jet.core.Edge;
import com.hazelcast.jet.core.ProcessorMetaSupplier;
import com.hazelcast.jet.core.ProcessorSupplier;
import com.hazelcast.jet.core.Vertex;
import com.hazelcast.jet.core.processor.Processors;
import com.hazelcast.jet.core.processor.SinkProcessors;
import com.hazelcast.map.IMap;
import io.sightline.dedupe.MarkBucket;
import io.sightline.dedupe.Rule;
import io.sightline.dedupe.Sightings;
import io.sightline.dedupe.Verdict;
import io.sightline.event.Event;
import io.sightline.event.imap.BucketPartitioner;
import io.sightline.event.imap.Buckets;
import io.sightline.event.imap.EventSerializer;
import io.sightline.fixture.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MarksClusterTest {
    private static final String MARKS = "marks";
    private static final int PARTITIONS = 13;
    private static final int IDS = 2_000;

    private final String cluster = "marks-" + UUID.randomUUID();
    private final List<HazelcastInstance> members = new ArrayList<>();

    @AfterEach
    void stopMembers() {
        members.forEach(member -> member.getLifecycleService().terminate());
    }

    @Test
    void marks_survive_the_loss_of_a_member() {
        // Given
        HazelcastInstance survivor = start();
        HazelcastInstance dying = start();
        MarksMap.create(survivor, MARKS, 1);
        judgeAll(survivor, 0);

        // When
        dying.getLifecycleService().terminate();
        // What is asked before that may be refused, as of unknown outcome.
        Eventually.eventually("alone", () -> survivor.getCluster().getMembers().size() == 1);

        // Then
        assertThat(MarksMap.usage(survivor, MARKS).marks()).isEqualTo(IDS);
        assertThat(judgeAll(survivor, 0)).as("replay").isZero();
        assertThat(judgeAll(survivor, 1)).as("copies").isEqualTo(IDS);
    }

    @Test
    void marks_move_to_a_member_that_joins() {
        // Given
        HazelcastInstance first = start();
        MarksMap.create(first, MARKS, 1);
        judgeAll(first, 0);

        // When
        HazelcastInstance second = start();
        waitUntilSafe(second);
        first.getLifecycleService().terminate();

        // Then
        assertThat(judgeAll(second, 1)).isEqualTo(IDS);
    }

    @Test
    void creating_marks_replaces_all_that_were_there() {
        // Given
        HazelcastInstance member = start();
        MarksMap.create(member, MARKS, 1);
        judgeAll(member, 0);

        // When
        MarksMap.create(member, MARKS, 2);

        // Then
        assertThat(MarksMap.usage(member, MARKS).marks()).isZero();
        Verdict verdict = submit(member, 0, 1, List.of());
        assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.OTHER_INCARNATION);
    }

    @Test
    void a_job_tells_originals_from_duplicates_on_two_members() {
        // Given
        HazelcastInstance member = start();
        start();
        MarksMap.create(member, MARKS, 1);

        // When
        run(member, 1);

        // Then
        assertThat(member.getList("originals")).hasSize(IDS);
        assertThat(member.getList("duplicates")).hasSize(IDS);
    }

    @Test
    void a_job_without_its_marks_fails_and_says_so() {
        // Given
        HazelcastInstance member = start();
        MarksMap.create(member, MARKS, 1);
        member.getMap(MARKS).delete(Buckets.of(member).key(3));

        // When, then
        assertThatThrownBy(() -> run(member, 1))
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("deduplication marks are lost: bucket 3 of map 'marks' is gone");
    }

    private static void run(HazelcastInstance member, long incarnation) {
        DAG dag = new DAG();
        Vertex source = dag.newVertex(
                "source", ProcessorMetaSupplier.forceTotalParallelismOne(ProcessorSupplier.of(FeedP::new)));
        Vertex deduplicate =
                dag.newVertex("deduplicate", DeduplicateP.supplier(MARKS, incarnation, Duration.ofSeconds(10)));
        Vertex originals = dag.newVertex("originals", SinkProcessors.writeListP("originals"));
        Vertex duplicates = dag.newVertex("duplicates", SinkProcessors.writeListP("duplicates"));
        Vertex counts = dag.newVertex("counts", Processors.noopP());
        dag.edge(Edge.between(source, deduplicate)
                        .partitioned(Event::idHigh, new BucketPartitioner())
                        .distributed())
                .edge(Edge.from(deduplicate, DeduplicateP.ORIGINALS).to(originals))
                .edge(Edge.from(deduplicate, DeduplicateP.DUPLICATES).to(duplicates))
                .edge(Edge.from(deduplicate, DeduplicateP.COUNTS).to(counts));
        JobConfig config = new JobConfig()
                .setProcessingGuarantee(ProcessingGuarantee.EXACTLY_ONCE)
                .setSnapshotIntervalMillis(20);
        member.getJet().newJob(dag, config).join();
    }

    /** Every id twice. */
    private static final class FeedP extends AbstractProcessor {
        private final Traverser<Event> feed = Traversers.traverseStream(
                IntStream.range(0, 2 * IDS).mapToObj(i -> event(i % IDS, 0, i, 1_000 + i / 10)));

        @Override
        public boolean complete() {
            return emitFromTraverser(feed);
        }

        @Override
        public boolean saveToSnapshot() {
            return true;
        }
    }

    /** Has the ids judged as if read from this topic partition, and says how many are duplicates. */
    private static int judgeAll(HazelcastInstance member, int topicPartition) {
        Buckets buckets = Buckets.of(member);
        List<List<Event>> batches = new ArrayList<>();
        for (int bucket = 0; bucket < buckets.count(); bucket++) {
            batches.add(new ArrayList<>());
        }
        for (int id = 0; id < IDS; id++) {
            batches.get(buckets.bucketOf(id)).add(event(id, topicPartition, id, 1_000));
        }
        int duplicates = 0;
        for (int bucket = 0; bucket < buckets.count(); bucket++) {
            Verdict verdict = submit(member, bucket, 1, batches.get(bucket));
            assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.JUDGED);
            duplicates += verdict.duplicates();
        }
        return duplicates;
    }

    private static Verdict submit(HazelcastInstance member, int bucket, long incarnation, List<Event> events) {
        MarkBatch batch = new MarkBatch(
                incarnation, MarkBucket.NOTHING_EXPIRED, 10_000, Rule.ORIGIN, false, Sightings.of(events));
        IMap<Integer, MarkBucket> map = member.getMap(MARKS);
        while (true) {
            try {
                return Verdict.ofWords(map.executeOnKey(Buckets.of(member).key(bucket), batch));
            } catch (IndeterminateOperationStateException asAfterARestart) {
                // The owner died meanwhile. Asking again is what a job does.
            }
        }
    }

    private static void waitUntilSafe(HazelcastInstance member) {
        assertThat(member.getPartitionService().forceLocalMemberToBeSafe(30, TimeUnit.SECONDS))
                .isTrue();
        member.getCluster()
                .getMembers()
                .forEach(any -> assertThat(member.getPartitionService().isMemberSafe(any))
                        .isTrue());
    }

    private HazelcastInstance start() {
        Config config = new Config().setClusterName(cluster);
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.partition.count", Integer.toString(PARTITIONS));
        config.setProperty("hazelcast.operation.fail.on.indeterminate.state", "true");
        config.setProperty("hazelcast.logging.type", "slf4j");
        config.setProperty("hazelcast.socket.bind.any", "false");
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getTcpIpConfig().setEnabled(true);
        members.stream()
                .filter(member -> member.getLifecycleService().isRunning())
                .forEach(member -> config.getNetworkConfig()
                        .getJoin()
                        .getTcpIpConfig()
                        .addMember("127.0.0.1:"
                                + member.getCluster()
                                        .getLocalMember()
                                        .getAddress()
                                        .getPort()));
        config.getJetConfig().setEnabled(true).setCooperativeThreadCount(1);
        config.addMapConfig(MarksMap.config(MARKS, Duration.ofHours(1)));
        DedupeSerializers.all().forEach(config.getSerializationConfig()::addSerializerConfig);
        config.getSerializationConfig()
                .addSerializerConfig(
                        new SerializerConfig().setTypeClass(Event.class).setImplementation(new EventSerializer()));
        HazelcastInstance member = Hazelcast.newHazelcastInstance(config);
        members.add(member);
        return member;
    }
}
