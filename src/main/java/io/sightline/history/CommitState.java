package io.sightline.history;

/**
 * Where the committer of one execution stands. Only the legal moves exist.
 *
 * <pre>
 *              prepare              completed
 *  {@link Settled} ----------&gt; {@link Prepared} ------------&gt; {@link Due} --after(Committed, Superseded)--&gt; {@link Settled}
 *                        | ^                | ^ \
 *                 prepare+-+  after(Unsettled)+-+  +--after(Refused)--&gt; {@link Stopped}
 * </pre>
 *
 * A job snapshot keeps the commit of {@link Prepared}, which says {@code from == to} where nothing was read.
 */
public sealed interface CommitState {

    /** Without a job snapshot: the table alone says where to go on. */
    static CommitState cold(Claim claim) {
        return new Settled(claim.at());
    }

    /**
     * With a job snapshot, which may be older than the table, equal or newer. Judged by where the table was when it was
     * claimed, so that nothing can be prepared on top of what has become void.
     */
    static CommitState restored(PreparedCommit commit, Claim claim) {
        return switch (Verdict.of(claim.at(), commit)) {
            case DONE, DISCARD -> new Settled(claim.at());
            case COMMIT -> new Due(commit);
            case TABLE_BEHIND -> new Stopped(HistoryException.tableBehind(claim.at(), commit.from()));
            case TABLE_ELSEWHERE -> new Stopped(HistoryException.tableElsewhere(claim.at(), commit));
        };
    }

    /** The table is at this vector, and nothing is prepared. */
    record Settled(ProgressVector at) implements CommitState {
        public Prepared prepare(Sealed sealed) {
            return new Prepared(PreparedCommit.none(at).and(sealed));
        }
    }

    /** In a job snapshot that is not yet known to be complete. */
    record Prepared(PreparedCommit commit) implements CommitState {

        /** The job snapshot failed: the next one takes both barriers in one commit. */
        public Prepared prepare(Sealed sealed) {
            return new Prepared(commit.and(sealed));
        }

        public Due completed() {
            return new Due(commit);
        }
    }

    /** The table is to get this. No barrier passes before it has, or files would be prepared that may never be committed. */
    record Due(PreparedCommit commit) implements CommitState {
        public CommitState after(Settlement settlement) {
            if (settlement instanceof Settlement.Committed committed) {
                return new Settled(committed.at());
            }
            if (settlement instanceof Settlement.Superseded superseded) {
                return new Settled(superseded.at());
            }
            if (settlement instanceof Settlement.Refused refused) {
                return new Stopped(refused.reason());
            }
            return this;
        }
    }

    /** The job must end; no barrier passes any more. */
    record Stopped(HistoryException reason) implements CommitState {}
}
