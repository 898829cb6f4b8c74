package io.sightline.enrich.imap;

import com.hazelcast.function.SupplierEx;
import io.sightline.enrich.ReferenceLayout;
import io.sightline.enrich.ReferenceStorage;
import io.sightline.spec.EnrichSpec;
import io.sightline.spec.PipelineSpec;
import java.io.Serializable;
import java.time.Duration;

/**
 * One reference of a pipeline, as the job takes it to the members.
 *
 * @param pipeline the pipeline's name
 * @param keyField the position in the event of the field that is joined on
 * @param from asked on the member
 * @param refresh how often the files are looked at for a change
 * @param relation the name of the IMap that shows the rows to SQL
 */
public record ReferenceSource(
        String pipeline,
        ReferenceLayout layout,
        int keyField,
        SupplierEx<ReferenceStorage> from,
        Duration refresh,
        String relation)
        implements Serializable {

    /** A reference that a pipeline file declares. */
    public static ReferenceSource of(
            PipelineSpec pipeline, EnrichSpec spec, SupplierEx<ReferenceStorage> from, String relation) {
        return new ReferenceSource(
                pipeline.name(),
                ReferenceLayout.of(spec, pipeline.event().schema()),
                pipeline.event().schema().indexOf(spec.key()),
                from,
                spec.refresh(),
                relation);
    }

    /** The reference's name. */
    public String name() {
        return layout.reference();
    }

    /** The key under which the grid keeps the table and its state. */
    String key() {
        return pipeline + "/" + layout.reference();
    }
}
