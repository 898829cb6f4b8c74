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
import io.sightline.history.jet.HistoryQuestion;
import io.sightline.spec.PipelineSpec;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
    public <T> T ask(HistoryQuestion<T> question, Duration within) {
        Future<T> answer = asked(
                () -> hazelcast.getExecutorService(GridNames.HISTORY_QUESTIONS).submit(question));
        try {
            return answer.get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw EngineErrors.ofHistory(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            // Not cancelled, which may wait as long again: a member keeps to the time by itself.
            throw EngineErrors.ofHistory(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StatementException(SqlState.QUERY_CANCELED, "canceling statement due to user request");
        }
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
