package io.sightline.demo;

import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;

/**
 * The main class of the {@link Broker}'s own process: formats the data folder if it is new, then becomes a Kafka broker
 * and controller, until the process that started it ends ({@link EndsWithParent}).
 *
 * <p>Kafka's server classes are named as strings because they are on the run-time class path only.
 */
final class BrokerProcess {
    private static final int CANNOT_START = 1;

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
        EndsWithParent.watch(() -> System.exit(0), () -> Runtime.getRuntime().halt(0));
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
}
