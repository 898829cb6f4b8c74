package io.sightline.history.delta;

import static java.util.Objects.requireNonNull;

import io.sightline.event.Column;
import io.sightline.event.FieldType;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.jspecify.annotations.Nullable;

/**
 * Rows as Parquet records: one value a column, null or of {@link FieldType#javaType}. Timestamps are INT64 microseconds in
 * UTC. Not thread-safe.
 */
final class RowWriteSupport extends WriteSupport<@Nullable Object[]> {
    private final List<Column> columns;
    private final Texts texts = new Texts();
    private @Nullable RecordConsumer out;

    RowWriteSupport(List<Column> columns) {
        this.columns = columns;
    }

    static MessageType schema(List<Column> columns) {
        return MessageTypeParser.parseMessageType(columns.stream()
                .map(column -> column.type().parquetColumn(column.name()))
                .collect(Collectors.joining(";\n", "message row {\n", ";\n}")));
    }

    /** Deprecated, and abstract nonetheless. */
    @Override
    @SuppressWarnings("deprecation")
    public WriteContext init(Configuration configuration) {
        return new WriteContext(schema(columns), Map.of());
    }

    @Override
    public WriteContext init(ParquetConfiguration configuration) {
        return new WriteContext(schema(columns), Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer recordConsumer) {
        out = recordConsumer;
    }

    @Override
    public void write(@Nullable Object[] row) {
        RecordConsumer record = requireNonNull(out);
        record.startMessage();
        for (int i = 0; i < row.length; i++) {
            Object value = row[i];
            if (value != null) {
                Column column = columns.get(i);
                record.startField(column.name(), i);
                write(record, column.type(), value);
                record.endField(column.name(), i);
            }
        }
        record.endMessage();
    }

    private void write(RecordConsumer record, FieldType type, Object value) {
        switch (type) {
            case BOOLEAN -> record.addBoolean((Boolean) value);
            case INT -> record.addInteger((Integer) value);
            case LONG, TIMESTAMP -> record.addLong((Long) value);
            case DOUBLE -> record.addDouble((Double) value);
            case STRING -> record.addBinary(texts.of((String) value));
            case DATE -> record.addInteger(Math.toIntExact(((LocalDate) value).toEpochDay()));
        }
    }

    /** The bytes of texts, those of frequent ones kept: most columns hold few different values. */
    private static final class Texts {
        private static final int SLOTS = 1 << 12;

        private final @Nullable String[] texts = new @Nullable String[SLOTS];
        private final @Nullable Binary[] bytes = new @Nullable Binary[SLOTS];

        Binary of(String text) {
            int hash = text.hashCode();
            int slot = (hash ^ (hash >>> 16)) & (SLOTS - 1);
            Binary known = bytes[slot];
            if (known != null && text.equals(texts[slot])) {
                return known;
            }
            // Not Binary.fromString: it throws on half a surrogate pair, which JSON can bring.
            Binary made = Binary.fromConstantByteArray(text.getBytes(StandardCharsets.UTF_8));
            texts[slot] = text;
            bytes[slot] = made;
            return made;
        }
    }
}
