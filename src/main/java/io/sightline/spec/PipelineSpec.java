package io.sightline.spec;

import io.sightline.event.Column;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One pipeline file, checked: every name it mentions exists and every value is in range. Travels to the members inside
 * the job, so secrets in it are still references ({@link Setting}).
 *
 * @param name the pipeline's name, which is also the job's and the name of the hot window in SQL
 * @param history the table that keeps every event; null for a pipeline without one
 * @param storage how paths on Azure storage are reached; null for a pipeline without such
 */
public record PipelineSpec(
        String name,
        SourceSpec source,
        EventSpec event,
        DeduplicateSpec deduplicate,
        List<EnrichSpec> enrich,
        HotWindowSpec hotWindow,
        List<RollupSpec> rollups,
        @Nullable HistorySpec history,
        @Nullable StorageSpec storage)
        implements Serializable {

    public PipelineSpec {
        enrich = List.copyOf(enrich);
        rollups = List.copyOf(rollups);
    }

    /** The same pipeline over another source. */
    public PipelineSpec withSource(SourceSpec other) {
        return new PipelineSpec(name, other, event, deduplicate, enrich, hotWindow, rollups, history, storage);
    }

    /** The same pipeline whose hot window keeps rows for another time. */
    public PipelineSpec withHotWindowKept(Duration keep) {
        return new PipelineSpec(
                name,
                source,
                event,
                deduplicate,
                enrich,
                new HotWindowSpec(keep, hotWindow.index()),
                rollups,
                history,
                storage);
    }

    /** The same pipeline with other rollups. */
    public PipelineSpec withRollups(List<RollupSpec> others) {
        return new PipelineSpec(name, source, event, deduplicate, enrich, hotWindow, others, history, storage);
    }

    /** The same pipeline with other reference data. */
    public PipelineSpec withEnrich(List<EnrichSpec> others) {
        return new PipelineSpec(name, source, event, deduplicate, others, hotWindow, rollups, history, storage);
    }

    /** The same pipeline that remembers ids for another time. */
    public PipelineSpec withHorizon(Duration horizon) {
        DeduplicateSpec other = new DeduplicateSpec(deduplicate.key(), deduplicate.otherwise(), horizon);
        return new PipelineSpec(name, source, event, other, enrich, hotWindow, rollups, history, storage);
    }

    /** The same pipeline with another history; null for none. */
    public PipelineSpec withHistory(@Nullable HistorySpec other) {
        return new PipelineSpec(name, source, event, deduplicate, enrich, hotWindow, rollups, other, storage);
    }

    /** The columns of an enriched event: the schema's fields, then what each reference adds, in file order. */
    public List<Column> enrichedColumns() {
        List<Column> columns = new ArrayList<>();
        event.schema().fields().forEach(field -> columns.add(field.column()));
        columns.addAll(addedColumns());
        return List.copyOf(columns);
    }

    /** The columns that enrichment adds, those of all references one after the other. */
    public List<Column> addedColumns() {
        return enrich.stream().flatMap(reference -> reference.add().stream()).toList();
    }
}
