package io.sightline.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.DistributedObject;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.Job;
import com.hazelcast.jet.config.JobConfig;
import com.hazelcast.jet.config.ProcessingGuarantee;
import com.hazelcast.jet.core.JobStatus;
import com.hazelcast.jet.impl.JobRepository;
import com.hazelcast.jet.pipeline.Pipeline;
import com.hazelcast.jet.pipeline.Sinks;
import com.hazelcast.jet.pipeline.test.TestSources;
import com.hazelcast.map.IMap;
import io.sightline.fixture.Eventually;
import io.sightline.grid.GridMember;
import io.sightline.grid.GridNames;
import io.sightline.grid.Submission;
import io.sightline.spec.PipelineSpec;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FailoverTest {
    private static final String SNAPSHOTS = "__jet.snapshot.";

    private static HazelcastInstance member;

    @BeforeAll
    static void startMember() {
        member = GridMember.startAlone();
    }

    @AfterAll
    static void stopMember() {
        member.getLifecycleService().terminate();
    }

    static Stream<Named<Consumer<IMap<Object, Object>>>> losses() {
        return Stream.of(
                Named.of("all of it", IMap::clear),
                Named.of("an entry", snapshot -> snapshot.delete(key(snapshot, "SnapshotDataKey"))),
                Named.of(
                        "the entry that says what it holds",
                        snapshot -> snapshot.delete(key(snapshot, "SnapshotValidationRecord"))));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void aJobThatHasLostItsSnapshotOrAPartOfItIsToBeStartedFromTheHistory(Consumer<IMap<Object, Object>> loss) {
        // Given
        Job job = running(new JobConfig());
        job.suspend();
        Eventually.eventually("is suspended", () -> job.getStatus() == JobStatus.SUSPENDED);
        assertThat(Failover.isLost(job)).isFalse();

        // When
        snapshotsOf(job).filter(snapshot -> !snapshot.isEmpty()).forEach(loss);
        job.resume();

        // Then
        Eventually.eventually("has found it out", () -> Failover.isLost(job));
        job.cancel();
    }

    @Test
    void aJobWhoseRecordIsLostIsToBeStartedFromTheHistory() {
        // Given
        Job job = running(new JobConfig());

        // When
        member.getMap(JobRepository.JOB_RECORDS_MAP_NAME).clear();
        job.restart();

        // Then
        Eventually.eventually("has found it out", () -> Failover.isLost(job));
        job.cancel();
    }

    @Test
    void aJobThatSomebodyEndsIsNotTakenForLost() {
        // Given one that a submitter did not come to write down
        PipelineSpec spec = Detections.spec();
        member.getMap(GridNames.PIPELINES).set(spec.name(), spec);
        IMap<String, Submission> submissions = Submission.all(member);
        submissions.set(spec.name(), new Submission(1, 1));
        Job job = running(new JobConfig().setName(spec.name()));

        // When
        Failover.watch(member);
        Eventually.eventually(
                "is written down", () -> new Submission(job.getId(), 1).equals(submissions.get(spec.name())));
        job.cancel();

        // Then
        Eventually.eventually("its end is known", () -> !submissions.containsKey(spec.name()));
        assertThat(member.getMap(GridNames.FAILOVERS).containsKey(spec.name())).isFalse();
    }

    private static Job running(JobConfig config) {
        Job job = member.getJet()
                .newJob(
                        counting(),
                        config.setProcessingGuarantee(ProcessingGuarantee.EXACTLY_ONCE)
                                .setSuspendOnFailure(true));
        Eventually.eventually("runs", () -> job.getStatus() == JobStatus.RUNNING);
        return job;
    }

    /** Each of its keys is an entry of the snapshot. */
    private static Pipeline counting() {
        Pipeline pipeline = Pipeline.create();
        pipeline.readFrom(TestSources.itemStream(100))
                .withoutTimestamps()
                .groupingKey(event -> event.sequence() % 10)
                .mapStateful(() -> new long[1], (count, key, event) -> ++count[0])
                .writeTo(Sinks.noop());
        return pipeline;
    }

    private static Stream<IMap<Object, Object>> snapshotsOf(Job job) {
        return member.getDistributedObjects().stream()
                .map(DistributedObject::getName)
                .filter(name -> name.startsWith(SNAPSHOTS + job.getIdString()))
                .map(member::getMap);
    }

    private static Object key(IMap<Object, Object> snapshot, String type) {
        return snapshot.keySet().stream()
                .filter(key -> key.getClass().getName().contains(type))
                .findFirst()
                .orElseThrow();
    }
}
