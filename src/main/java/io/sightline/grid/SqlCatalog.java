package io.sightline.grid;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IndeterminateOperationStateException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mappings and views of the grid. They live in memory and die with the cluster, so every member creates them when
 * it starts, and every submission those of its pipeline; all statements can be run again.
 */
public final class SqlCatalog {
    /** The views that are the same for every pipeline, from the folder {@code sql}. */
    private static final String VIEWS = "/sql/views.sql";

    /** While grid partitions move, a write waits five seconds for its backup: a minute in all. */
    private static final int MOST_TRIES = 12;

    private static final Logger LOG = LoggerFactory.getLogger(SqlCatalog.class);

    private SqlCatalog() {}

    /** Creates mapping and view of each relation. */
    public static void create(HazelcastInstance hazelcast, List<Relation> relations) {
        for (Relation relation : relations) {
            execute(hazelcast, relation.createMapping());
            execute(hazelcast, relation.createView());
        }
    }

    /** Creates the views of {@code sql/views.sql}; the relations they read must be there. */
    public static void createSharedViews(HazelcastInstance hazelcast) {
        statements(VIEWS).forEach(statement -> execute(hazelcast, statement));
    }

    /** The statements of a file in the program's own resources: separated by semicolons at line ends. */
    public static List<String> statements(String resource) {
        try (InputStream in = SqlCatalog.class.getResourceAsStream(resource)) {
            String text = new String(Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
            return Arrays.stream(text.split(";\\s*(\\n|$)"))
                    .map(String::strip)
                    .filter(statement -> !statement.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void execute(HazelcastInstance hazelcast, String statement) {
        int tries = 1;
        while (!isDone(hazelcast, statement, tries == MOST_TRIES)) {
            tries++;
        }
    }

    /** @param last whether it is to fail too where that is not known */
    private static boolean isDone(HazelcastInstance hazelcast, String statement, boolean last) {
        try {
            hazelcast.getSql().execute(statement).close();
            return true;
        } catch (HazelcastException e) {
            if (!last && isUnconfirmed(e)) {
                LOG.atWarn().addKeyValue("why", e.getMessage()).log("the SQL catalog may not be written, trying again");
                return false;
            }
            throw new IllegalStateException(
                    "the grid refuses a statement of its own catalog: " + e.getMessage() + ": "
                            + statement.lines().findFirst().orElse(""),
                    e);
        }
    }

    /** The SQL service puts an exception of its own around what went wrong. */
    private static boolean isUnconfirmed(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IndeterminateOperationStateException) {
                return true;
            }
        }
        return false;
    }
}
