package io.sightline.pipeline;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.core.Processor;
import com.hazelcast.nio.serialization.genericrecord.GenericRecord;
import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.event.imap.CompactRows;
import io.sightline.grid.GridNames;
import io.sightline.history.jet.CommitListener;
import io.sightline.history.jet.HistoryTable;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The state of a pipeline's history as its one row of {@code history_status}. */
final class HistoryStatus implements CommitListener {
    static final String TYPE_NAME = "history_status";

    static final List<Column> COLUMNS = List.of(
            new Column("pipeline", FieldType.STRING),
            new Column("history_table", FieldType.STRING),
            new Column("version", FieldType.LONG),
            new Column("committed_at", FieldType.TIMESTAMP),
            new Column("rows_in_commit", FieldType.LONG),
            new Column("rows_since_start", FieldType.LONG),
            new Column("history_stalled_since", FieldType.TIMESTAMP),
            new Column("stalled_because", FieldType.STRING));

    private final CompactRows rows = new CompactRows(TYPE_NAME, COLUMNS);
    private final HazelcastInstance hazelcast;
    private final String pipeline;
    private final String table;
    private final LongSupplier clock;

    private @Nullable Long version;
    private @Nullable Long committedAtMicros;
    private long rowsInCommit;
    private long rowsSinceStart;
    private @Nullable Long stalledSinceMicros;
    private @Nullable String why;

    /** @param clock milliseconds since 1970 */
    HistoryStatus(HazelcastInstance hazelcast, String pipeline, String table, LongSupplier clock) {
        this.hazelcast = hazelcast;
        this.pipeline = pipeline;
        this.table = table;
        this.clock = clock;
    }

    static CommitListener.Source of(HistoryTable table) {
        return (Processor.Context context) -> new HistoryStatus(
                context.hazelcastInstance(), table.spec().name(), table.folder().toString(), System::currentTimeMillis);
    }

    @Override
    public void committed(long version, long rows) {
        this.version = version;
        committedAtMicros = now();
        rowsInCommit = rows;
        rowsSinceStart += rows;
        stalledSinceMicros = null;
        why = null;
        publish();
    }

    @Override
    public void stalled(String reason) {
        if (stalledSinceMicros == null) {
            stalledSinceMicros = now();
        }
        why = reason;
        publish();
    }

    private long now() {
        return TimeUnit.MILLISECONDS.toMicros(clock.getAsLong());
    }

    /** A row that does not arrive is written again with the next commit. */
    private void publish() {
        @Nullable
        Object[] values = {
            pipeline, table, version, committedAtMicros, rowsInCommit, rowsSinceStart, stalledSinceMicros, why
        };
        hazelcast.<String, GenericRecord>getMap(GridNames.HISTORY).setAsync(pipeline, rows.row(values));
    }
}
