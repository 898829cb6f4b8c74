package io.sightline.grid;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.Job;
import com.hazelcast.jet.config.JobConfig;
import com.hazelcast.jet.core.JobStatus;
import com.hazelcast.jet.pipeline.Pipeline;
import com.hazelcast.jet.pipeline.Sinks;
import com.hazelcast.jet.pipeline.test.TestSources;
import io.sightline.fixture.Eventually;
import io.sightline.fixture.Loopback;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SubmissionTest {
    private final String cluster = "submission-" + UUID.randomUUID();
    private final List<HazelcastInstance> members = new ArrayList<>();

    @AfterEach
    void stopMembers() {
        members.forEach(member -> member.getLifecycleService().terminate());
    }

    @Test
    void aJobIsFoundThatTheNextCoordinatorHasNotLookedForYet() {
        // Given
        HazelcastInstance dying = start();
        HazelcastInstance next = start();
        Job job = dying.getJet().newJob(endless(), new JobConfig().setName("cars"));
        Submission.all(dying).set("cars", new Submission(job.getId(), 2));
        Eventually.eventually("runs", () -> job.getStatus() == JobStatus.RUNNING);
        // When it ends in order, so that nothing of it is lost, and the next one takes its time
        dying.shutdown();

        // Then
        assertThat(next.getJet().getJob("cars")).as("by its name").isNull();
        assertThat(Objects.requireNonNull(Submission.job(next, "cars")).getId()).isEqualTo(job.getId());
    }

    @Test
    void anEarlierJobIsGivenWhereTheLastOneIsLost() {
        // Given
        HazelcastInstance member = start();
        Job earlier = member.getJet().newJob(endless(), new JobConfig().setName("cars"));
        earlier.cancel();
        Eventually.eventually("ended", () -> earlier.getStatus().isTerminal());

        // When
        Submission.all(member).set("cars", new Submission(earlier.getId() + 1, 1));

        // Then
        assertThat(Objects.requireNonNull(Submission.job(member, "cars")).getId())
                .isEqualTo(earlier.getId());
        assertThat(Submission.job(member, "trucks")).isNull();
    }

    @Test
    void lessThanHalfOfThreeMembersOrMoreTakeNothingForLost() {
        assertThat(new Submission(1, 3).isDecidedBy(1)).isFalse();
        assertThat(new Submission(1, 3).isDecidedBy(2)).isTrue();
        assertThat(new Submission(1, 4).isDecidedBy(2)).isFalse();
        assertThat(new Submission(1, 2).isDecidedBy(1))
                .as("there is no majority of two")
                .isTrue();
    }

    private static Pipeline endless() {
        Pipeline pipeline = Pipeline.create();
        pipeline.readFrom(TestSources.itemStream(10)).withoutTimestamps().writeTo(Sinks.noop());
        return pipeline;
    }

    private HazelcastInstance start() {
        Config config = Loopback.config(
                cluster, members.stream().mapToInt(Loopback::port).toArray());
        config.setProperty("hazelcast.partition.count", "13");
        config.setProperty("hazelcast.jet.job.scan.period", "3600000");
        config.getJetConfig().setCooperativeThreadCount(1);
        HazelcastInstance member = Hazelcast.newHazelcastInstance(config);
        members.add(member);
        return member;
    }
}
