package io.sightline.history.jet;

import io.sightline.history.Claim;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One claim for each execution of a job, however many of its vertices ask for it: writers and committer must not disagree
 * about where the table was. Kept in the coordinator's JVM, from which the claim goes to the members with the plan.
 */
final class ExecutionClaims {
    private static final Map<Long, Claim> BY_EXECUTION = new ConcurrentHashMap<>();

    private ExecutionClaims() {}

    /** Makes a claim. */
    interface Claiming {
        Claim claim() throws IOException;
    }

    /** The claim of an execution: made by whoever asks first, while the others, which Jet lets ask at once, wait for it. */
    static Claim of(long executionId, Claiming claiming) throws IOException {
        try {
            return BY_EXECUTION.computeIfAbsent(executionId, id -> claimUnchecked(claiming));
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
        BY_EXECUTION.remove(executionId);
    }
}
