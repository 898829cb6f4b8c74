package io.sightline.history;

import io.sightline.history.Outcome.Committed;
import io.sightline.history.Outcome.Conflict;
import io.sightline.history.Outcome.Rejected;
import io.sightline.history.Outcome.Retryable;
import io.sightline.history.Outcome.Unknown;
import io.sightline.history.Settlement.Refused;
import io.sightline.history.Settlement.Superseded;
import io.sightline.history.Settlement.Unsettled;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The two moves of the protocol that touch a table: claim it, and settle a prepared commit. Both look at the table before they
 * write, so that a try after an unknown outcome needs no rule of its own. One look is spared: a commit on top of what this
 * writer's own append has left, since an append compares. If that is no longer how the table is, nothing is written, and it
 * is looked at after all. Neither waits; who calls decides when to try again. Not thread-safe.
 */
public final class TableWriter {
    private static final int CLAIM_TRIES = 20;
    private static final String GONE =
            "the table is gone, or its log no longer says whom it obeys; if its folder was removed or"
                    + " renamed, put it back; if it is gone for good, stop the job and submit it again";

    private final TableLog log;
    private final LongSupplier clock;
    /** The table as this writer's last commit left it; null if it may be otherwise. */
    private @Nullable TableState left;

    /** @param clock milliseconds since 1970 */
    public TableWriter(TableLog log, LongSupplier clock) {
        this.log = log;
        this.clock = clock;
    }

    /**
     * Claims the table for one execution, and creates it if the request says where it begins. Whoever claimed it before is
     * refused from then on.
     *
     * @throws IOException if the storage is away, or the table that must be there; worth a retry
     * @throws HistoryException if the table is another's or cannot be used
     */
    public Claim claim(ClaimRequest request) throws IOException {
        left = null;
        String why = "";
        for (int i = 0; i < CLAIM_TRIES; i++) {
            TableState table = log.read();
            long now = clock.getAsLong();
            Fence fence = request.fence(table, now);
            // A new topic partition enters with the commit that first reads it: were it added here, the vector would be
            // none that the job snapshot knows.
            ProgressVector at = table.fence() == null ? request.initial() : table.progress();
            if (at == null) {
                throw new IOException(GONE);
            }
            Outcome outcome = log.append(table, new TableChange(at, List.of(), fence, now, table.counters()));
            if (outcome instanceof Committed) {
                return new Claim(fence, at, table.counters());
            }
            if (outcome instanceof Rejected rejected) {
                throw HistoryException.rejected(rejected.reason());
            }
            if (outcome instanceof Retryable retryable) {
                throw new IOException(retryable.reason());
            }
            // Unknown counts for nothing: a claim that did arrive is only one that the next one replaces.
            why = outcome instanceof Unknown unknown ? unknown.reason() : ((Conflict) outcome).reason();
        }
        throw new IOException("the table could not be claimed in " + CLAIM_TRIES + " tries, the last one: " + why);
    }

    /** Brings the table to where the commit leads, unless it is there or must not go there. */
    public Settlement settle(Fence own, PreparedCommit commit) {
        TableState known = left;
        if (known != null && own.equals(known.fence()) && Verdict.of(known.progress(), commit) == Verdict.COMMIT) {
            Outcome outcome = append(known, own, commit);
            if (!(outcome instanceof Conflict)) {
                return settled(outcome, commit);
            }
        }
        return lookAndSettle(own, commit);
    }

    private Settlement lookAndSettle(Fence own, PreparedCommit commit) {
        left = null;
        TableState table;
        try {
            table = log.read();
        } catch (IOException e) {
            return new Unsettled(new Retryable(e.toString()));
        } catch (HistoryException e) {
            return new Refused(e);
        }
        Fence present = table.fence();
        if (present == null) {
            // A folder that is not there may be a disk that is not. A table that is made anew in its place has another
            // fence.
            return new Unsettled(new Retryable(GONE));
        }
        if (!present.equals(own)) {
            return new Refused(HistoryException.fenced(present, own.epoch()));
        }
        return switch (Verdict.of(table.progress(), commit)) {
            case DONE -> new Settlement.Committed(table.version(), table.progress());
            case COMMIT -> settled(append(table, own, commit), commit);
            case DISCARD -> new Superseded(table.progress());
            case TABLE_BEHIND -> new Refused(HistoryException.tableBehind(table.progress(), commit.from()));
            case TABLE_ELSEWHERE -> new Refused(HistoryException.tableElsewhere(table.progress(), commit));
        };
    }

    private Outcome append(TableState table, Fence own, PreparedCommit commit) {
        TableChange change = new TableChange(commit.to(), commit.files(), own, clock.getAsLong(), commit.counters());
        Outcome outcome = log.append(table, change);
        left = outcome instanceof Committed committed ? change.leaves(committed.version()) : null;
        return outcome;
    }

    private static Settlement settled(Outcome outcome, PreparedCommit commit) {
        if (outcome instanceof Committed committed) {
            return new Settlement.Committed(committed.version(), commit.to());
        }
        if (outcome instanceof Rejected rejected) {
            return new Refused(HistoryException.rejected(rejected.reason()));
        }
        return new Unsettled(outcome);
    }
}
