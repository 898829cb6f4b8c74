package io.sightline.demo;

import java.nio.file.Path;

/** A member's process that does not do what it was started for; the message is for the person at the terminal. */
public final class MemberException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private MemberException(String message) {
        super(message);
    }

    static MemberException notReady(Path log, String lastWords) {
        return new MemberException("the member did not become ready: " + lastWords.replaceFirst("^sightline: ", "")
                + " (its log is " + log + ")");
    }

    static MemberException diesAgainAndAgain(int deaths, int exitStatus, String heap, Path log) {
        String why = exitStatus == OUT_OF_MEMORY
                ? "it needs more memory than its heap of " + heap + "; lower --rate or free memory"
                : "its exit status is " + exitStatus + ", its log is " + log;
        return new MemberException("the member died " + deaths + " times soon after its start: " + why);
    }

    /** What a JVM exits with that was told to exit when memory ends. */
    private static final int OUT_OF_MEMORY = 3;
}
