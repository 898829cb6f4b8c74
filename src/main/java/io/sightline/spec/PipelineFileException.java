package io.sightline.spec;

/** A pipeline file that cannot be used, with all that is wrong with it. Trying again without a change is useless. */
public final class PipelineFileException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Problems problems;

    PipelineFileException(Problems problems) {
        super(problems.toString());
        this.problems = problems;
    }

    /** What is wrong; not empty. */
    public Problems problems() {
        return problems;
    }
}
