package io.sightline.cli;

import com.hazelcast.client.UndefinedErrorCodeException;
import io.sightline.demo.BrokerException;
import io.sightline.demo.MemberException;
import io.sightline.enrich.ReferenceException;
import io.sightline.spec.AccessFileException;
import io.sightline.spec.PipelineFileException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** A command that could not do its work: one message for the person who typed it, and the exit status. */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int exitStatus;

    Failure(int exitStatus, String message) {
        this(exitStatus, message, null);
    }

    Failure(int exitStatus, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exitStatus = exitStatus;
    }

    /** What to tell of any exception: the message of the innermost cause that was written for people. */
    static Failure of(Throwable thrown) {
        Throwable innermost = thrown;
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof Failure failure) {
                return failure;
            }
            if (cause instanceof PipelineFileException
                    || cause instanceof AccessFileException
                    || cause instanceof ReferenceException) {
                return new Failure(Sightline.BAD_USAGE, String.valueOf(cause.getMessage()), thrown);
            }
            if (cause instanceof BrokerException || cause instanceof MemberException) {
                return new Failure(Sightline.FAILED, String.valueOf(cause.getMessage()), thrown);
            }
            if (cause instanceof NoSuchFileException missing) {
                return new Failure(Sightline.BAD_USAGE, "no such file: " + missing.getFile(), thrown);
            }
            innermost = cause;
        }
        String message = innermost instanceof UndefinedErrorCodeException ofMember
                ? saidByMember(ofMember)
                : innermost.getMessage();
        return new Failure(
                Sightline.FAILED,
                message == null || message.isBlank() ? innermost.getClass().getSimpleName() : firstLine(message),
                thrown);
    }

    /** What a member threw, as the client tells it that has no code for its class: {@code Class name: C, Message: M}. */
    private static String saidByMember(UndefinedErrorCodeException e) {
        String told = String.valueOf(e.getMessage());
        String heading = "Class name: " + e.getOriginClassName() + ", Message: ";
        return told.startsWith(heading) ? told.substring(heading.length()) : told;
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse(message);
    }

    int exitStatus() {
        return exitStatus;
    }

    String message() {
        return String.valueOf(getMessage());
    }
}
