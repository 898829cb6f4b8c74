package io.sightline.cli;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.sql.HazelcastSqlException;
import com.hazelcast.sql.SqlColumnMetadata;
import com.hazelcast.sql.SqlResult;
import com.hazelcast.sql.SqlRow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sightline sql}: one statement, its rows as a table or as JSON. */
@Command(
        name = "sql",
        description = "Runs one SQL statement on a running grid.",
        footer = {
            "",
            "Examples:",
            "  sightline sql \"SELECT * FROM pipeline_status\"",
            "  sightline sql \"SELECT * FROM detections ORDER BY event_time DESC LIMIT 100\"",
        },
        mixinStandardHelpOptions = true)
final class SqlCommand implements Callable<Integer> {
    private static final Pattern CLASS_BEFORE_CAUSE = Pattern.compile(".*[\\w.]+Exception: (.+)");

    @Parameters(paramLabel = "STATEMENT", description = "The statement.")
    private String statement = "";

    @Option(
            names = "--max-rows",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Reads so many rows at most (default: ${DEFAULT-VALUE}).")
    private int maxRows = 10_000;

    @Option(names = "--json", description = "Prints {\"rows\": [...]} on stdout.")
    private boolean json;

    @Mixin
    private GridOptions grid = new GridOptions();

    @Override
    public Integer call() {
        HazelcastInstance client = grid.connect();
        try (SqlResult result = client.getSql().execute(statement)) {
            if (!result.isRowSet()) {
                return Sightline.DONE;
            }
            List<String> columns = result.getRowMetadata().getColumns().stream()
                    .map(SqlColumnMetadata::getName)
                    .toList();
            List<List<@Nullable Object>> rows = new ArrayList<>();
            for (SqlRow row : result) {
                if (rows.size() == maxRows) {
                    System.err.println("sightline: only the first " + maxRows + " rows; see --max-rows");
                    break;
                }
                List<@Nullable Object> values = new ArrayList<>();
                for (int i = 0; i < columns.size(); i++) {
                    values.add(row.getObject(i));
                }
                rows.add(values);
            }
            System.out.print(json ? Table.json(columns, rows) + "\n" : Table.text(columns, rows));
            return Sightline.DONE;
        } catch (HazelcastSqlException e) {
            throw new Failure(Sightline.FAILED, message(e), e);
        } finally {
            client.shutdown();
        }
    }

    /** What the grid says, without the classes it came through and the parser's list of all tokens. */
    private static String message(HazelcastSqlException failure) {
        String line = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
        Matcher cause = CLASS_BEFORE_CAUSE.matcher(line);
        return cause.matches() ? cause.group(1) : line;
    }
}
