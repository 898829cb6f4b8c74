package io.sightline.gateway.access;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a role may read of one relation.
 *
 * @param relation its name, or {@link #EVERY_OTHER}
 * @param columns the columns it may read; empty for all
 * @param rows which rows; null for all
 */
public record Grant(
        String relation, List<String> columns, @Nullable RowFilter rows) {
    /** Stands for every relation that the role does not name. */
    public static final String EVERY_OTHER = "*";
}
