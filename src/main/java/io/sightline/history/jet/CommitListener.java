package io.sightline.history.jet;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.function.FunctionEx;

/**
 * Is told how a table of the history is doing, on the thread of who claims it, writes it, commits to it or cares for it,
 * each of whom has one of its own.
 */
public interface CommitListener {

    /** Makes one, on a member; may ask the grid. */
    interface Source extends FunctionEx<HazelcastInstance, CommitListener> {}

    /**
     * A job snapshot is in the table.
     *
     * @param version a table version that holds it
     * @param rows how many rows it brought
     */
    void committed(long version, long rows);

    /** One more try has failed, of a claim, of a data file or of a commit; ingestion waits. */
    void stalled(String why);

    /**
     * The table was cared for, or should have been.
     *
     * @param filesWaiting how many small files it has all the same
     */
    default void cared(int filesWaiting) {}
}
