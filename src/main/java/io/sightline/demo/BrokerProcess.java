package io.sightline.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;

/**
 * The main class of the {@link Broker}'s own process: formats the data folder if it is new, then becomes a Kafka broker
 * and controller. Its standard input is a pipe that nobody writes to; when the process that started it ends, for whatever
 * reason, the pipe ends too, and so does this process.
 *
 * <p>Kafka's server classes are named as strings because they are on the run-time class path only.
 */
final class BrokerProcess {
    private static final int CANNOT_START = 1;
    private static final long SHUTDOWN_MILLIS = 10_000;

    private BrokerProcess() {}

    /**
     * Runs until the parent ends.
     *
     * @param args the path of {@code server.properties} and the cluster id
     */
    @SuppressWarnings("SystemOut") // the broker's log file
    public static void main(String[] args) throws ReflectiveOperationException {
        String properties = args[0];
        String clusterId = args[1];
        endWithParent();
        int formatted = format(properties, clusterId, System.out);
        if (formatted != 0) {
            System.exit(CANNOT_START);
        }
        try {
            Class.forName("kafka.Kafka").getMethod("main", String[].class).invoke(null, (Object)
                    new String[] {properties});
        } catch (InvocationTargetException e) {
            e.printStackTrace(System.out);
            System.exit(CANNOT_START);
        }
    }

    private static int format(String properties, String clusterId, PrintStream out)
            throws ReflectiveOperationException {
        String[] format = {"format", "--ignore-formatted", "--cluster-id", clusterId, "--config", properties};
        return (int) Class.forName("kafka.tools.StorageTool")
                .getMethod("execute", String[].class, PrintStream.class)
                .invoke(null, format, out);
    }

    private static void endWithParent() {
        InputStream parent = System.in;
        daemon("ends-with-parent", () -> {
            try {
                while (parent.read() >= 0) {
                    // nobody writes; only the end matters
                }
            } catch (IOException e) {
                // a broken pipe is an end too
            }
            daemon("ends-in-time", BrokerProcess::haltAfterGrace);
            System.exit(0);
        });
    }

    /** Kafka's orderly shutdown waits for what may be gone; this bounds it. */
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
