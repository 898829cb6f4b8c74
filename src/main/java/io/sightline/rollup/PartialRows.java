package io.sightline.rollup;

import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Accumulators as rows of the rollup's history, of which a window and group has any number. Whoever reads them adds up: counts
 * and sums by sum, least by min, greatest by max; an average is kept as {@code NAME_sum} and {@code NAME_count}.
 *
 * <p>The last column, {@code state}, is for the way back: the accumulator itself, in base64, because a sum of doubles is
 * exact only as the pair that it is kept as. Accumulators can be put together only if they are of the same
 * {@link #definition}. Immutable and thread-safe.
 */
public final class PartialRows {
    private static final Column STATE = new Column("state", FieldType.STRING);

    private final Rollup rollup;
    private final List<Column> columns;
    private final int groupColumns;
    private final int carryColumns;
    private final String definition;

    /** @throws IllegalArgumentException if the rollup names a column that is not there, or one that cannot be aggregated */
    public PartialRows(RollupSpec spec, PipelineSpec pipeline) {
        List<Column> enriched = pipeline.enrichedColumns();
        this.rollup = new Rollup(spec, pipeline);
        this.groupColumns = spec.by().size();
        this.carryColumns = spec.carry().size();
        List<Column> all = new ArrayList<>();
        all.add(new Column(RollupColumns.WINDOW_START, FieldType.TIMESTAMP));
        all.add(new Column(RollupColumns.WINDOW_END, FieldType.TIMESTAMP));
        spec.by().forEach(name -> all.add(RollupColumns.column(name, enriched)));
        spec.carry().forEach(name -> all.add(RollupColumns.column(name, enriched)));
        spec.measures()
                .forEach(measure ->
                        all.addAll(RollupColumns.aggregate(measure, enriched).parts(measure.name())));
        String text = spec.window() + " " + spec.by() + " " + spec.carry() + " " + spec.measures() + " " + all;
        all.add(STATE);
        this.columns = List.copyOf(all);
        this.definition =
                UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
    }

    public List<Column> columns() {
        return columns;
    }

    /** The same for all rollups whose accumulators may be put together. */
    public String definition() {
        return definition;
    }

    /** The row of an accumulator of a group. */
    @Nullable
    Object[] row(Group group, int index) {
        int cell = index * rollup.stride();
        long start = group.windowStart(index);
        List<@Nullable Object> values =
                new ArrayList<>(List.of(start, rollup.windows().endOf(start)));
        values.addAll(Arrays.asList(group.values()));
        @Nullable Object[] carried = group.carry(index);
        values.addAll(Arrays.asList(carried == null ? new @Nullable Object[carryColumns] : carried));
        values.addAll(rollup.parts(group.cells(), cell));
        PackedOutput state = new PackedOutput();
        Packing.packCells(rollup, group.cells(), cell, state);
        values.add(Base64.getEncoder().encodeToString(state.toByteArray()));
        return values.toArray();
    }

    /** The accumulator that a row holds. */
    public Partial partial(@Nullable Object[] row) {
        long[] cells = new long[rollup.stride()];
        cells[Rollup.START] = (Long) Objects.requireNonNull(row[0]);
        String state = (String) Objects.requireNonNull(row[row.length - 1]);
        Packing.restoreCells(rollup, new PackedInput(Base64.getDecoder().decode(state)), cells);
        @Nullable Object[] group = Arrays.copyOfRange(row, 2, 2 + groupColumns);
        int carried = 2 + groupColumns;
        @Nullable Object[] carry = carryColumns == 0 ? null : Arrays.copyOfRange(row, carried, carried + carryColumns);
        return new Partial(GroupBy.hash(group), group, cells, carry);
    }
}
