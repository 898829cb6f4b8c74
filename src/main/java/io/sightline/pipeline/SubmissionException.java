package io.sightline.pipeline;

/** A pipeline that cannot be submitted to the grid as things are; the message says why and what to do. */
public final class SubmissionException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private SubmissionException(String message) {
        super(message);
    }

    static SubmissionException runsAlready(String pipeline) {
        return new SubmissionException(
                "pipeline `" + pipeline + "` runs already; stop it first: sightline stop " + pipeline);
    }

    static SubmissionException nameTaken(String relation, String pipeline) {
        return new SubmissionException("the name `" + relation + "` is taken by the running pipeline `" + pipeline
                + "`; give it another name in this file");
    }

    static SubmissionException otherJobName(String pipeline, String name) {
        return new SubmissionException("a job bears its pipeline's name, `" + pipeline + "`, and not `" + name
                + "`; submit it without a name, or change `pipeline:` in the file");
    }

    static SubmissionException noHistory(String pipeline) {
        return new SubmissionException("pipeline `" + pipeline
                + "` has no `history:`, so a changed job would begin without progress; stop it and submit the file if"
                + " that is meant");
    }

    static SubmissionException noTable(String pipeline, String why) {
        return new SubmissionException("pipeline `" + pipeline + "` cannot start from its history: " + why);
    }

    static SubmissionException interrupted(String pipeline) {
        return new SubmissionException("the submission of pipeline `" + pipeline + "` was interrupted");
    }

    static SubmissionException doesNotEnd(String job, long seconds) {
        return new SubmissionException("job `" + job + "` was cancelled and has not ended within " + seconds
                + " s: one of its reads hangs; try again");
    }

    static SubmissionException overtaken(String pipeline) {
        return new SubmissionException("another submission of pipeline `" + pipeline + "` has overtaken this one");
    }

    /** Hazelcast's own words are both settings in full, thousands of characters. */
    static SubmissionException otherSettings(String map) {
        return new SubmissionException("the grid still has other settings for `" + map
                + "` from an earlier submission: its `keep` or `index` was"
                + " another, and settings of a map live as long as the cluster; give it those again, restart all"
                + " members, or name the pipeline anew");
    }
}
