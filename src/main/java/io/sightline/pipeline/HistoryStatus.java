package io.sightline.pipeline;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.nio.serialization.genericrecord.GenericRecord;
import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.event.imap.CompactRows;
import io.sightline.grid.GridNames;
import io.sightline.history.jet.CommitListener;
import io.sightline.history.jet.HistoryTable;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of a pipeline's history as its one row of {@code history_status}. Committer, writers and care tell of it, and those
 * of a job that has started again: each changes the row that is there. It speaks of the events' table, and of the others
 * where one of them holds up the job.
 */
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
            new Column("stalled_because", FieldType.STRING),
            new Column("files_waiting", FieldType.LONG));

    private static final Logger LOG = LoggerFactory.getLogger(HistoryStatus.class);

    private static final int VERSION = 2;
    private static final int COMMITTED_AT = 3;
    private static final int ROWS_IN_COMMIT = 4;
    private static final int ROWS_SINCE_START = 5;
    private static final int STALLED_SINCE = 6;
    private static final int STALLED_BECAUSE = 7;
    private static final int FILES_WAITING = 8;

    private final CompactRows rows = new CompactRows(TYPE_NAME, COLUMNS);
    private final HazelcastInstance hazelcast;
    private final String pipeline;
    private final String events;
    private final boolean leads;
    /** How a reason begins that is about this table. */
    private final String about;

    private final LongSupplier clock;

    /**
     * @param events where the events' table is
     * @param table the name of the table it is told of: the pipeline's, if that is the events'
     * @param clock milliseconds since 1970
     */
    HistoryStatus(HazelcastInstance hazelcast, String pipeline, String events, String table, LongSupplier clock) {
        this.hazelcast = hazelcast;
        this.pipeline = pipeline;
        this.events = events;
        this.leads = table.equals(pipeline);
        this.about = "table " + table + ": ";
        this.clock = clock;
    }

    static CommitListener.Source of(HistoryTable table) {
        return hazelcast -> new HistoryStatus(
                hazelcast,
                table.spec().name(),
                HistoryTable.ofEvents(table.spec()).folder().toString(),
                table.name(),
                System::currentTimeMillis);
    }

    @Override
    public void committed(long version, long rows) {
        if (!leads && !isHeldUpHere(values(present()))) {
            return;
        }
        publish(row -> {
            if (leads) {
                row[VERSION] = version;
                row[COMMITTED_AT] = now();
                row[ROWS_IN_COMMIT] = rows;
                row[ROWS_SINCE_START] = (Long) Objects.requireNonNull(row[ROWS_SINCE_START]) + rows;
            }
            if (isHeldUpHere(row)) {
                row[STALLED_SINCE] = null;
                row[STALLED_BECAUSE] = null;
            }
        });
    }

    private @Nullable GenericRecord present() {
        try {
            return map().get(pipeline);
        } catch (HazelcastException | IllegalStateException e) {
            return null;
        }
    }

    private boolean isHeldUpHere(@Nullable Object[] row) {
        return row[STALLED_BECAUSE] instanceof String reason && reason.startsWith(about);
    }

    @Override
    public void stalled(String reason) {
        publish(row -> {
            row[STALLED_SINCE] = row[STALLED_SINCE] == null ? now() : row[STALLED_SINCE];
            row[STALLED_BECAUSE] = about + reason;
        });
    }

    @Override
    public void cared(int filesWaiting) {
        if (leads) {
            publish(row -> row[FILES_WAITING] = (long) filesWaiting);
        }
    }

    private Long now() {
        return TimeUnit.MILLISECONDS.toMicros(clock.getAsLong());
    }

    private IMap<String, GenericRecord> map() {
        return hazelcast.getMap(GridNames.HISTORY);
    }

    private @Nullable Object[] values(@Nullable GenericRecord present) {
        return present == null
                ? new @Nullable Object[] {pipeline, events, null, null, 0L, 0L, null, null, null}
                : rows.values(present);
    }

    /** Others change the same row. One that cannot be written now is written again with the next commit or try. */
    private void publish(Consumer<@Nullable Object[]> change) {
        try {
            map().compute(pipeline, (same, present) -> {
                @Nullable Object[] row = values(present);
                change.accept(row);
                return rows.row(row);
            });
        } catch (HazelcastException | IllegalStateException e) {
            LOG.atWarn().addKeyValue("why", e).log("history_status could not be written");
        }
    }
}
