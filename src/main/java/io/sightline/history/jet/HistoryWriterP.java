package io.sightline.history.jet;

import com.hazelcast.jet.RestartableException;
import com.hazelcast.jet.core.AbstractProcessor;
import com.hazelcast.jet.core.Inbox;
import io.sightline.history.HistoryRows;
import io.sightline.history.ProgressVector;
import io.sightline.history.delta.TableFiles;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows to data files, closes them at the barrier and sends their descriptions ahead of it. Drops what is below the
 * vector of the claim: the table has it. One a member; blocks, and so not cooperative.
 *
 * <p>Has no state in the job snapshot. Files that no committer learnt of are deleted when it ends, or left to vacuum.
 */
final class HistoryWriterP<T> extends AbstractProcessor {
    private final HistoryRows<T> rows;
    private final TableFiles files;
    private final ProgressVector below;
    private @Nullable SealedFiles unsent;

    HistoryWriterP(HistoryRows<T> rows, TableFiles files, ProgressVector below) {
        this.rows = rows;
        this.files = files;
        this.below = below;
    }

    @Override
    public boolean isCooperative() {
        return false;
    }

    @Override
    @SuppressWarnings("unchecked")
    public void process(int ordinal, Inbox inbox) {
        try {
            for (T item; (item = (T) inbox.poll()) != null; ) {
                if (!below.contains(rows.topicPartition(item), rows.offset(item))) {
                    rows.take(item, files::write);
                }
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    @Override
    public boolean saveToSnapshot() {
        SealedFiles sealed = unsent;
        if (sealed == null) {
            try {
                rows.atBarrier(files::write);
                sealed = new SealedFiles(files.seal());
            } catch (IOException e) {
                throw unwritable(e);
            }
            unsent = sealed;
        }
        if (!sealed.files().isEmpty() && !tryEmit(sealed)) {
            return false;
        }
        unsent = null;
        return true;
    }

    @Override
    public void close() {
        files.abandon();
    }

    /** The rows are still at the broker: the restarted job reads them again. */
    private static RestartableException unwritable(IOException e) {
        return new RestartableException(
                "a data file of the history cannot be written: " + e
                        + "; the job goes back to its last snapshot and tries again",
                e);
    }
}
