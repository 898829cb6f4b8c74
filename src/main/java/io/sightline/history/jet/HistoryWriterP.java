package io.sightline.history.jet;

import com.hazelcast.jet.RestartableException;
import com.hazelcast.jet.core.AbstractProcessor;
import com.hazelcast.jet.core.Inbox;
import io.sightline.history.HistoryRows;
import io.sightline.history.ProgressVector;
import io.sightline.history.delta.TableFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes rows to data files, closes them at the barrier and sends their descriptions ahead of it. Drops what is below the
 * vector of the claim: the table has it. One a member; blocks, and so not cooperative.
 *
 * <p>Has no state in the job snapshot. Files that no committer learnt of are deleted when it ends, or left to vacuum. A storage
 * that takes nothing is not asked again here: the writer holds up whatever comes, barriers too, for a while, and then the
 * job goes back to its last snapshot.
 */
final class HistoryWriterP<T> extends AbstractProcessor {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryWriterP.class);
    /** Each start of the job is a version of every table, for the claim. */
    private static final Duration UNTIL_RESTART = Duration.ofSeconds(5);

    private final HistoryRows<T> rows;
    private final TableFiles files;
    private final ProgressVector below;
    private final CommitListener.Source listeners;
    private final LongSupplier nanoClock;
    private @Nullable SealedFiles unsent;
    private @Nullable IOException failure;
    private long failedAtNanos;

    @SuppressWarnings("NullAway.Init") // comes with init
    private CommitListener listener;

    HistoryWriterP(
            HistoryRows<T> rows,
            TableFiles files,
            ProgressVector below,
            CommitListener.Source listeners,
            LongSupplier nanoClock) {
        this.rows = rows;
        this.files = files;
        this.below = below;
        this.listeners = listeners;
        this.nanoClock = nanoClock;
    }

    @Override
    protected void init(Context context) {
        listener = listeners.apply(context.hazelcastInstance());
    }

    @Override
    public boolean isCooperative() {
        return false;
    }

    @Override
    @SuppressWarnings("unchecked")
    public void process(int ordinal, Inbox inbox) {
        if (holdsUp()) {
            return;
        }
        try {
            for (T item; (item = (T) inbox.poll()) != null; ) {
                if (!below.contains(rows.topicPartition(item), rows.offset(item))) {
                    rows.take(item, files::write);
                }
            }
        } catch (IOException e) {
            failed(e);
        }
    }

    @Override
    public boolean saveToSnapshot() {
        if (holdsUp()) {
            return false;
        }
        SealedFiles sealed = unsent;
        if (sealed == null) {
            try {
                rows.atBarrier(files::write);
                sealed = new SealedFiles(files.seal());
            } catch (IOException e) {
                failed(e);
                return false;
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

    private void failed(IOException e) {
        failure = e;
        failedAtNanos = nanoClock.getAsLong();
        String why = "a data file cannot be written: " + e.getMessage();
        listener.stalled(why);
        LOG.atWarn()
                .addKeyValue("why", why)
                .addKeyValue("next_try_in", UNTIL_RESTART)
                .log("history is not written; ingestion waits, nothing is lost");
    }

    /** The rows are still at the broker: the restarted job reads them again. */
    private boolean holdsUp() {
        if (failure != null && nanoClock.getAsLong() - failedAtNanos >= UNTIL_RESTART.toNanos()) {
            throw new RestartableException(
                    "a data file of the history cannot be written: " + failure
                            + "; the job goes back to its last snapshot and tries again",
                    failure);
        }
        return failure != null;
    }
}
