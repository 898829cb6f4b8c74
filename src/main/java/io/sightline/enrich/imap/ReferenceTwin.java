package io.sightline.enrich.imap;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.nio.serialization.genericrecord.GenericRecord;
import io.sightline.enrich.ReferenceLayout;
import io.sightline.enrich.ReferenceTable;
import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.event.imap.CompactRows;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a reference once more, as an IMap, because SQL cannot read the replicated table. Follows the table within
 * moments of a swap, row by row: a query in between may see rows of two versions.
 *
 * <p>The entry's key is the row's key column ({@code __key}); its value is a Compact row of the key column and the added
 * ones.
 */
public final class ReferenceTwin {
    private static final int BATCH = 1_000;

    private final Column key;
    private final CompactRows compact;
    private final IMap<Object, GenericRecord> map;

    /** @param relation the name of the IMap */
    public ReferenceTwin(HazelcastInstance hazelcast, String relation, ReferenceLayout layout) {
        this.key = layout.key();
        this.compact = new CompactRows(typeName(relation), layout.columns());
        this.map = hazelcast.getMap(relation);
    }

    /** The option {@code keyFormat} of a mapping over this IMap. */
    public static String keyFormat(ReferenceLayout layout) {
        return layout.key().type().sqlType().toLowerCase(Locale.ROOT);
    }

    /** The option {@code valueCompactTypeName} of a mapping over this IMap. */
    public static String typeName(String relation) {
        return relation;
    }

    /**
     * The columns of the value. The first is the key column again: a mapping declares it and {@code __key}, which cannot
     * be renamed; a view that takes the column from {@code __key} is faster to look up and to join.
     */
    public static List<Column> columns(ReferenceLayout layout) {
        return layout.columns();
    }

    /** Makes the IMap hold the rows of this table and no others. Writes only what differs. */
    public void follow(ReferenceTable table) {
        boolean fresh = map.isEmpty();
        Map<Object, GenericRecord> batch = new HashMap<>();
        for (Map.Entry<Object, @Nullable Object[]> row : table.rows().entrySet()) {
            batch.put(mapKey(row.getKey()), compact.row(values(row.getKey(), row.getValue())));
            if (batch.size() == BATCH) {
                write(batch, fresh);
                batch = new HashMap<>();
            }
        }
        write(batch, fresh);
        if (!fresh) {
            removeAllBut(table.rows().keySet());
        }
    }

    private void write(Map<Object, GenericRecord> batch, boolean fresh) {
        if (!fresh) {
            Map<Object, GenericRecord> present = map.getAll(batch.keySet());
            batch.entrySet().removeIf(row -> row.getValue().equals(present.get(row.getKey())));
        }
        if (!batch.isEmpty()) {
            map.setAll(batch);
        }
    }

    private void removeAllBut(Collection<Object> keys) {
        Set<Object> vanished = new HashSet<>(map.keySet());
        keys.forEach(present -> vanished.remove(mapKey(present)));
        vanished.forEach(map::delete);
    }

    private Object mapKey(Object value) {
        return key.type() == FieldType.TIMESTAMP ? CompactRows.toDateTime((Long) value) : value;
    }

    private static @Nullable Object[] values(Object key, @Nullable Object[] added) {
        @Nullable Object[] values = Arrays.copyOf(new @Nullable Object[] {key}, added.length + 1);
        System.arraycopy(added, 0, values, 1, added.length);
        return values;
    }
}
