package io.sightline.gateway;

import io.sightline.grid.Standing;
import io.sightline.spec.PipelineSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the gateway asks of the grid beside rows: what runs there, and how it is. Thread-safe. */
public interface GridView {
    /** The pipelines that were submitted, by name. */
    List<PipelineSpec> pipelines();

    /** The state of a pipeline's job, as Jet names it; null if there is none. */
    @Nullable
    String jobStatus(String pipeline);

    /** How each of them is doing, by name. */
    List<Standing> standings();

    /** Whether a member answers. */
    boolean isConnected();
}
