package io.sightline.event.imap;

import com.hazelcast.internal.serialization.impl.compact.CompactGenericRecord;
import com.hazelcast.internal.serialization.impl.compact.Schema;
import com.hazelcast.nio.serialization.genericrecord.GenericRecord;
import com.hazelcast.nio.serialization.genericrecord.GenericRecordBuilder;
import io.sightline.event.Column;
import io.sightline.event.FieldType;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one Compact type, so that SQL sees typed columns. A column of type {@link FieldType#TIMESTAMP} is given in
 * microseconds since 1970, as everywhere. Immutable and thread-safe.
 */
public final class CompactRows {
    private final List<Column> columns;
    private final Map<String, Integer> positions = new HashMap<>();
    private final Schema schema;

    /** @param typeName the Compact type name; one name stands for one list of columns */
    public CompactRows(String typeName, List<Column> columns) {
        this.columns = List.copyOf(columns);
        GenericRecordBuilder builder = GenericRecordBuilder.compact(typeName);
        for (Column column : this.columns) {
            declare(builder, column);
            positions.put(column.name(), positions.size());
        }
        this.schema = ((CompactGenericRecord) builder.build()).getSchema();
    }

    public List<Column> columns() {
        return columns;
    }

    /** A row of these values, one a column, in column order; the array is the row's from now on. */
    public GenericRecord row(@Nullable Object[] values) {
        if (values.length != columns.size()) {
            throw new IllegalArgumentException(values.length + " values for " + columns.size() + " columns");
        }
        return new ArrayRow(schema, positions, values);
    }

    /** The values of a row in column order, as {@link #row} takes them. */
    public @Nullable Object[] values(GenericRecord row) {
        @Nullable Object[] values = new Object[columns.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = get(row, columns.get(i));
        }
        return values;
    }

    private static void declare(GenericRecordBuilder builder, Column column) {
        String name = column.name();
        switch (column.type()) {
            case BOOLEAN -> builder.setNullableBoolean(name, null);
            case INT -> builder.setNullableInt32(name, null);
            case LONG -> builder.setNullableInt64(name, null);
            case DOUBLE -> builder.setNullableFloat64(name, null);
            case STRING -> builder.setString(name, null);
            case TIMESTAMP -> builder.setTimestampWithTimezone(name, null);
            case DATE -> builder.setDate(name, null);
        }
    }

    private static @Nullable Object get(GenericRecord row, Column column) {
        String name = column.name();
        return switch (column.type()) {
            case BOOLEAN -> row.getNullableBoolean(name);
            case INT -> row.getNullableInt32(name);
            case LONG -> row.getNullableInt64(name);
            case DOUBLE -> row.getNullableFloat64(name);
            case STRING -> row.getString(name);
            case TIMESTAMP -> {
                OffsetDateTime time = row.getTimestampWithTimezone(name);
                yield time == null ? null : toMicros(time.toInstant());
            }
            case DATE -> row.getDate(name);
        };
    }

    /** The UTC date and time of an instant given in microseconds since 1970. */
    public static OffsetDateTime toDateTime(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000L)
                .atOffset(ZoneOffset.UTC);
    }

    private static long toMicros(Instant instant) {
        return TimeUnit.SECONDS.toMicros(instant.getEpochSecond()) + instant.getNano() / 1_000;
    }
}
