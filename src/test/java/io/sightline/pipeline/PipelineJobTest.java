package io.sightline.pipeline;

import static io.sightline.fixture.Eventually.eventually;
import static io.sightline.fixture.SqlRows.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.Job;
import com.hazelcast.jet.config.JobConfig;
import com.hazelcast.jet.core.JobStatus;
import com.hazelcast.jet.pipeline.Pipeline;
import com.hazelcast.jet.pipeline.Sinks;
import com.hazelcast.jet.pipeline.test.TestSources;
import com.hazelcast.map.IMap;
import io.sightline.grid.GridMember;
import io.sightline.grid.GridNames;
import io.sightline.spec.PipelineSpec;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** When a pipeline may be submitted. No member can tell where its broker is, so a job that is made fails at once. */
class PipelineJobTest {
    private static final String NO_BROKER = "bootstrap-servers: \\${file:/nowhere/broker}";

    private static HazelcastInstance member;

    @BeforeAll
    static void startMember() {
        member = GridMember.startAlone();
        Relations.publish(member);
    }

    @AfterAll
    static void stopMember() {
        member.getLifecycleService().terminate();
    }

    @AfterEach
    void endAllJobs() {
        member.getJet().getJobs().stream()
                .filter(job -> !job.getStatus().isTerminal())
                .forEach(PipelineJobTest::end);
    }

    @Test
    void aPipelineThatRunsIsNotSubmittedAgain() {
        // Given
        PipelineSpec spec = spec("busy", yaml -> yaml);
        run(spec);

        // When / Then
        assertThatExceptionOfType(SubmissionException.class)
                .isThrownBy(() -> PipelineJob.submit(member, spec))
                .withMessage("pipeline `busy` runs already; stop it first: sightline stop busy");
    }

    @Test
    void aNameThatARunningPipelineUsesIsNotGivenToAnother() {
        // Given
        run(spec("earlier", yaml -> yaml));
        PipelineSpec second = spec(
                "later",
                yaml -> yaml.replace("detections_per_second", "by_second").replace("detections_per_place", "by_place"));

        // When / Then
        assertThatExceptionOfType(SubmissionException.class)
                .isThrownBy(() -> PipelineJob.submit(member, second))
                .withMessage("the name `detections_per_minute` is taken by the running pipeline `earlier`;"
                        + " give it another name in this file");
        assertThat(member.getJet().getJob("later")).isNull();
        assertThat(member.getMap(GridNames.PIPELINES).containsKey("later")).isFalse();
    }

    @Test
    void referenceDataIsSharedByPipelinesThatDeclareItAlike() {
        // Given
        run(spec("sharing", yaml -> yaml));

        // When
        Job job = PipelineJob.submit(member, other("sharer", yaml -> yaml));

        // Then
        assertThat(job.getName()).isEqualTo("sharer");
        assertThat(rows(member, "SELECT * FROM sharer")).isEmpty();
    }

    @Test
    void referenceDataIsNotSharedByPipelinesThatDeclareItOtherwise() {
        // Given
        run(spec("declaring", yaml -> yaml));
        PipelineSpec other = other("otherwise", yaml -> yaml.replace("refresh: 30s", "refresh: 31s"));

        // When / Then
        assertThatExceptionOfType(SubmissionException.class)
                .isThrownBy(() -> PipelineJob.submit(member, other))
                .withMessageContaining("the name `locations` is taken by the running pipeline `declaring`");
    }

    @Test
    void namesOfAPipelineThatHasEndedAreFree() {
        // Given
        Job ended = run(spec("ended", yaml -> yaml));
        end(ended);

        // When
        Job job = PipelineJob.submit(member, spec("successor", yaml -> yaml));

        // Then
        assertThat(job.getName()).isEqualTo("successor");
    }

    @Test
    void settingsOfAMapThatTheGridKeepsAreNotChangedSilently() {
        // Given
        end(PipelineJob.submit(member, spec("kept", yaml -> yaml)));

        // When / Then
        assertThatExceptionOfType(SubmissionException.class)
                .isThrownBy(() ->
                        PipelineJob.submit(member, spec("kept", yaml -> yaml.replace("keep: 15m", "keep: 16m"))))
                .withMessageStartingWith(
                        "the grid still has other settings for `hot_kept` from an earlier submission: its `keep` or `index`")
                .withMessageEndingWith("restart all members, or name the pipeline anew");
    }

    @Test
    void aSubmissionBeginsWithoutWhatAnEarlierJobOfTheNameLeft() {
        // Given
        PipelineSpec spec = spec("again", yaml -> yaml);
        end(PipelineJob.submit(member, spec));
        IMap<Object, Object> counts = member.getMap(GridNames.COUNTS);
        IMap<Object, Object> status = member.getMap(GridNames.STATUS);
        counts.set("again/records/", "of the earlier job");
        counts.set("against/records/", "of another pipeline");
        status.set("against", "of another pipeline");

        // When
        PipelineMaps.prepare(member, spec);

        // Then
        boolean othersAreThere = counts.containsKey("against/records/") && status.containsKey("against");
        boolean itsOwnAreGone = !counts.containsKey("again/records/") && !status.containsKey("again");
        counts.clear();
        status.clear();
        assertThat(othersAreThere).isTrue();
        assertThat(itsOwnAreGone).isTrue();
    }

    @Test
    void whatIsSubmittedCanBeReadAndIsKnownToMembersThatComeLater() {
        // Given
        PipelineSpec spec = spec("known", yaml -> yaml);

        // When
        PipelineJob.submit(member, spec);

        // Then
        assertThat(member.getMap(GridNames.PIPELINES).containsKey("known")).isTrue();
        assertThat(rows(member, "SELECT COUNT(*) FROM known").get(0)).containsExactly(0L);
        assertThat(member.getMap(GridNames.marks("known")).size())
                .as("a bucket of marks for each grid partition")
                .isEqualTo(member.getPartitionService().getPartitions().size());
    }

    /** The detections' pipeline under another name. */
    private static PipelineSpec spec(String name, UnaryOperator<String> change) {
        return Detections.spec(
                        "detections",
                        yaml -> change.apply(yaml.replace("pipeline: detections", "pipeline: " + name)
                                .replaceFirst("bootstrap-servers: .*", NO_BROKER)))
                .withHistory(null);
    }

    /** The same with rollups of its own, so that only its reference data could be another's. */
    private static PipelineSpec other(String name, UnaryOperator<String> change) {
        return spec(name, yaml -> change.apply(yaml.replace("name: detections_per", "name: " + name + "_per")));
    }

    /** A job that runs in the name of this pipeline, and does nothing. */
    private static Job run(PipelineSpec spec) {
        member.<String, PipelineSpec>getMap(GridNames.PIPELINES).set(spec.name(), spec);
        Pipeline nothing = Pipeline.create();
        nothing.readFrom(TestSources.itemStream(1)).withoutTimestamps().writeTo(Sinks.noop());
        Job job = member.getJet().newJob(nothing, new JobConfig().setName(spec.name()));
        eventually("the job runs", () -> job.getStatus() == JobStatus.RUNNING);
        return job;
    }

    private static void end(Job job) {
        if (!job.getStatus().isTerminal()) {
            job.cancel();
        }
        eventually("the job has ended", () -> job.getStatus().isTerminal());
    }
}
