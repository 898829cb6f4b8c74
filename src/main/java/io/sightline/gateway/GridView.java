package io.sightline.gateway;

import io.sightline.grid.Standing;
import io.sightline.history.jet.HistoryQuestion;
import io.sightline.spec.PipelineSpec;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the gateway asks of the grid beside rows: what runs there, how it is, and what its history holds. Thread-safe. */
public interface GridView {
    /** The pipelines that were submitted, by name. */
    List<PipelineSpec> pipelines();

    /** The state of a pipeline's job, as Jet names it; null if there is none. */
    @Nullable
    String jobStatus(String pipeline);

    /** How each of them is doing, by name. */
    List<Standing> standings();

    /**
     * Has a member answer a question about a pipeline's history.
     *
     * @param within how long to wait
     * @throws StatementException if it cannot be answered
     */
    <T> T ask(HistoryQuestion<T> question, Duration within);

    /** Whether a member answers. */
    boolean isConnected();
}
