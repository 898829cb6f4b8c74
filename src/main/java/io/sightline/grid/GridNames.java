package io.sightline.grid;

/**
 * What the grid's maps are called. A map that SQL reads has a mapping of its own name, beginning with {@code hot_};
 * people see views and never these.
 */
public final class GridNames {
    /** Pipeline name to the text of its file, for members and clients that come later. */
    public static final String PIPELINES = "sightline_pipelines";

    /** Pipeline name to its last {@link Submission}. */
    static final String SUBMISSIONS = "sightline_submissions";

    /** The names of pipelines that are being started again from their history. */
    public static final String FAILOVERS = "sightline_failovers";

    /** Pipeline name to the most rows of its hot window that a member owns, as the grid was first told: it takes no other later. */
    public static final String HOT_ROWS = "sightline_hot_rows";

    public static final String STATUS = "hot_pipeline_status";
    public static final String TOPIC_PARTITIONS = "hot_topic_partitions";
    public static final String COUNTS = "hot_counts";
    public static final String LATENCIES = "hot_latencies";
    public static final String HISTORY = "hot_history_status";
    public static final String DUPLICATES = "hot_duplicates";
    public static final String DEAD_LETTERS = "hot_dead_letters";

    /** The marks of dead letters that were redriven. */
    public static final String REDRIVES = "hot_redrives";

    /** The executor of members on which questions about the history are answered. */
    public static final String HISTORY_QUESTIONS = "sightline_history_questions";

    private GridNames() {}

    /** The enriched events of a pipeline. */
    public static String hotWindow(String pipeline) {
        return "hot_" + pipeline;
    }

    /** The rows of a rollup. */
    public static String rollup(String rollup) {
        return "hot_" + rollup;
    }

    /** The rows of reference data, as SQL reads them. */
    public static String reference(String reference) {
        return "hot_" + reference;
    }

    /** The accumulators of a rollup on their way into a job that starts from the history. */
    public static String rebuiltRollup(String rollup) {
        return "sightline_rebuilt_" + rollup;
    }

    /** The marks of a pipeline; no mapping may ever read them. */
    public static String marks(String pipeline) {
        return "sightline_marks_" + pipeline;
    }
}
