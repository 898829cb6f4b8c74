package io.sightline.history;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Who wants a table, and how much it takes to get it. The same name takes over silently, since a job that starts again is the
 * same writer. Another name is refused while the last commit is younger than three times {@code commitEvery}, unless it
 * says that it means to replace the other.
 *
 * @param commitEvery how often this pipeline commits
 * @param takeOver whether another writer is to be replaced
 * @param initial where the topic is read from if the table is new; null if it must be there
 */
public record ClaimRequest(
        WriterIdentity identity,
        Duration commitEvery,
        boolean takeOver,
        @Nullable ProgressVector initial) {
    private static final int QUIET_COMMITS = 3;

    /**
     * The fence to put up.
     *
     * @throws HistoryException if the table is another's
     */
    Fence fence(TableState table, long nowMillis) {
        Fence present = table.fence();
        if (present == null) {
            return new Fence(1, identity);
        }
        Duration quiet = commitEvery.multipliedBy(QUIET_COMMITS);
        boolean silent = nowMillis - table.committedAtMillis() >= quiet.toMillis();
        if (!present.holder().equals(identity) && !silent && !takeOver) {
            throw HistoryException.otherWriter(present.holder(), table.committedAtMillis(), quiet);
        }
        return new Fence(present.epoch() + 1, identity);
    }
}
