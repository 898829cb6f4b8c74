package io.sightline.grid;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.Job;
import com.hazelcast.nio.serialization.genericrecord.GenericRecord;
import io.sightline.observe.Metric;
import io.sightline.observe.MetricsText;
import io.sightline.spec.HistorySpec;
import io.sightline.spec.PipelineSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a submitted pipeline is doing, as far as health is concerned.
 *
 * @param jobStatus the state of its job as Jet names it, or {@value #STOPPED}; null if there is no job
 * @param reportedAt when the job last wrote its status; null before the first time
 * @param sourceProblem why the broker does not answer; null while it does
 * @param commitEvery how often a commit of the history is due; null without a history
 * @param committedAt when the last one was made; null before the first one
 * @param stalledBecause why none can be made; null while one can
 */
public record Standing(
        String pipeline,
        @Nullable String jobStatus,
        @Nullable Instant reportedAt,
        @Nullable String sourceProblem,
        @Nullable Duration commitEvery,
        @Nullable Instant committedAt,
        @Nullable String stalledBecause) {
    /** The status of a job that somebody ended on purpose. */
    public static final String STOPPED = "STOPPED";

    private static final String RUNNING = "RUNNING";
    private static final Duration REPORTS_WITHIN = Duration.ofSeconds(10);

    /** A commit waits for the barrier before it, and its storage may be slow: this many intervals, but at least so long. */
    private static final int COMMIT_INTERVALS = 3;

    private static final Duration COMMITS_WITHIN_AT_LEAST = Duration.ofSeconds(30);

    /**
     * Those of all pipelines that were submitted, by name.
     *
     * @param hazelcast a member or a client
     */
    public static List<Standing> all(HazelcastInstance hazelcast) {
        Map<String, PipelineSpec> pipelines = hazelcast.getMap(GridNames.PIPELINES);
        return pipelines.values().stream()
                .map(spec -> of(hazelcast, spec))
                .sorted(Comparator.comparing(Standing::pipeline))
                .toList();
    }

    private static Standing of(HazelcastInstance hazelcast, PipelineSpec spec) {
        String name = spec.name();
        GenericRecord status =
                hazelcast.<String, GenericRecord>getMap(GridNames.STATUS).get(name);
        GenericRecord history =
                hazelcast.<String, GenericRecord>getMap(GridNames.HISTORY).get(name);
        HistorySpec kept = spec.history();
        return new Standing(
                name,
                jobStatus(Submission.job(hazelcast, name)),
                time(status, "updated_at"),
                status == null ? null : status.getString("source_problem"),
                kept == null ? null : kept.commitEvery(),
                time(history, "committed_at"),
                history == null ? null : history.getString("stalled_because"));
    }

    private static @Nullable String jobStatus(@Nullable Job job) {
        if (job == null) {
            return null;
        }
        return job.getStatus().isTerminal() && job.isUserCancelled()
                ? STOPPED
                : job.getStatus().name();
    }

    private static @Nullable Instant time(@Nullable GenericRecord row, String column) {
        OffsetDateTime time = row == null ? null : row.getTimestampWithTimezone(column);
        return time == null ? null : time.toInstant();
    }

    public boolean isRunning() {
        return RUNNING.equals(jobStatus);
    }

    /** Adds whether they run, and gives the names of those that somebody ended on purpose, of which nothing is said. */
    public static Set<String> addTo(MetricsText text, List<Standing> standings) {
        Set<String> stopped = new HashSet<>();
        for (Standing standing : standings) {
            if (standing.isStopped()) {
                stopped.add(standing.pipeline());
            } else {
                text.add(Metric.JOB_RUNNING, standing.isRunning() ? 1 : 0, standing.pipeline());
            }
        }
        return stopped;
    }

    /** Whether somebody ended it on purpose. */
    public boolean isStopped() {
        return STOPPED.equals(jobStatus);
    }

    /** Why it does not run; empty while it does. */
    public Optional<String> whyNotRunning() {
        return isRunning()
                ? Optional.empty()
                : Optional.of("the job " + pipeline + (jobStatus == null ? " is not there" : " is " + jobStatus));
    }

    /** What is wrong with it although it runs; empty if nothing is, and while it does not run. */
    public List<String> troubles(Instant now) {
        List<String> troubles = new ArrayList<>();
        if (!isRunning()) {
            return troubles;
        }
        if (reportedAt != null && isOlder(reportedAt, REPORTS_WITHIN, now)) {
            troubles.add("the job " + pipeline + " runs, but has not reported for " + seconds(reportedAt, now));
        }
        if (sourceProblem != null) {
            troubles.add("the broker of " + pipeline + " cannot be reached: " + sourceProblem);
        }
        if (commitEvery != null && committedAt != null && isOlder(committedAt, commitsWithin(commitEvery), now)) {
            troubles.add("the last commit of " + pipeline + " is " + seconds(committedAt, now)
                    + " old, and one is due every " + commitEvery.toSeconds() + " s");
        }
        if (stalledBecause != null) {
            troubles.add("nothing can be committed to the history of " + pipeline + ": " + stalledBecause);
        }
        return troubles;
    }

    private static Duration commitsWithin(Duration commitEvery) {
        Duration intervals = commitEvery.multipliedBy(COMMIT_INTERVALS);
        return intervals.compareTo(COMMITS_WITHIN_AT_LEAST) < 0 ? COMMITS_WITHIN_AT_LEAST : intervals;
    }

    private static boolean isOlder(Instant time, Duration age, Instant now) {
        return Duration.between(time, now).compareTo(age) > 0;
    }

    private static String seconds(Instant since, Instant now) {
        return Duration.between(since, now).toSeconds() + " s";
    }
}
