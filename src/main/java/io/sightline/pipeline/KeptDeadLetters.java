package io.sightline.pipeline;

import io.sightline.event.DeadLetter;
import io.sightline.event.Origin;
import io.sightline.event.Redriven;
import io.sightline.history.delta.VersionFiles;
import io.sightline.history.jet.HistoryTable;
import io.sightline.pipeline.DeadLetters.Filter;
import io.sightline.redrive.Letter;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The dead letters that a pipeline's history keeps, also those that the grid has let go of. Read as this process sees the
 * table; each call looks anew.
 */
public final class KeptDeadLetters {
    private final HistoryTable table;

    /** @param spec has a history */
    public KeptDeadLetters(PipelineSpec spec) {
        this.table = HistoryBranch.ofDeadLetters(spec).table();
    }

    /** Whether there is such a table here. */
    public boolean isSeenFromHere() throws IOException {
        return table.log().read().version() >= 0;
    }

    /**
     * Shows the letters one by one, oldest file first: those that were never redriven, or the one of this origin, whatever
     * became of it.
     *
     * @param visitor ends it by false
     * @throws IOException if the storage does not answer
     */
    public void visit(Filter filter, Predicate<Letter> visitor) throws IOException {
        VersionFiles files = table.log().files();
        Recall all = Recall.deadLetters(table, files);
        Set<Origin> redriven = filter.origin() == null ? redriven(all) : Set.of();
        try (Recalled<DeadLetter> letters = Recalled.deadLetters(all, all.files())) {
            for (DeadLetter letter; (letter = letters.next()) != null; ) {
                boolean wanted = (filter.reason() == null || filter.reason() == letter.reason())
                        && (filter.origin() == null || filter.origin().equals(letter.origin()))
                        && !redriven.contains(letter.origin());
                if (wanted && !visitor.test(new Letter(letter.origin(), letter.key(), letter.raw()))) {
                    return;
                }
            }
        }
    }

    private static Set<Origin> redriven(Recall all) throws IOException {
        Set<Origin> redriven = new HashSet<>();
        try (Recalled<Redriven> redrives = Recalled.redrives(all, all.files())) {
            for (Redriven item; (item = redrives.next()) != null; ) {
                redriven.add(item.letter());
            }
        }
        return redriven;
    }
}
