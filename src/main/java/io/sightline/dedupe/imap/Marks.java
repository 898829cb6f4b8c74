package io.sightline.dedupe.imap;

import com.hazelcast.jet.core.Processor;
import java.io.Serializable;
import java.util.concurrent.CompletionStage;

/** Where a deduplicating processor keeps its marks: the port between it and the grid. Used on the processor's thread. */
public interface Marks {

    /** What they are called in messages: the map's name. */
    String name();

    /** How many buckets there are. */
    int buckets();

    /** The buckets this processor keeps alive; together, those of all processors are all buckets. */
    int[] owned();

    /**
     * Has a batch judged by its bucket. Does not block.
     *
     * @return the words of a {@link io.sightline.dedupe.Verdict}, once primary and backup have the batch's marks
     */
    CompletionStage<long[]> submit(int bucket, MarkBatch batch);

    /** Opens the marks on the member that a processor runs on. */
    @FunctionalInterface
    interface Source extends Serializable {
        Marks open(Processor.Context context);
    }
}
