package io.sightline.cli;

/**
 * The main class of {@code sightline-job.jar}, and the only class in it: {@code hz-cli submit sightline-job.jar FILE}. The
 * jar's manifest names all others, which lie beside it: {@code sightline.jar} and {@code lib}.
 *
 * <p>Knows no other class of ours before it runs, so that it can say when they are missing. A failure ends the JVM with
 * {@code sightline}'s exit status: hz-cli would print a stack trace in place of the message.
 */
public final class JobJar {
    private JobJar() {}

    public static void main(String[] arguments) {
        int exitStatus;
        try {
            exitStatus = HzCliSubmission.submit(arguments);
        } catch (NoClassDefFoundError e) {
            System.err.println("sightline: " + String.valueOf(e.getMessage()).replace('/', '.')
                    + " is missing; sightline.jar and the folder lib must lie beside sightline-job.jar, as in target");
            exitStatus = 1;
        }
        if (exitStatus != 0) {
            System.exit(exitStatus);
        }
    }
}
