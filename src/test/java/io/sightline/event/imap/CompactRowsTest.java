package io.sightline.event.imap;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.internal.serialization.Data;
import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import com.hazelcast.internal.serialization.impl.compact.Schema;
import com.hazelcast.internal.serialization.impl.compact.SchemaService;
import com.hazelcast.nio.serialization.genericrecord.GenericRecord;
import com.hazelcast.nio.serialization.genericrecord.GenericRecordBuilder;
import io.sightline.event.Column;
import io.sightline.event.FieldType;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class CompactRowsTest {
    private static final List<Column> COLUMNS = List.of(
            new Column("truth", FieldType.BOOLEAN),
            new Column("small", FieldType.INT),
            new Column("large", FieldType.LONG),
            new Column("real", FieldType.DOUBLE),
            new Column("text", FieldType.STRING),
            new Column("at", FieldType.TIMESTAMP),
            new Column("day", FieldType.DATE));

    private static final @Nullable Object[] FULL = {
        true, 7, 1L << 40, 0.25, "Zürich", 1_790_000_000_123_456L, LocalDate.of(2026, 11, 22)
    };

    private final InternalSerializationService serialization = new DefaultSerializationServiceBuilder()
            .setSchemaService(new Schemas())
            .build();

    @Test
    void a_row_has_the_bytes_that_hazelcasts_own_builder_gives_it() {
        // Given
        GenericRecord built = GenericRecordBuilder.compact("row")
                .setNullableBoolean("truth", true)
                .setNullableInt32("small", 7)
                .setNullableInt64("large", 1L << 40)
                .setNullableFloat64("real", 0.25)
                .setString("text", "Zürich")
                .setTimestampWithTimezone("at", OffsetDateTime.parse("2026-09-21T14:13:20.123456Z"))
                .setDate("day", LocalDate.of(2026, 11, 22))
                .build();

        // When
        GenericRecord row = new CompactRows("row", COLUMNS).row(FULL);

        // Then
        assertThat(serialization.<Data>toData(row).toByteArray())
                .isEqualTo(serialization
                        .<com.hazelcast.internal.serialization.Data>toData(built)
                        .toByteArray());
    }

    @Test
    void a_row_read_back_has_the_values_that_were_written() {
        // Given
        CompactRows rows = new CompactRows("row", COLUMNS);
        @Nullable Object[] empty = new Object[COLUMNS.size()];

        // When
        GenericRecord full = serialization.toObject(serialization.<Data>toData(rows.row(FULL.clone())));
        GenericRecord none = serialization.toObject(serialization.<Data>toData(rows.row(empty)));

        // Then
        assertThat(rows.values(full)).isEqualTo(FULL);
        assertThat(rows.values(none)).containsOnlyNulls();
    }

    /** Schemas of one process. */
    private static final class Schemas implements SchemaService {
        private final Map<Long, Schema> byId = new HashMap<>();

        @Override
        public @Nullable Schema get(long schemaId) {
            return byId.get(schemaId);
        }

        @Override
        public void put(Schema schema) {
            byId.put(schema.getSchemaId(), schema);
        }

        @Override
        public void putLocal(Schema schema) {
            put(schema);
        }
    }
}
