package io.sightline.cli;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.Job;
import com.hazelcast.jet.core.JobStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sightline jobs}: the jobs of a grid. */
@Command(name = "jobs", description = "Lists the jobs of a running grid.", mixinStandardHelpOptions = true)
final class JobsCommand implements Callable<Integer> {
    private static final List<String> COLUMNS = List.of("pipeline", "status", "submitted_at", "cause");

    @Mixin
    private GridOptions grid = new GridOptions();

    @Option(names = "--json", description = "Prints one JSON object on stdout.")
    private boolean json;

    @Override
    public Integer call() {
        HazelcastInstance client = grid.connect();
        try {
            List<List<@Nullable Object>> rows = new ArrayList<>();
            client.getJet().getJobs().stream()
                    .filter(job -> !job.isLightJob() && job.getName() != null)
                    .sorted(Comparator.comparing(Job::getName).thenComparing(Job::getSubmissionTime))
                    .forEach(job -> rows.add(row(job)));
            if (json) {
                System.out.println(Table.json(COLUMNS, rows));
            } else {
                System.out.print(text(rows));
            }
            return Sightline.DONE;
        } finally {
            client.shutdown();
        }
    }

    /** Causes are whole sentences: each stands on a line of its own below the table, where nothing cuts it. */
    private static String text(List<List<@Nullable Object>> rows) {
        int cause = COLUMNS.size() - 1;
        StringBuilder text = new StringBuilder(Table.text(COLUMNS.subList(0, cause), rows));
        for (List<@Nullable Object> row : rows) {
            if (row.get(cause) != null) {
                text.append(row.get(0)).append(": ").append(row.get(cause)).append('\n');
            }
        }
        return text.toString();
    }

    private static List<@Nullable Object> row(Job job) {
        String status = JobFailure.status(job);
        boolean failed = status.equals(JobStatus.FAILED.name()) || status.equals(JobStatus.SUSPENDED.name());
        List<@Nullable Object> row = new ArrayList<>();
        row.add(job.getName());
        row.add(status);
        row.add(Instant.ofEpochMilli(job.getSubmissionTime()));
        row.add(failed ? JobFailure.of(job) : null);
        return row;
    }
}
