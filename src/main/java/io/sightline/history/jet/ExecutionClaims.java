package io.sightline.history.jet;

import io.sightline.history.Claim;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One claim of a table for each execution of a job, however many of its vertices ask for it: writers and committer must not
 * disagree about where the table was. Kept in the coordinator's JVM, from which the claim goes to the members with the plan.
 */
final class ExecutionClaims {
    private static final Map<Key, Claim> CLAIMS = new ConcurrentHashMap<>();

    private ExecutionClaims() {}

    private record Key(long executionId, String table) {}

    /** Makes a claim. */
    interface Claiming {
        Claim claim() throws IOException;
    }

    /** The claim of an execution: made by whoever asks first, while the others, which Jet lets ask at once, wait for it. */
    static Claim of(long executionId, String table, Claiming claiming) throws IOException {
        try {
            return CLAIMS.computeIfAbsent(new Key(executionId, table), key -> claimUnchecked(claiming));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static Claim claimUnchecked(Claiming claiming) {
        try {
            return claiming.claim();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void forget(long executionId) {
        CLAIMS.keySet().removeIf(key -> key.executionId() == executionId);
    }
}
