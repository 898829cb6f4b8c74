package io.sightline.gateway.grid;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.Job;
import io.sightline.gateway.GridView;
import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.grid.GridNames;
import io.sightline.grid.Standing;
import io.sightline.grid.Submission;
import io.sightline.spec.PipelineSpec;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What runs in the grid, by a client or a member of it. */
public final class HazelcastView implements GridView {
    private final HazelcastInstance hazelcast;

    public HazelcastView(HazelcastInstance hazelcast) {
        this.hazelcast = hazelcast;
    }

    @Override
    public List<PipelineSpec> pipelines() {
        return asked(() -> {
            Map<String, PipelineSpec> pipelines = hazelcast.getMap(GridNames.PIPELINES);
            return pipelines.values().stream()
                    .sorted(Comparator.comparing(PipelineSpec::name))
                    .toList();
        });
    }

    @Override
    public @Nullable String jobStatus(String pipeline) {
        return asked(() -> {
            Job job = Submission.job(hazelcast, pipeline);
            return job == null ? null : job.getStatus().name();
        });
    }

    @Override
    public List<Standing> standings() {
        return asked(() -> Standing.all(hazelcast));
    }

    @Override
    public boolean isConnected() {
        try {
            return hazelcast.getLifecycleService().isRunning()
                    && !hazelcast.getCluster().getMembers().isEmpty();
        } catch (HazelcastException | IllegalStateException e) {
            return false;
        }
    }

    private static <T extends @Nullable Object> T asked(Supplier<T> question) {
        try {
            return question.get();
        } catch (HazelcastException | IllegalStateException e) {
            throw new StatementException(
                    SqlState.CANNOT_CONNECT_NOW, "the grid does not answer", null, "try again in a moment");
        }
    }
}
