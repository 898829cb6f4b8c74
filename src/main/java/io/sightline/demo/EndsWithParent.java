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

    /** Watches standard input if {@link #PROPERTY} says so. */
    public static void ifAsked() {
        if (Boolean.getBoolean(PROPERTY)) {
            watch();
        }
    }

    /** Watches standard input. When it ends, so does this process: in order, or after ten seconds without. */
    static void watch() {
        InputStream parent = System.in;
        daemon("ends-with-parent", () -> {
            try {
                while (parent.read() >= 0) {
                    // nobody writes; only the end matters
                }
            } catch (IOException e) {
                // a broken pipe is an end too
            }
            daemon("ends-in-time", EndsWithParent::haltAfterGrace);
            System.exit(0);
        });
    }

    /** An orderly shutdown may wait for what is gone; this bounds it. */
    private static void haltAfterGrace() {
        try {
            Thread.sleep(SHUTDOWN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(0);
    }

    private static void daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }
}
