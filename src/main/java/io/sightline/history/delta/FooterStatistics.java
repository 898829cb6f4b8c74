package io.sightline.history.delta;

import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.history.ColumnStatistics;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.api.Binary;

/** The statistics of a file as its writer gathered them while writing: true, since they are of what was written. */
final class FooterStatistics {
    private FooterStatistics() {}

    static long rows(ParquetMetadata footer) {
        return footer.getBlocks().stream().mapToLong(BlockMetaData::getRowCount).sum();
    }

    /** @param columns those of the file, in order */
    static List<ColumnStatistics> of(ParquetMetadata footer, List<Column> columns) {
        List<ColumnStatistics> all = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            Statistics<?> merged = null;
            for (BlockMetaData block : footer.getBlocks()) {
                Statistics<?> more = block.getColumns().get(i).getStatistics();
                if (merged == null) {
                    merged = more.copy();
                } else {
                    merged.mergeStatistics(more);
                }
            }
            if (merged != null) {
                all.add(statistics(columns.get(i), merged));
            }
        }
        return all;
    }

    private static ColumnStatistics statistics(Column column, Statistics<?> of) {
        boolean known = of.hasNonNullValue();
        return new ColumnStatistics(
                column.name(),
                column.type(),
                known ? value(column.type(), of.genericGetMin()) : null,
                known ? value(column.type(), of.genericGetMax()) : null,
                of.getNumNulls());
    }

    /** Texts are compared by their bytes there, as Delta's readers do, and not as in Java. */
    private static Comparable<?> value(FieldType type, Object stored) {
        return switch (type) {
            case BOOLEAN -> (Boolean) stored;
            case INT -> (Integer) stored;
            case LONG, TIMESTAMP -> (Long) stored;
            case DOUBLE -> (Double) stored;
            case STRING -> ((Binary) stored).toStringUsingUTF8();
            case DATE -> LocalDate.ofEpochDay((Integer) stored);
        };
    }
}
