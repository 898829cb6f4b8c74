package io.sightline.rollup.imap;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.Traverser;
import com.hazelcast.jet.Traversers;
import com.hazelcast.jet.core.AbstractProcessor;
import com.hazelcast.jet.core.DAG;
import com.hazelcast.jet.core.Edge;
import com.hazelcast.jet.core.ProcessorMetaSupplier;
import com.hazelcast.jet.core.ProcessorSupplier;
import com.hazelcast.jet.core.Vertex;
import com.hazelcast.jet.core.processor.Processors;
import io.sightline.event.Event;
import io.sightline.event.imap.BucketPartitioner;
import io.sightline.rollup.AccumulatorBound;
import io.sightline.rollup.NaiveRollup;
import io.sightline.rollup.Sightings;
import io.sightline.spec.RollupSpec;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RollupJobTest {
    private static final RollupSpec ROLLUP = Sightings.rollup(Duration.ofSeconds(1), Duration.ofSeconds(2));
    private static final long SEED = 11;

    private final HazelcastInstance one = TestMember.start("rollup-job-test", 5801);
    private final HazelcastInstance two = TestMember.start(
            "rollup-job-test", one.getCluster().getLocalMember().getAddress().getPort());

    @AfterEach
    void stop() {
        two.getLifecycleService().terminate();
        one.getLifecycleService().terminate();
    }

    @Test
    void a_job_on_two_members_leaves_the_exact_rows_of_shuffled_events() throws Exception {
        // Given
        assertThat(one.getCluster().getMembers()).hasSize(2);

        // When
        one.getJet().newJob(dag()).getFuture().get(60, TimeUnit.SECONDS);

        // Then
        assertThat(TestMember.rows(two, ROLLUP)).isEqualTo(new TreeSet<>(NaiveRollup.rows(feed(), 1_000, 2_000)));
    }

    private static DAG dag() {
        DAG dag = new DAG();
        Vertex source =
                dag.newVertex("feed", ProcessorMetaSupplier.forceTotalParallelismOne(ProcessorSupplier.of(Feed::new)));
        Vertex rollup = dag.newVertex(
                "rollup",
                RollupP.metaSupplier(ROLLUP, Sightings.PIPELINE, TestMember.MAP, AccumulatorBound.DEFAULT_LIMIT, null));
        Vertex status = dag.newVertex("status", Processors.noopP());
        dag.edge(Edge.between(source, rollup)
                .partitioned(RollupP.groupHash(ROLLUP, Sightings.PIPELINE), new BucketPartitioner())
                .distributed());
        dag.edge(Edge.between(rollup, status));
        return dag;
    }

    private static List<Event> feed() {
        Random random = new Random(SEED);
        List<Event> events = Sightings.seeded(random, 5_000, 4_000);
        Collections.shuffle(events, random);
        return events;
    }

    /** Emits the feed and is done. */
    private static final class Feed extends AbstractProcessor {
        private final Traverser<Event> events = Traversers.traverseIterable(feed());

        @Override
        public boolean complete() {
            return emitFromTraverser(events);
        }
    }
}
