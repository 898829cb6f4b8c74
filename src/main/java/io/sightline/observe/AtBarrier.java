package io.sightline.observe;

import java.io.Serializable;
import java.util.List;

/**
 * Where a job stands at a barrier: exactly what belongs to the job snapshot.
 *
 * @param progress how far decoding has come, in every topic partition it has read
 * @param totals all that has been counted up to there
 */
public record AtBarrier(List<Progress> progress, Counts totals) implements Serializable {
    /** Before anything was read. */
    public static final AtBarrier NOTHING = new AtBarrier(List.of(), new Counts());

    public AtBarrier {
        progress = List.copyOf(progress);
    }
}
