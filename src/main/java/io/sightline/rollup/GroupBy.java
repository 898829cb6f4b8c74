package io.sightline.rollup;

import static io.sightline.event.Mixing.mix;

import io.sightline.event.Event;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupSpec;
import java.io.Serializable;
import java.time.LocalDate;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The columns by which a rollup groups events: reads them from an event without building a key. Immutable; travels to
 * the members as part of an edge.
 */
public final class GroupBy implements Serializable {
    private static final long serialVersionUID = 1;

    private static final long FACTOR = 0x9e3779b97f4a7c15L;

    private final EventColumn[] columns;

    public GroupBy(RollupSpec rollup, PipelineSpec pipeline) {
        this.columns = EventColumn.of(pipeline, rollup.by());
    }

    /**
     * A well-mixed hash of the event's group, equal in every JVM: it rests on hash codes that the Java specification
     * fixes. Events of one group have one hash; two groups may share one.
     */
    public long hash(Event event) {
        long hash = columns.length;
        for (EventColumn column : columns) {
            hash = mix(hash * FACTOR + hashOf(column.value(event)));
        }
        return mix(hash);
    }

    /** The same of a group, by its values. */
    static long hash(@Nullable Object[] group) {
        long hash = group.length;
        for (Object value : group) {
            hash = mix(hash * FACTOR + hashOf(value));
        }
        return mix(hash);
    }

    private static long hashOf(@Nullable Object value) {
        if (value == null) {
            return 1;
        }
        return value instanceof LocalDate date ? date.toEpochDay() : value.hashCode();
    }

    /** Whether the event belongs to the group of these values. */
    boolean matches(Event event, @Nullable Object[] group) {
        for (int i = 0; i < columns.length; i++) {
            if (!Objects.equals(columns[i].value(event), group[i])) {
                return false;
            }
        }
        return true;
    }

    /** The event's group: one value a column, in the file's order. */
    @Nullable
    Object[] group(Event event) {
        return values(columns, event);
    }

    static @Nullable Object[] values(EventColumn[] columns, Event event) {
        @Nullable Object[] values = new Object[columns.length];
        for (int i = 0; i < columns.length; i++) {
            values[i] = columns[i].value(event);
        }
        return values;
    }
}
