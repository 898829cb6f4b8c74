package io.sightline.demo;

import java.io.IOException;
import java.io.InputStream;

/**
 * Ends this process with the one that started it, however that one ends: standard input is a pipe that nobody writes to,
 * and a pipe ends with its writer, by SIGKILL too.
 */
public final class EndsWithParent {
    /** The system property, {@code true} for a process whose standard input is such a pipe. */
    public static final String PROPERTY = "sightline.ends-with-parent";

    private static final long SHUTDOWN_MILLIS = 10_000;

    private EndsWithParent() {}

    /** Watches standard input if {@link #PROPERTY} says so; see {@link #watch}. */
    public static void ifAsked(Runnable exit, Runnable halt) {
        if (Boolean.getBoolean(PROPERTY)) {
            watch(exit, halt);
        }
    }

    /**
     * Watches standard input.
     *
     * @param exit ends this process in order; called when standard input ends
     * @param halt ends it at once; called ten seconds later, since an orderly shutdown may wait for what is gone
     */
    static void watch(Runnable exit, Runnable halt) {
        InputStream parent = System.in;
        daemon("ends-with-parent", () -> {
            try {
                while (parent.read() >= 0) {
                    // nobody writes; only the end matters
                }
            } catch (IOException e) {
                // a broken pipe is an end too
            }
            daemon("ends-in-time", () -> afterGrace(halt));
            exit.run();
        });
    }

    private static void afterGrace(Runnable halt) {
        try {
            Thread.sleep(SHUTDOWN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        halt.run();
    }

    private static void daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }
}
