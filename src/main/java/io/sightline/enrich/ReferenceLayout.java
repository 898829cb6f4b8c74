package io.sightline.enrich;

import io.sightline.event.Column;
import io.sightline.event.Schema;
import io.sightline.spec.EnrichSpec;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What a reference's files must hold: the column that events are joined on, and the columns they get. Files may have
 * more columns; those are ignored.
 *
 * @param reference the reference's name
 * @param key the key column: the name of the event field and its type
 * @param added the columns that a matching event gets, in the order in which it gets them
 */
public record ReferenceLayout(String reference, Column key, List<Column> added) implements Serializable {
    public ReferenceLayout {
        added = List.copyOf(added);
    }

    /** The layout of a join with events of this schema. */
    public static ReferenceLayout of(EnrichSpec spec, Schema schema) {
        Column key = schema.fields().get(schema.indexOf(spec.key())).column();
        return new ReferenceLayout(spec.reference(), key, spec.add());
    }

    /** The key column, then the added ones. */
    public List<Column> columns() {
        List<Column> columns = new ArrayList<>();
        columns.add(key);
        columns.addAll(added);
        return List.copyOf(columns);
    }
}
