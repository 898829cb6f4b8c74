package io.sightline.grid;

import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * A DNS name that leads to the addresses of all members, as that of a headless service of Kubernetes does. Members that find
 * each other by it have one port.
 */
final class ServiceDns {
    /** A name server tells of a new address late: it is cached there, and in this JVM. */
    private static final Duration WITHIN = Duration.ofSeconds(90);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final String name;
    private final Lookup lookup;
    private final LongSupplier nanoTime;
    private final Pause pause;

    /** What asks for the addresses of a name. */
    interface Lookup {
        InetAddress[] addresses(String name) throws UnknownHostException;
    }

    /** What passes the time between two looks. */
    interface Pause {
        void take(Duration time) throws InterruptedException;
    }

    ServiceDns(String name) {
        this(name, InetAddress::getAllByName, System::nanoTime, time -> TimeUnit.MILLISECONDS.sleep(time.toMillis()));
    }

    ServiceDns(String name, Lookup lookup, LongSupplier nanoTime, Pause pause) {
        this.name = name;
        this.lookup = lookup;
        this.nanoTime = nanoTime;
        this.pause = pause;
    }

    /** Lets a member find the others by the name, and in no other way. */
    void joinBy(NetworkConfig network) {
        // Not as an address of tcp-ip: of a name's addresses that takes those alone that this member listens on.
        JoinConfig join = network.getJoin();
        join.getTcpIpConfig().setEnabled(false);
        join.getKubernetesConfig()
                .setEnabled(true)
                .setProperty("service-dns", name)
                .setProperty("service-port", String.valueOf(network.getPort()));
    }

    /**
     * Waits until the name leads to this member, too. Then the name server knows of the others as well: a member that asked
     * before would take itself for the first one, and begin a grid of its own beside theirs.
     *
     * @throws IllegalStateException if it does not in time
     */
    void awaitLeadsTo(String host) {
        String ownAddress = written(host);
        long deadline = nanoTime.getAsLong() + WITHIN.toNanos();
        List<String> found = look();
        while (!found.contains(ownAddress)) {
            if (nanoTime.getAsLong() - deadline > 0) {
                throw new IllegalStateException("the name " + name + " leads to "
                        + (found.isEmpty() ? "no address" : String.join(", ", found)) + " and not to " + ownAddress
                        + ", where this member listens, within " + WITHIN.toSeconds()
                        + " s; --service-dns takes a name that leads to all members, also to those that are not ready,"
                        + " and --host the address of this one");
            }
            try {
                pause.take(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for the name " + name, e);
            }
            found = look();
        }
    }

    /** An IPv6 address can be written in several ways. */
    private static String written(String host) {
        try {
            return InetAddress.getAllByName(host)[0].getHostAddress();
        } catch (UnknownHostException e) {
            return host;
        }
    }

    private List<String> look() {
        try {
            return Stream.of(lookup.addresses(name))
                    .map(InetAddress::getHostAddress)
                    .toList();
        } catch (UnknownHostException e) {
            return List.of();
        }
    }
}
