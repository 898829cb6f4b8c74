package io.sightline.history.jet;

import static java.util.Objects.requireNonNull;

import com.hazelcast.jet.core.AbstractProcessor;
import com.hazelcast.jet.core.Inbox;
import io.sightline.history.Claim;
import io.sightline.history.CommitState;
import io.sightline.history.CommitState.Due;
import io.sightline.history.CommitState.Prepared;
import io.sightline.history.CommitState.Settled;
import io.sightline.history.CommitState.Stopped;
import io.sightline.history.DataFile;
import io.sightline.history.HistoryException;
import io.sightline.history.PreparedCommit;
import io.sightline.history.ProgressVector;
import io.sightline.history.Sealed;
import io.sightline.history.Settlement;
import io.sightline.history.Settlement.Unsettled;
import io.sightline.history.TableWriter;
import io.sightline.observe.AtBarrier;
import io.sightline.observe.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one commit of every complete job snapshot. Its edges are partitioned by {@link #KEY}, so that of one a member one
 * alone is active; blocks, and so not cooperative.
 *
 * <p>Inbound: {@link SealedFiles} of the writers, and at each barrier one {@link AtBarrier} of the status. Jet aligns
 * barriers, so what has come before one is exactly what belongs to its job snapshot. State: the {@link PreparedCommit}.
 *
 * <p>The events' table leads: the others take a job snapshot when it has, see {@link CommitOrder}.
 *
 * <p>While a commit is due, nothing passes: with the storage away the queues in front fill, decoding halts, and the broker keeps
 * what comes. A table that refuses the writer ends the job.
 */
final class HistoryCommitterP extends AbstractProcessor {
    /** The key of every item for the committer, and of its state. */
    static final String KEY = "committer";

    private static final Logger LOG = LoggerFactory.getLogger(HistoryCommitterP.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final TableWriter table;
    private final Claim claim;
    private final ProgressVector start;
    private final boolean leads;
    private final CommitListener.Source listeners;
    private final LongSupplier nanoClock;
    private final List<DataFile> files = new ArrayList<>();
    private SortedMap<String, Long> counters;
    private ProgressVector read;
    private CommitState state;

    @SuppressWarnings("NullAway.Init") // comes with init
    private CommitListener listener;

    /** Whether anything has come here; where nothing has, another one is the committer. */
    private boolean active;

    private long executionId;

    /** Null before init; Jet closes also what it has not initialized. */
    private @Nullable CommitOrder order;

    private boolean restored;
    private @Nullable PreparedCommit unsaved;
    private Duration pause = FIRST_PAUSE;
    private long nextTryNanos;

    /**
     * @param start where reading begins without a job snapshot
     * @param leads whether the table is that of the events
     * @param listeners tells how it goes
     * @param nanoClock as {@link System#nanoTime}
     */
    HistoryCommitterP(
            TableWriter table,
            Claim claim,
            ProgressVector start,
            boolean leads,
            CommitListener.Source listeners,
            LongSupplier nanoClock) {
        this.table = table;
        this.claim = claim;
        this.start = start;
        this.leads = leads;
        this.listeners = listeners;
        this.nanoClock = nanoClock;
        this.state = CommitState.cold(claim);
        this.read = claim.at();
        this.counters = claim.counters();
        this.nextTryNanos = nanoClock.getAsLong();
    }

    @Override
    public boolean isCooperative() {
        return false;
    }

    @Override
    protected void init(Context context) {
        listener = listeners.apply(context.hazelcastInstance());
        executionId = context.executionId();
        order = CommitOrder.join(executionId);
        if (leads) {
            order.eventsAt(claim.at());
        }
    }

    @Override
    public void process(int ordinal, Inbox inbox) {
        active = true;
        if (!restored && !claim.at().agreesWith(start)) {
            throw HistoryException.movedSinceStart(claim.at(), start);
        }
        for (Object item; (item = inbox.poll()) != null; ) {
            if (item instanceof SealedFiles sealed) {
                files.addAll(sealed.files());
            } else {
                AtBarrier barrier = (AtBarrier) item;
                counters = barrier.totals().byName();
                for (Progress progress : barrier.progress()) {
                    read = read.with(progress.topicPartition(), progress.nextOffset());
                }
            }
        }
    }

    @Override
    public boolean saveToSnapshot() {
        if (!active) {
            return true;
        }
        PreparedCommit commit = unsaved;
        if (commit == null) {
            // One is due here only if it was restored and the storage has been away since.
            if (!settle()) {
                return false;
            }
            commit = prepare().commit();
            unsaved = commit;
        }
        if (!tryEmitToSnapshot(KEY, commit)) {
            return false;
        }
        unsaved = null;
        return true;
    }

    private Prepared prepare() {
        Sealed sealed = new Sealed(read, files, counters);
        files.clear();
        Prepared prepared =
                state instanceof Prepared unfinished ? unfinished.prepare(sealed) : ((Settled) state).prepare(sealed);
        state = prepared;
        return prepared;
    }

    @Override
    public boolean snapshotCommitFinish(boolean success) {
        if (!success) {
            return true;
        }
        if (state instanceof Prepared prepared) {
            state = prepared.completed();
        }
        return settle();
    }

    @Override
    protected void restoreFromSnapshot(Object key, Object value) {
        PreparedCommit commit = (PreparedCommit) value;
        active = true;
        restored = true;
        state = CommitState.restored(commit, claim);
        endIfStopped();
    }

    @Override
    public boolean finishSnapshotRestore() {
        settle();
        return true;
    }

    /** One try, unless it is too soon after the last. True if nothing is due, any more. */
    private boolean settle() {
        if (!(state instanceof Due due)) {
            return true;
        }
        if (nanoClock.getAsLong() - nextTryNanos < 0
                || (!leads && !requireNonNull(order).mayFollow(due.commit()))) {
            return false;
        }
        Settlement settlement = table.settle(claim.fence(), due.commit());
        state = due.after(settlement);
        endIfStopped();
        if (leads && state instanceof Settled settled) {
            requireNonNull(order).eventsAt(settled.at());
        }
        if (settlement instanceof Settlement.Committed committed) {
            long rows = due.commit().files().stream().mapToLong(DataFile::rows).sum();
            listener.committed(committed.version(), rows);
        }
        if (settlement instanceof Unsettled unsettled) {
            stalled(unsettled);
            return false;
        }
        if (!pause.equals(FIRST_PAUSE)) {
            LOG.info("history is committed again");
            pause = FIRST_PAUSE;
        }
        return true;
    }

    private void stalled(Unsettled unsettled) {
        listener.stalled(unsettled.why().toString());
        // No line a try for hours: the pauses grow, and then all has been said.
        if (!pause.equals(LONGEST_PAUSE)) {
            LOG.atWarn()
                    .addKeyValue("why", unsettled.why())
                    .addKeyValue("next_try_in", pause)
                    .log("history is not committed; ingestion waits, nothing is lost");
        }
        nextTryNanos = nanoClock.getAsLong() + pause.toNanos();
        Duration longer = pause.multipliedBy(2);
        pause = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
    }

    @Override
    public void close() {
        if (order != null) {
            CommitOrder.leave(executionId);
            order = null;
        }
    }

    private void endIfStopped() {
        if (state instanceof Stopped stopped) {
            LOG.atError().addKeyValue("why", stopped.reason().getMessage()).log("history ends the job");
            throw stopped.reason();
        }
    }
}
