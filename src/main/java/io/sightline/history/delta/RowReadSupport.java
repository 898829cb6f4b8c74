package io.sightline.history.delta;

import io.sightline.event.Column;
import io.sightline.event.FieldType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.Dictionary;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.hadoop.api.InitContext;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.io.ParquetDecodingException;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * Parquet records as rows, the way back from {@link RowWriteSupport}; reads what other programs write into such a table as
 * well: timestamps as INT96, or in milliseconds or nanoseconds. Not thread-safe.
 */
final class RowReadSupport extends ReadSupport<@Nullable Object[]> {
    private final List<Column> columns;

    RowReadSupport(List<Column> columns) {
        this.columns = columns;
    }

    @Override
    public ReadContext init(InitContext context) {
        MessageType file = context.getFileSchema();
        List<Type> present = new ArrayList<>();
        for (Column column : columns) {
            if (file.containsField(column.name())) {
                present.add(file.getType(column.name()));
            }
        }
        return new ReadContext(new MessageType(file.getName(), present));
    }

    /** Deprecated, and abstract nonetheless. */
    @Override
    @SuppressWarnings("deprecation")
    public RecordMaterializer<@Nullable Object[]> prepareForRead(
            Configuration configuration, Map<String, String> metadata, MessageType file, ReadContext context) {
        return new Materializer(context.getRequestedSchema());
    }

    @Override
    public RecordMaterializer<@Nullable Object[]> prepareForRead(
            ParquetConfiguration configuration, Map<String, String> metadata, MessageType file, ReadContext context) {
        return new Materializer(context.getRequestedSchema());
    }

    private final class Materializer extends RecordMaterializer<@Nullable Object[]> {
        private final Converter[] converters;
        private @Nullable Object[] row = new @Nullable Object[0];

        Materializer(MessageType requested) {
            this.converters = new Converter[requested.getFieldCount()];
            for (int i = 0; i < columns.size(); i++) {
                Column column = columns.get(i);
                if (requested.containsField(column.name())) {
                    int field = requested.getFieldIndex(column.name());
                    converters[field] = new Value(this, i, column, requested.getType(field));
                }
            }
        }

        @Override
        public @Nullable Object[] getCurrentRecord() {
            return row;
        }

        @Override
        public GroupConverter getRootConverter() {
            return new GroupConverter() {
                @Override
                public Converter getConverter(int field) {
                    return converters[field];
                }

                @Override
                public void start() {
                    row = new @Nullable Object[columns.size()];
                }

                @Override
                public void end() {}
            };
        }
    }

    /** One column of the row. */
    private static final class Value extends PrimitiveConverter {
        private static final int JULIAN_DAY_OF_EPOCH = 2_440_588;

        private final Materializer to;
        private final int position;
        private final FieldType type;
        private final TimeUnit unit;
        private @Nullable Object[] dictionary = new @Nullable Object[0];

        Value(Materializer to, int position, Column column, Type stored) {
            this.to = to;
            this.position = position;
            this.type = column.type();
            if (!stored.isPrimitive() || !fits(type, stored.asPrimitiveType())) {
                throw new ParquetDecodingException(
                        "column `" + column.name() + "` is " + stored + " in the file, expected " + type.yamlName());
            }
            this.unit = stored.getLogicalTypeAnnotation() instanceof TimestampLogicalTypeAnnotation timestamp
                    ? switch (timestamp.getUnit()) {
                        case MILLIS -> TimeUnit.MILLISECONDS;
                        case MICROS -> TimeUnit.MICROSECONDS;
                        case NANOS -> TimeUnit.NANOSECONDS;
                    }
                    : TimeUnit.MICROSECONDS;
        }

        private static boolean fits(FieldType type, PrimitiveType stored) {
            PrimitiveTypeName name = stored.getPrimitiveTypeName();
            return switch (type) {
                case BOOLEAN -> name == PrimitiveTypeName.BOOLEAN;
                case INT, DATE -> name == PrimitiveTypeName.INT32;
                case LONG -> name == PrimitiveTypeName.INT64;
                case DOUBLE -> name == PrimitiveTypeName.DOUBLE;
                case STRING -> name == PrimitiveTypeName.BINARY;
                case TIMESTAMP -> name == PrimitiveTypeName.INT64 || name == PrimitiveTypeName.INT96;
            };
        }

        @Override
        public boolean hasDictionarySupport() {
            return type == FieldType.STRING;
        }

        @Override
        public void setDictionary(Dictionary texts) {
            dictionary = new @Nullable Object[texts.getMaxId() + 1];
            for (int i = 0; i < dictionary.length; i++) {
                dictionary[i] = texts.decodeToBinary(i).toStringUsingUTF8();
            }
        }

        @Override
        public void addValueFromDictionary(int id) {
            to.row[position] = dictionary[id];
        }

        @Override
        public void addBoolean(boolean value) {
            to.row[position] = value;
        }

        @Override
        public void addInt(int value) {
            if (type == FieldType.DATE) {
                to.row[position] = LocalDate.ofEpochDay(value);
            } else {
                to.row[position] = value;
            }
        }

        @Override
        public void addLong(long value) {
            // Not TimeUnit's own conversion, which rounds towards 1970 and not down.
            to.row[position] = unit == TimeUnit.NANOSECONDS ? Math.floorDiv(value, 1_000L) : unit.toMicros(value);
        }

        @Override
        public void addDouble(double value) {
            to.row[position] = value;
        }

        @Override
        public void addBinary(Binary value) {
            to.row[position] = type == FieldType.TIMESTAMP ? (Object) micros(value) : value.toStringUsingUTF8();
        }

        /** INT96: nanoseconds of the day, then the Julian day, little-endian. */
        private static long micros(Binary int96) {
            ByteBuffer bytes = int96.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
            long nanosOfDay = bytes.getLong();
            long day = (long) bytes.getInt() - JULIAN_DAY_OF_EPOCH;
            return TimeUnit.DAYS.toMicros(day) + nanosOfDay / 1_000;
        }
    }
}
