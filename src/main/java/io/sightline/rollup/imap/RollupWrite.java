package io.sightline.rollup.imap;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.serialization.genericrecord.GenericRecord;
import io.sightline.rollup.RollupColumns;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts rows in their places, or takes them away, unless a place holds a row of the same or a higher version. A version is
 * the number of the job's execution and then the sequence within it, both columns of the row, so a write that a dead
 * execution left behind comes to nothing. Applying it twice does nothing more, and any order of writes ends with the
 * highest version; the backup can therefore decide as the primary does. Returns the execution number of the row that was
 * there if it is higher, else null.
 *
 * <p>One operation writes all rows of a bucket. Such operations have asynchronous backups; a row whose backup is lost
 * with its member is written again when the job restarts, as long as it can still change, and was written minutes before
 * when it no longer can.
 */
public final class RollupWrite implements EntryProcessor<RollupKey, GenericRecord, Long> {
    private static final long serialVersionUID = 1;

    private final long startNumber;
    private final transient Map<RollupKey, GenericRecord> rows;

    RollupWrite(long startNumber, Map<RollupKey, GenericRecord> rows) {
        this.startNumber = startNumber;
        this.rows = rows;
    }

    /** Writes these rows, each in its own place, if it is applied there. */
    public static RollupWrite write(long startNumber, Map<RollupKey, GenericRecord> rows) {
        return new RollupWrite(startNumber, rows);
    }

    /** Removes the row if an execution before this one wrote it. */
    public static RollupWrite removeBefore(long startNumber) {
        return new RollupWrite(startNumber, Map.of());
    }

    long startNumber() {
        return startNumber;
    }

    Map<RollupKey, GenericRecord> rows() {
        return rows;
    }

    @Override
    @SuppressWarnings("NullAway") // setting no value removes the entry
    public @Nullable Long process(Map.Entry<RollupKey, GenericRecord> entry) {
        GenericRecord row = rows.get(entry.getKey());
        GenericRecord present = entry.getValue();
        if (present == null) {
            if (row != null) {
                entry.setValue(row);
            }
            return null;
        }
        long number = version(present, RollupColumns.START_NUMBER);
        if (number < startNumber || (number == startNumber && row != null && isOlder(present, row))) {
            entry.setValue(row);
        }
        return number > startNumber ? number : null;
    }

    private static boolean isOlder(GenericRecord present, GenericRecord row) {
        return version(present, RollupColumns.SEQUENCE) < version(row, RollupColumns.SEQUENCE);
    }

    @SuppressWarnings("NullAway") // every row bears its version
    private static long version(GenericRecord row, String column) {
        return row.getNullableInt64(column);
    }
}
