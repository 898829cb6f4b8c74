package io.sightline.rollup;

import io.sightline.event.Column;
import io.sightline.event.Event;
import io.sightline.event.FieldType;
import io.sightline.spec.PipelineSpec;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One column of an enriched event and where its value stands.
 *
 * @param type the column's type
 * @param added whether the value is among those that enrichment added, or else among the event's own
 * @param index its position there
 */
record EventColumn(FieldType type, boolean added, int index) implements Serializable {

    /**
     * The column of this name.
     *
     * @throws IllegalArgumentException if enriched events of the pipeline have none
     */
    static EventColumn of(PipelineSpec pipeline, String name) {
        List<Column> columns = pipeline.enrichedColumns();
        int fields = pipeline.event().schema().size();
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(name)) {
                return new EventColumn(columns.get(i).type(), i >= fields, i >= fields ? i - fields : i);
            }
        }
        throw new IllegalArgumentException("no such column: " + name);
    }

    static EventColumn[] of(PipelineSpec pipeline, List<String> names) {
        return names.stream().map(name -> of(pipeline, name)).toArray(EventColumn[]::new);
    }

    @Nullable
    Object value(Event event) {
        return added ? event.added()[index] : event.value(index);
    }
}
