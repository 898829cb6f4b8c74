package io.sightline.spec;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A windowed aggregate.
 *
 * @param name its name, and that of its relation in SQL
 * @param window the window's length; windows tumble and are aligned to 1970-01-01T00:00Z
 * @param by the columns that, with the window's start, are the key of a row; may be empty
 * @param carry further columns of a row, with the value of the group's latest event
 * @param measures what is aggregated
 * @param correctFor how long after its end, in source time, a window still takes late events
 * @param keep how long rows stay readable
 */
public record RollupSpec(
        String name,
        Duration window,
        List<String> by,
        List<String> carry,
        List<Measure> measures,
        Duration correctFor,
        Duration keep)
        implements Serializable {

    public RollupSpec {
        by = List.copyOf(by);
        carry = List.copyOf(carry);
        measures = List.copyOf(measures);
    }

    /**
     * One aggregate of a rollup.
     *
     * @param name its column
     * @param field the numeric column it aggregates; null for {@link Function#COUNT} only
     */
    public record Measure(
            String name, Function function, @Nullable String field) implements Serializable {}

    /** What a measure computes. Null values do not take part, save in {@link #COUNT}, which counts events. */
    public enum Function {
        COUNT,
        SUM,
        AVG,
        MIN,
        MAX
    }
}
