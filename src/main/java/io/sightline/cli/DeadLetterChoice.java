package io.sightline.cli;

import io.sightline.pipeline.DeadLetters;
import io.sightline.pipeline.DeadLetters.Filter;
import java.util.List;

/** Whose dead letters are meant, where nobody said so. */
final class DeadLetterChoice {
    private DeadLetterChoice() {}

    /** The one pipeline that has such letters. */
    static String pipeline(DeadLetters letters, Filter filter) {
        List<String> pipelines = letters.pipelines(filter);
        if (pipelines.size() == 1) {
            return pipelines.get(0);
        }
        String which =
                filter.origin() == null ? "no such dead letters" : "no dead letter " + DeadLetterId.of(filter.origin());
        throw pipelines.isEmpty()
                ? new Failure(
                        Sightline.FAILED,
                        which + (filter.pipeline() == null ? "" : " of pipeline `" + filter.pipeline() + "`")
                                + "; `sightline dead-letters list` shows what there is")
                : new Failure(
                        Sightline.BAD_USAGE,
                        "pipelines " + String.join(", ", pipelines)
                                + " have such dead letters; name one with --pipeline");
    }
}
