package io.sightline.grid;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.client.config.ClientConnectionStrategyConfig.ReconnectMode;
import com.hazelcast.client.impl.clientside.HazelcastClientProxy;
import com.hazelcast.config.ListenerConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.core.LifecycleListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Connects to a running grid. */
public final class GridClient {
    private static final int RETRY_MILLIS = 500;

    private GridClient() {}

    /**
     * A client of the grid; shut it down after use.
     *
     * @param addresses {@code host:port} of members, any of which will do
     * @throws IllegalStateException if none answers within the timeout
     */
    public static HazelcastInstance connect(String clusterName, List<String> addresses, Duration timeout) {
        ClientConfig config = new ClientConfig();
        config.setClusterName(clusterName);
        config.getNetworkConfig().setAddresses(addresses);
        config.getConnectionStrategyConfig()
                .getConnectionRetryConfig()
                .setClusterConnectTimeoutMillis(timeout.toMillis());
        return start(config);
    }

    /**
     * A client that comes back whenever the grid does, be it another grid of the same name; shut it down after use. While
     * the grid is away, what is asked of it fails at once with an {@link IllegalStateException}.
     *
     * @param addresses {@code host:port} of members, any of which will do
     * @throws IllegalStateException if none answers within the timeout
     */
    public static HazelcastInstance connectForGood(String clusterName, List<String> addresses, Duration timeout) {
        ClientConfig config = new ClientConfig();
        config.setClusterName(clusterName);
        config.getNetworkConfig().setAddresses(addresses);
        CountDownLatch connected = new CountDownLatch(1);
        config.addListenerConfig(new ListenerConfig((LifecycleListener) event -> {
            if (event.getState() == LifecycleState.CLIENT_CONNECTED) {
                connected.countDown();
            }
        }));
        // Not by the timeout of a connection: that would also be the most it may be away later.
        config.getConnectionStrategyConfig()
                .setAsyncStart(true)
                .setReconnectMode(ReconnectMode.ASYNC)
                .getConnectionRetryConfig()
                .setMaxBackoffMillis(RETRY_MILLIS)
                .setInitialBackoffMillis(RETRY_MILLIS);
        HazelcastInstance client = start(config);
        try {
            if (connected.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                return client;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        client.shutdown();
        throw new IllegalStateException("no member answers");
    }

    /**
     * A client of the same grid by the same way as another one, which need not know our types; shut it down after use.
     *
     * @throws IllegalArgumentException if the other one is no client
     */
    public static HazelcastInstance like(HazelcastInstance other) {
        if (!(HazelcastClient.getHazelcastClientByName(other.getName()) instanceof HazelcastClientProxy client)) {
            throw new IllegalArgumentException(other.getName() + " is no client");
        }
        ClientConfig config = new ClientConfig(client.getClientConfig());
        config.setInstanceName(null);
        return start(config);
    }

    private static HazelcastInstance start(ClientConfig config) {
        // Else hz-cli, which loads our classes from a jar, could write our types and not read them.
        config.setClassLoader(GridClient.class.getClassLoader());
        config.setProperty("hazelcast.phone.home.enabled", "false");
        // A client that lives for one command sends its last figures when it is gone, and the member logs an error.
        config.getMetricsConfig().setEnabled(false);
        Serializers.addTo(config.getSerializationConfig());
        return HazelcastClient.newHazelcastClient(config);
    }
}
