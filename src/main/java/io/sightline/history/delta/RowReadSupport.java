package io.sightline.history.delta;

import static java.util.Objects.requireNonNull;

import io.sightline.event.Column;
import io.sightline.event.FieldType;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.Dictionary;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/** Parquet records as rows: what {@link RowWriteSupport} wrote. */
final class RowReadSupport extends ReadSupport<@Nullable Object[]> {
    private final List<Column> columns;

    RowReadSupport(List<Column> columns) {
        this.columns = List.copyOf(columns);
    }

    @Override
    @SuppressWarnings("deprecation") // the only one that is called where a file is opened with a Hadoop configuration
    public ReadContext init(Configuration configuration, Map<String, String> metadata, MessageType file) {
        List<Column> present = columns.stream()
                .filter(column -> file.containsField(column.name()))
                .toList();
        return new ReadContext(RowWriteSupport.schema(present));
    }

    @Override
    @SuppressWarnings("deprecation") // as above
    public RecordMaterializer<@Nullable Object[]> prepareForRead(
            Configuration configuration, Map<String, String> metadata, MessageType file, ReadContext context) {
        List<String> names = columns.stream().map(Column::name).toList();
        int[] positions = context.getRequestedSchema().getFields().stream()
                .mapToInt(field -> names.indexOf(field.getName()))
                .toArray();
        return new Materializer(columns, positions);
    }

    private static final class Materializer extends RecordMaterializer<@Nullable Object[]> {
        private final Root root;

        Materializer(List<Column> columns, int[] positions) {
            this.root = new Root(columns, positions);
        }

        @Override
        public @Nullable Object[] getCurrentRecord() {
            return root.row;
        }

        @Override
        public GroupConverter getRootConverter() {
            return root;
        }
    }

    private static final class Root extends GroupConverter {
        private final int size;
        private final Value[] values;
        private @Nullable Object[] row = {};

        /** @param positions where in a row each column of the file stands */
        Root(List<Column> columns, int[] positions) {
            this.size = columns.size();
            this.values = Arrays.stream(positions)
                    .mapToObj(position ->
                            new Value(position, columns.get(position).type()))
                    .toArray(Value[]::new);
        }

        @Override
        public Converter getConverter(int field) {
            return values[field];
        }

        @Override
        public void start() {
            row = new Object[size];
        }

        @Override
        public void end() {}

        /** Puts one column's value into the row. */
        private final class Value extends PrimitiveConverter {
            private final int position;
            private final FieldType type;
            private @Nullable Object @Nullable [] dictionary;

            Value(int position, FieldType type) {
                this.position = position;
                this.type = type;
            }

            @Override
            public boolean hasDictionarySupport() {
                return type == FieldType.STRING;
            }

            @Override
            public void setDictionary(Dictionary from) {
                dictionary = new Object[from.getMaxId() + 1];
                for (int i = 0; i < dictionary.length; i++) {
                    dictionary[i] = from.decodeToBinary(i).toStringUsingUTF8();
                }
            }

            @Override
            public void addValueFromDictionary(int id) {
                row[position] = requireNonNull(dictionary)[id];
            }

            @Override
            public void addBinary(Binary value) {
                row[position] = value.toStringUsingUTF8();
            }

            @Override
            public void addBoolean(boolean value) {
                row[position] = value;
            }

            @Override
            public void addDouble(double value) {
                row[position] = value;
            }

            @Override
            public void addInt(int value) {
                row[position] = type == FieldType.DATE ? LocalDate.ofEpochDay(value) : (Object) value;
            }

            @Override
            public void addLong(long value) {
                row[position] = value;
            }
        }
    }
}
