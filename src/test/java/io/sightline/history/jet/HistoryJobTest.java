package io.sightline.history.jet;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.config.SerializerConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.function.FunctionEx;
import com.hazelcast.jet.Job;
import com.hazelcast.jet.config.JobConfig;
import com.hazelcast.jet.config.ProcessingGuarantee;
import com.hazelcast.jet.core.AbstractProcessor;
import com.hazelcast.jet.core.BroadcastKey;
import com.hazelcast.jet.core.DAG;
import com.hazelcast.jet.core.Edge;
import com.hazelcast.jet.core.JobStatus;
import com.hazelcast.jet.core.ProcessorMetaSupplier;
import com.hazelcast.jet.core.ProcessorSupplier;
import com.hazelcast.jet.core.Vertex;
import io.sightline.event.Event;
import io.sightline.event.Origin;
import io.sightline.event.imap.EventSerializer;
import io.sightline.fixture.Eventually;
import io.sightline.history.EventRows;
import io.sightline.history.ProgressVector;
import io.sightline.history.TableState;
import io.sightline.history.delta.DeltaTableLog;
import io.sightline.history.delta.TableFolder;
import io.sightline.history.delta.TableRows;
import io.sightline.observe.AtBarrier;
import io.sightline.observe.Counter;
import io.sightline.observe.Counts;
import io.sightline.observe.Progress;
import io.sightline.rollup.Sightings;
import io.sightline.spec.HistorySpec;
import io.sightline.spec.HistorySpec.Compression;
import io.sightline.spec.Setting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The history branch in real jobs on two members, which restart, lose a member, or are lost altogether. */
class HistoryJobTest {
    private static final String CLUSTER = "history-job-test";
    private static final int TOPIC_PARTITIONS = 3;
    private static final int RECORDS = 12_000;
    private static final ProgressVector START = ProgressVector.of(0, 0, 0);
    private static final ProgressVector END = ProgressVector.of(RECORDS, RECORDS, RECORDS);

    private static final CommitListener.Source NOBODY = hazelcast -> new CommitListener() {
        @Override
        public void committed(long version, long rows) {}

        @Override
        public void stalled(String why) {}
    };

    private final List<HazelcastInstance> members = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        members.forEach(member -> member.getLifecycleService().terminate());
    }

    @Test
    void restarts_at_any_moment_leave_each_row_once_and_true_counters() throws Exception {
        // Given
        startMember();
        startMember();
        Job job = submit();
        Random random = new Random(5);

        // When
        for (int i = 0; i < 4; i++) {
            ProgressVector at = progress();
            Eventually.eventually("the table moves on", () -> !progress().equals(at));
            TimeUnit.MILLISECONDS.sleep(random.nextInt(150));
            job.restart();
            Eventually.eventually("the job runs again", () -> job.getStatus() == JobStatus.RUNNING);
        }
        Eventually.eventually("all is in the table", () -> progress().equals(END));

        // Then
        assertEachRowOnce();
        assertThat(state().counters()).containsEntry("events", (long) rowsOf(TOPIC_PARTITIONS * RECORDS));
    }

    @Test
    void the_loss_of_a_member_leaves_each_row_once() throws Exception {
        // Given
        startMember();
        startMember();
        submit();
        Eventually.eventually("the table moves on", () -> !progress().equals(START));

        // When
        members.remove(1).getLifecycleService().terminate();
        Eventually.eventually("all is in the table", () -> progress().equals(END));

        // Then
        assertEachRowOnce();
    }

    @Test
    void the_loss_of_all_members_loses_nothing_because_the_table_says_where_to_go_on() throws Exception {
        // Given
        startMember();
        submit();
        Eventually.eventually("the table moves on", () -> !progress().equals(START));

        // When
        members.remove(0).getLifecycleService().terminate();
        ProgressVector left = progress();
        startMember();
        submit();
        Eventually.eventually("all is in the table", () -> progress().equals(END));

        // Then
        assertThat(left).isNotEqualTo(END);
        assertEachRowOnce();
        assertThat(state().counters()).containsEntry("events", (long) rowsOf(TOPIC_PARTITIONS * RECORDS));
    }

    @Test
    void a_topic_partition_that_is_added_while_the_job_runs_is_there_when_it_starts_again() throws Exception {
        // Given
        startMember();
        Job job = submit(ProgressVector.of(0, 0));
        Eventually.eventually(
                "the new one is in the table", () -> state().progress().size() == TOPIC_PARTITIONS);

        // When
        job.restart();
        Eventually.eventually("all is in the table", () -> progress().equals(END));

        // Then
        assertEachRowOnce();
    }

    @Test
    void a_table_that_is_away_when_the_job_starts_is_waited_for_and_never_made_anew() throws Exception {
        // Given
        startMember();
        table().claim(CLUSTER, START, false, Map.of());
        Path log = folder.resolve("_delta_log");
        Path aside = Files.move(log, folder.resolve("aside"));
        Job job = submitClaimed(START);
        AtomicInteger starts = new AtomicInteger();
        job.addStatusListener(change -> starts.addAndGet(change.getNewStatus() == JobStatus.STARTING ? 1 : 0));
        Eventually.eventually("the job has started again and again", () -> starts.get() > 1);
        boolean madeAnew = Files.exists(log);

        // When
        Files.move(aside, log);
        Eventually.eventually("all is in the table", () -> progress().equals(END));

        // Then
        assertThat(madeAnew).isFalse();
        assertEachRowOnce();
    }

    private void assertEachRowOnce() throws IOException {
        List<Origin> expected = new ArrayList<>();
        for (int partition = 0; partition < TOPIC_PARTITIONS; partition++) {
            for (long offset = 0; offset < RECORDS; offset++) {
                if (isEvent(offset)) {
                    expected.add(new Origin(partition, offset, 0));
                }
            }
        }
        assertThat(TableRows.origins(folder)).isEqualTo(expected);
    }

    private TableState state() {
        try {
            return log().read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private DeltaTableLog log() {
        return new DeltaTableLog(
                TableFolder.of(folder.toString(), Map.of()),
                Sightings.PIPELINE.source().topic(),
                new EventRows(Sightings.PIPELINE).columns());
    }

    private ProgressVector progress() {
        ProgressVector progress = state().progress();
        return progress.size() == 0 ? START : progress;
    }

    private void startMember() {
        Config config = new Config().setClusterName(CLUSTER);
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.partition.count", "31");
        config.setProperty("hazelcast.shutdownhook.enabled", "false");
        config.getNetworkConfig().setPort(5821).setPortAutoIncrement(true).setPortCount(200);
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getTcpIpConfig().setEnabled(true);
        for (HazelcastInstance other : members) {
            config.getNetworkConfig()
                    .getJoin()
                    .getTcpIpConfig()
                    .addMember("127.0.0.1:"
                            + other.getCluster().getLocalMember().getAddress().getPort());
        }
        config.getJetConfig().setEnabled(true).setCooperativeThreadCount(2);
        config.getSerializationConfig()
                .addSerializerConfig(
                        new SerializerConfig().setTypeClass(Event.class).setImplementation(new EventSerializer()));
        members.add(Hazelcast.newHazelcastInstance(config));
    }

    /** The job starts from where the table is, as a cold start does. */
    private Job submit() throws IOException {
        return submit(progress());
    }

    private Job submit(ProgressVector start) throws IOException {
        table().claim(CLUSTER, start, false, Map.of());
        return submitClaimed(start);
    }

    private Job submitClaimed(ProgressVector start) {
        JobConfig config = new JobConfig()
                .setName("sightings")
                .setProcessingGuarantee(ProcessingGuarantee.EXACTLY_ONCE)
                .setSnapshotIntervalMillis(200);
        return members.get(0).getJet().newJob(dag(start), config);
    }

    private HistoryTable table() {
        return HistoryTable.ofEvents(Sightings.PIPELINE.withHistory(
                new HistorySpec(new Setting(folder.toString()), Duration.ofMillis(200), Compression.SNAPPY, null)));
    }

    private DAG dag(ProgressVector start) {
        HistoryTable table = table();
        DAG dag = new DAG();
        Vertex feed = dag.newVertex(
                "feed", ProcessorMetaSupplier.forceTotalParallelismOne(ProcessorSupplier.of(() -> new Feed(start))));
        Vertex writers = dag.newVertex(
                        "history", HistorySupplier.writers(table, () -> new EventRows(Sightings.PIPELINE), NOBODY))
                .localParallelism(1);
        Vertex committer = dag.newVertex("history commits", HistorySupplier.committer(table, start, NOBODY))
                .localParallelism(1);
        FunctionEx<Object, Object> toCommitter = item -> HistorySupplier.committerKey();
        dag.edge(Edge.from(feed, 0).to(writers, 0).distributed());
        dag.edge(Edge.from(writers, 0).to(committer, 0).partitioned(toCommitter).distributed());
        dag.edge(Edge.from(feed, 1).to(committer, 1).partitioned(toCommitter).distributed());
        return dag;
    }

    private static boolean isEvent(long offset) {
        return offset % 5 != 4;
    }

    private static int rowsOf(int records) {
        return records / 5 * 4;
    }

    /**
     * A topic and its decoding in one: every fifth record is no event. Goes on where the job snapshot says, tells the
     * committer at the barrier how far it is, and then waits for ever.
     */
    private static final class Feed extends AbstractProcessor {
        private static final int AT_ONCE = 20;

        private final long[] next = new long[TOPIC_PARTITIONS];
        /** The topic partition whose turn it is, and how much of its turn is over. */
        private int turn;

        private int inTurn;
        private @Nullable Event unsent;
        private boolean told;

        Feed(ProgressVector start) {
            for (int i = 0; i < next.length; i++) {
                next[i] = start.next(i);
            }
        }

        @Override
        public boolean isCooperative() {
            return false;
        }

        @Override
        public boolean complete() {
            for (; turn < next.length; turn++) {
                for (; inTurn < AT_ONCE && next[turn] < RECORDS; inTurn++) {
                    long offset = next[turn];
                    // What the outbox has refused it wants offered again: the very same object.
                    if (isEvent(offset) && unsent == null) {
                        unsent = event(turn, offset);
                    }
                    if (unsent != null && !tryEmit(0, unsent)) {
                        return false;
                    }
                    unsent = null;
                    next[turn]++;
                }
                inTurn = 0;
            }
            turn = 0;
            pause();
            return false;
        }

        /** So that the feed lasts through the test. */
        private static void pause() {
            try {
                TimeUnit.MILLISECONDS.sleep(5);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private static Event event(int partition, long offset) {
            long millis = 1_777_777_777_000L + offset * 20_000;
            return Sightings.sighting(partition, offset, millis, millis, "place", "item-" + offset, 1, 0.5, "site");
        }

        @Override
        public boolean saveToSnapshot() {
            if (!told && !tryEmit(1, standing())) {
                return false;
            }
            told = true;
            if (!tryEmitToSnapshot(BroadcastKey.broadcastKey("feed"), next.clone())) {
                return false;
            }
            told = false;
            return true;
        }

        private AtBarrier standing() {
            List<Progress> progress = new ArrayList<>();
            Counts counts = new Counts();
            for (int partition = 0; partition < next.length; partition++) {
                progress.add(new Progress(partition, next[partition], 0));
                counts.add(Counter.EVENTS, next[partition] - next[partition] / 5);
            }
            return new AtBarrier(progress, counts);
        }

        @Override
        protected void restoreFromSnapshot(Object key, Object value) {
            System.arraycopy((long[]) value, 0, next, 0, next.length);
        }
    }
}
