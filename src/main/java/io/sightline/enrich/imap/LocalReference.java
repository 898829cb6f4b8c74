package io.sightline.enrich.imap;

import com.hazelcast.jet.RestartableException;
import com.hazelcast.replicatedmap.ReplicatedMap;
import io.sightline.enrich.ReferenceTable;
import io.sightline.event.Event;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One reference as this member has it: the newest table seen that fits the layout. Never goes back to an older one, nor
 * to none. Used by one processor, on its thread.
 */
final class LocalReference {
    private static final long POLL_MILLIS = 5;

    private final ReferenceSource source;
    private final ReplicatedMap<String, ReferenceTable> tables;
    private ReferenceTable table;

    private LocalReference(ReferenceSource source, ReplicatedMap<String, ReferenceTable> tables, ReferenceTable table) {
        this.source = source;
        this.tables = tables;
        this.table = table;
    }

    /**
     * Waits until this member has the version with this number, or a later one.
     *
     * @throws RestartableException if it does not come; the job then starts again, and that sends the version again
     */
    static LocalReference await(
            ReferenceSource source, long number, ReplicatedMap<String, ReferenceTable> tables, Duration atMost)
            throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            ReferenceTable present = tables.get(source.key());
            if (present != null
                    && present.number() >= number
                    && present.layout().equals(source.layout())) {
                return new LocalReference(source, tables, present);
            }
            if (System.nanoTime() - deadline >= 0) {
                throw new RestartableException("version " + number + " of reference " + source.name()
                        + " did not reach this member within " + atMost.toSeconds() + " s (it has "
                        + (present == null ? "none" : present) + "); the job starts again and sends it again");
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    /** Takes over a newer version, if there is one. */
    void update() {
        ReferenceTable present = tables.get(source.key());
        if (present != null
                && present != table
                && present.number() > table.number()
                && present.layout().equals(source.layout())) {
            table = present;
        }
    }

    /** The added columns for this event; null if its key is null or has no row. */
    @Nullable
    Object @Nullable [] columns(Event event) {
        Object key = event.value(source.keyField());
        return key == null ? null : table.row(key);
    }

    /** The number of columns that this reference adds. */
    int width() {
        return source.layout().added().size();
    }

    String name() {
        return source.name();
    }
}
