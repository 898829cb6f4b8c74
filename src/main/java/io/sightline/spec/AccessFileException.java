package io.sightline.spec;

/** An access file that cannot be used, with all that is wrong with it. */
public final class AccessFileException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Problems problems;

    AccessFileException(Problems problems) {
        super(problems.toString());
        this.problems = problems;
    }

    /** What is wrong; not empty. */
    public Problems problems() {
        return problems;
    }
}
