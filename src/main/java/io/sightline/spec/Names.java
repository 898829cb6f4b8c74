package io.sightline.spec;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The kinds of name that a pipeline file gives, and what a name of each kind may not be. */
enum Names {
    /** Of a pipeline, a reference or a rollup: a relation in SQL. */
    RELATION("a name"),
    /** Of a field, an added attribute or a measure: a column in SQL. */
    COLUMN("a column name");

    private static final Set<String> RELATIONS = Set.of(
            "pipeline_status",
            "duplicates",
            "dead_letters",
            "topic_partitions",
            "duplicate_gaps",
            "dead_letter_reasons",
            "pipeline_counts",
            "history_status",
            "latency_histogram",
            "redrives",
            "rollup_status");
    private static final Set<String> COLUMNS = Set.of(
            "extra",
            "source_time",
            "event_date",
            "topic_partition",
            "record_offset",
            "record_index",
            "window_start",
            "window_end",
            "this");

    /** What the names of the mappings behind the views begin with. */
    static final String PHYSICAL_PREFIX = "hot_";

    static final int LONGEST = 63;
    static final String REGEX = "[a-z][a-z0-9_]{0,62}";
    static final String ACCEPTED =
            "lower-case letters, digits and _, beginning with a letter, at most " + LONGEST + " long";

    private final String what;

    Names(String what) {
        this.what = what;
    }

    String what() {
        return what;
    }

    /** The names of this kind that Sightline gives itself. */
    Set<String> taken() {
        return this == RELATION ? RELATIONS : COLUMNS;
    }

    /** Why this well-formed name cannot be used; null if it can. */
    @Nullable
    String objection(String name) {
        if (ReservedWords.ALL.contains(name)) {
            return "a reserved word of SQL";
        }
        boolean ours = taken().contains(name) || (this == RELATION && name.startsWith(PHYSICAL_PREFIX));
        return ours ? "a name that Sightline uses itself" : null;
    }
}
