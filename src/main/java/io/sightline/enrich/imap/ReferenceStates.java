package io.sightline.enrich.imap;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.nio.serialization.genericrecord.GenericRecord;
import io.sightline.enrich.ReferenceState;
import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.event.imap.CompactRows;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How each reference of each pipeline is doing: an IMap of typed rows, so that SQL can show it. Its key is
 * {@code pipeline/reference}, a VARCHAR. Thread-safe.
 */
public final class ReferenceStates {
    /** The name of the IMap. */
    public static final String MAP = "sightline.reference-states";
    /** The Compact type of a row. */
    public static final String TYPE = "sightline.reference-state";

    public static final List<Column> COLUMNS = List.of(
            new Column("pipeline", FieldType.STRING),
            new Column("reference", FieldType.STRING),
            new Column("version", FieldType.LONG),
            new Column("content_hash", FieldType.STRING),
            new Column("reference_rows", FieldType.LONG),
            new Column("loaded_at", FieldType.TIMESTAMP),
            new Column("last_error", FieldType.STRING),
            new Column("last_error_at", FieldType.TIMESTAMP));

    private final CompactRows rows = new CompactRows(TYPE, COLUMNS);
    private final IMap<String, GenericRecord> map;

    public ReferenceStates(HazelcastInstance hazelcast) {
        this.map = hazelcast.getMap(MAP);
    }

    /** The states of a pipeline's references, by name. */
    public List<ReferenceState> of(String pipeline) {
        return map.values().stream()
                .map(this::toState)
                .filter(state -> state.pipeline().equals(pipeline))
                .sorted(Comparator.comparing(ReferenceState::reference))
                .toList();
    }

    /** Forgets the references of a pipeline that is gone. */
    public void remove(String pipeline) {
        of(pipeline).forEach(state -> map.delete(pipeline + "/" + state.reference()));
    }

    ReferenceState get(ReferenceSource source) {
        GenericRecord row = map.get(source.key());
        return row == null ? ReferenceState.unknown(source.pipeline(), source.name()) : toState(row);
    }

    void set(ReferenceSource source, ReferenceState state) {
        map.set(source.key(), rows.row(new @Nullable Object[] {
            state.pipeline(),
            state.reference(),
            state.number(),
            state.contentHash(),
            state.rows(),
            toMicros(state.loadedAtMillis()),
            state.lastError(),
            toMicros(state.lastErrorAtMillis())
        }));
    }

    boolean tryLock(ReferenceSource source, long timeout, TimeUnit unit) throws InterruptedException {
        return map.tryLock(source.key(), timeout, unit);
    }

    void unlock(ReferenceSource source) {
        map.unlock(source.key());
    }

    private ReferenceState toState(GenericRecord row) {
        @Nullable Object[] values = rows.values(row);
        Long loadedAtMicros = (Long) values[5];
        Long errorAtMicros = (Long) values[7];
        return new ReferenceState(
                String.valueOf(values[0]),
                String.valueOf(values[1]),
                number(values[2]),
                String.valueOf(values[3]),
                number(values[4]),
                loadedAtMicros == null ? 0 : loadedAtMicros / 1_000,
                (String) values[6],
                errorAtMicros == null ? null : Long.valueOf(errorAtMicros / 1_000));
    }

    private static long number(@Nullable Object value) {
        return value == null ? 0 : (Long) value;
    }

    /** Null stays null, and 0 (never) becomes it. */
    private static @Nullable Long toMicros(@Nullable Long millis) {
        return millis == null || millis == 0 ? null : Long.valueOf(millis * 1_000);
    }
}
