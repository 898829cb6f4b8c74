package io.sightline.history;

import io.sightline.event.FieldType;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What one file holds in one column, so that a reader can leave the file out. Bounds are true, not necessarily tight.
 *
 * @param min no value is less; of the class {@link FieldType#javaType}, null if unknown or if there is no value
 * @param max no value is greater; null as above
 * @param nulls how many rows have no value
 */
public record ColumnStatistics(
        String column,
        FieldType type,
        @Nullable Comparable<?> min,
        @Nullable Comparable<?> max,
        long nulls) implements Serializable {}
