package io.sightline.dedupe.imap;

import com.hazelcast.jet.JetException;
import com.hazelcast.jet.RestartableException;
import io.sightline.dedupe.Verdict;
import io.sightline.event.imap.PassingFailures;
import org.jspecify.annotations.Nullable;

/** What can go wrong with marks, and whether a restart of the job helps. */
final class DedupeErrors {
    private DedupeErrors() {}

    /** Restarting does not bring marks back: the job fails. */
    static JetException lost(String map, int bucket, Verdict.Outcome outcome) {
        String what = switch (outcome) {
            case OTHER_INCARNATION -> "was made by another start of the job, which replaced the marks of this one";
            case BEHIND -> "has dropped marks that this job needs: it went back further than its last job snapshot";
            default ->
                "is gone: more members were lost at once than there are backups, or no job touched it for its"
                        + " time to live";
        };
        return new JetException(DeduplicateP.MARKS_LOST + ": bucket " + bucket + " of map '" + map + "' " + what
                + "; going on would let duplicates pass unseen; stop the job and submit it again: it then takes the marks"
                + " from its history or, without one, reads from its start offsets with new ones");
    }

    /**
     * There is no answer.
     *
     * @param cause null if there was an answer and it was empty
     */
    static JetException unanswered(String map, int bucket, @Nullable Throwable cause) {
        String where = "bucket " + bucket + " of map '" + map + "'";
        if (cause == null || PassingFailures.isPassing(cause)) {
            return new RestartableException(
                    "deduplication marks were not acknowledged by " + where
                            + "; the job goes back to its last job snapshot and asks again",
                    cause);
        }
        return new JetException("deduplication marks were refused by " + where, cause);
    }
}
