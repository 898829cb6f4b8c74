package io.sightline.history;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * History cannot go on, and no retry helps. The message says what is wrong, why, and what to do. Without a stack trace of
 * its own, because the message is all there is to know and a failed job's exception is logged several times over.
 */
public final class HistoryException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String reason;

    private HistoryException(String message) {
        this(message, message);
    }

    private HistoryException(String message, String reason) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /** What is wrong, without saying where the table is. */
    public String reason() {
        return reason;
    }

    static HistoryException fenced(Fence now, long ownEpoch) {
        return new HistoryException(
                "this writer is no longer the table's: " + now.holder()
                        + " has taken the table over (claim " + now.epoch() + ", ours was " + ownEpoch
                        + "); nothing of this writer has been added since, stop it here or take the table back with --take-over");
    }

    static HistoryException otherWriter(WriterIdentity holder, long committedAtMillis, Duration quiet) {
        return new HistoryException("the table is being written by " + holder + ", last at "
                + Instant.ofEpochMilli(committedAtMillis)
                + "; give this pipeline a table of its own, wait until the other has been silent for "
                + quiet.toSeconds() + " s, or replace it with --take-over");
    }

    static HistoryException tableBehind(ProgressVector table, ProgressVector from) {
        return new HistoryException("the table is at " + table + ", behind the job snapshot, which goes on from " + from
                + ": versions have been taken away from it; what lies between would be missing, so start cold from the"
                + " table: stop the job and submit it again");
    }

    static HistoryException tableElsewhere(ProgressVector table, PreparedCommit commit) {
        return new HistoryException("the table is at " + table + ", where no commit of this job from " + commit.from()
                + " to " + commit.to() + " leaves or leads to: another writer has moved it; start cold from the table:"
                + " stop the job and submit it again");
    }

    /** Between the planning of a start and the start itself. */
    public static HistoryException movedSinceStart(ProgressVector table, ProgressVector start) {
        return new HistoryException("the table is at " + table + ", and was at " + start
                + " when this start was prepared: another writer has moved it since; submit the pipeline again");
    }

    /**
     * The topic has fewer partitions than have been read, which no topic comes to by itself.
     *
     * @param first what the topic's first partition is numbered
     * @param topic with the topics before it
     */
    public static HistoryException otherTopic(ProgressVector table, int first, ProgressVector topic) {
        return new HistoryException("the table holds " + (table.size() - first) + " topic partitions, the topic has "
                + (topic.size() - first)
                + ": it has been made anew, or this is another broker; go on in the same table with"
                + " source.partitions-from: " + table.size() + ", or name a new one in history.table");
    }

    /**
     * The file numbers the topic's partitions as none that the table can go on with.
     *
     * @param first what the file says the topic's first partition is numbered
     * @param newest what that of the topic was which the table was filled from last
     */
    public static HistoryException otherNumbers(int first, int newest, ProgressVector table) {
        String refused = "source.partitions-from is " + first;
        if (table.size() == 0) {
            return new HistoryException(refused + ", and there is no table yet that it could go on in; leave it out");
        }
        return new HistoryException(refused + ", and the table holds " + table.size()
                + " topic partitions, those of the topic it was filled from last numbered from " + newest
                + " on; accepted: " + newest + ", to go on with that topic"
                + (table.size() == newest
                        ? ""
                        : ", or " + table.size() + ", with another of its name that follows it"));
    }

    static HistoryException rejected(String reason) {
        return new HistoryException(reason);
    }

    /** The column is there with another type, so old files and new rows would not fit. */
    public static HistoryException typeChanged(List<String> changes) {
        return new HistoryException("the table has columns of other types: " + String.join("; ", changes)
                + "; a type cannot change in place: keep the old type, give the field a new name, or name a new table in"
                + " history.table");
    }

    /** What is at this path is no table that this program can use so. */
    public static HistoryException unusableTable(String path, String reason) {
        return new HistoryException("the table at " + path + " cannot be used: " + reason, reason);
    }
}
