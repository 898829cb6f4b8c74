package io.sightline.history;

import java.io.Serializable;
import java.util.Optional;

/**
 * Who writes a table: the same cluster name and pipeline are the same writer, however often it starts.
 *
 * @param cluster the grid's cluster name, without {@code /}
 * @param pipeline the pipeline's name, without {@code /}
 */
public record WriterIdentity(String cluster, String pipeline) implements Serializable {
    public WriterIdentity {
        if (cluster.contains("/") || pipeline.contains("/")) {
            throw new IllegalArgumentException("a writer's name has no /: " + cluster + ", " + pipeline);
        }
    }

    /** What {@link #toString} gave; empty if it is no such text. */
    public static Optional<WriterIdentity> parse(String text) {
        int slash = text.indexOf('/');
        return slash < 0 || slash != text.lastIndexOf('/')
                ? Optional.empty()
                : Optional.of(new WriterIdentity(text.substring(0, slash), text.substring(slash + 1)));
    }

    /** {@code cluster/pipeline}. */
    @Override
    public String toString() {
        return cluster + "/" + pipeline;
    }
}
