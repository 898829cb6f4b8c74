package io.sightline.history.jet;

import com.hazelcast.function.FunctionEx;
import com.hazelcast.jet.core.Processor;

/** Is told how the history is doing, on the committer's thread; is not to block. */
public interface CommitListener {

    /** Where nobody wants to know. */
    Source NONE = context -> new CommitListener() {
        @Override
        public void committed(long version, long rows) {}

        @Override
        public void stalled(String why) {}
    };

    /** Makes the one of a committer. */
    interface Source extends FunctionEx<Processor.Context, CommitListener> {}

    /**
     * A job snapshot is in the table.
     *
     * @param version a table version that holds it
     * @param rows how many rows it brought
     */
    void committed(long version, long rows);

    /** One more try has failed; ingestion waits. */
    void stalled(String why);
}
