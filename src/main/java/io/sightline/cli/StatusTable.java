package io.sightline.cli;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.Job;
import com.hazelcast.sql.HazelcastSqlException;
import com.hazelcast.sql.SqlColumnMetadata;
import com.hazelcast.sql.SqlResult;
import com.hazelcast.sql.SqlRow;
import io.sightline.grid.Submission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The view {@code pipeline_status}, read for people, with the state of each job. */
final class StatusTable {
    private StatusTable() {}

    /** The rows of all pipelines, or of one, each with {@code status} beside its name. */
    static List<Map<String, @Nullable Object>> read(HazelcastInstance hazelcast, @Nullable String pipeline) {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        try (SqlResult result = hazelcast.getSql().execute("SELECT * FROM pipeline_status ORDER BY pipeline")) {
            List<SqlColumnMetadata> columns = result.getRowMetadata().getColumns();
            for (SqlRow row : result) {
                String name = row.getObject("pipeline");
                if (pipeline != null && !pipeline.equals(name)) {
                    continue;
                }
                Map<String, @Nullable Object> values = new LinkedHashMap<>();
                values.put("pipeline", name);
                values.put("status", jobStatus(hazelcast, name));
                for (int i = 0; i < columns.size(); i++) {
                    values.putIfAbsent(columns.get(i).getName(), row.getObject(i));
                }
                rows.add(values);
            }
        }
        return rows;
    }

    /** The row of one pipeline; empty before its first report, and while there is no grid that could answer. */
    static Optional<Map<String, @Nullable Object>> look(@Nullable HazelcastInstance grid, String pipeline) {
        try {
            return grid == null
                    ? Optional.empty()
                    : read(grid, pipeline).stream().findFirst();
        } catch (HazelcastException | IllegalStateException e) {
            // The member has just died, or is coming back.
            return Optional.empty();
        }
    }

    private static String jobStatus(HazelcastInstance hazelcast, String pipeline) {
        Job job = Submission.job(hazelcast, pipeline);
        return job == null ? "GONE" : JobFailure.status(job);
    }

    /** A line a value, a paragraph a pipeline. */
    static String text(List<Map<String, @Nullable Object>> rows) {
        StringBuilder text = new StringBuilder();
        for (Map<String, @Nullable Object> row : rows) {
            row.forEach((name, value) -> text.append("%-20s %s%n".formatted(name, Json.text(value))));
            text.append('\n');
        }
        return text.isEmpty() ? "no pipeline has reported yet\n" : text.toString();
    }

    /** The figures of one pipeline in one line; empty before its first report. */
    static Optional<String> line(HazelcastInstance hazelcast, String pipeline) {
        try {
            return read(hazelcast, pipeline).stream()
                    .findFirst()
                    .map(row -> "sightline: %s events, %s unique, %s duplicates, %s dead letters, lag %s, p99 %s ms"
                            .formatted(
                                    row.get("events"),
                                    row.get("originals"),
                                    row.get("duplicates"),
                                    row.get("dead_letters"),
                                    Json.text(row.get("lag_events")),
                                    Json.text(row.get("latency_p99_ms"))));
        } catch (HazelcastSqlException e) {
            return Optional.of("sightline: no status at the moment: " + e.getMessage());
        }
    }
}
