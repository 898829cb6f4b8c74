package io.sightline.event.imap;

import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.IndeterminateOperationState;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.core.OperationTimeoutException;
import com.hazelcast.jet.RestartableException;
import com.hazelcast.spi.exception.RetryableException;
import org.jspecify.annotations.Nullable;

/**
 * How operations on maps fail when a member has just left, or is slow: whether they were done is not known, and a job that goes
 * back to its last snapshot settles it. Of other failures that would be no help.
 */
public final class PassingFailures {
    private PassingFailures() {}

    /** Whether it is one. */
    public static boolean isPassing(@Nullable Throwable failure) {
        return failure instanceof RetryableException
                || failure instanceof IndeterminateOperationState
                || failure instanceof IndeterminateOperationStateException
                || failure instanceof OperationTimeoutException
                || failure instanceof HazelcastInstanceNotActiveException;
    }

    /** What a job's start is to throw of this failure: if it passes, Jet starts the job again and does not suspend it. */
    public static RuntimeException atStart(RuntimeException failure) {
        return isPassing(failure) ? new RestartableException("the job starts again: " + failure, failure) : failure;
    }
}
