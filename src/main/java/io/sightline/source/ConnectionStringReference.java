package io.sightline.source;

import io.sightline.spec.Setting;
import io.sightline.spec.UnresolvedSettingException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reference to an Event Hubs connection string, followed again each time it is needed, so that what it leads to may be
 * replaced while a job runs. What cannot be used, as a file half written, leaves the one before in its place. Any thread.
 */
final class ConnectionStringReference {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionStringReference.class);

    private final Setting reference;
    private final Function<? super Setting, String> resolve;
    private final String topic;
    private EventHubsConnectionString latest;
    private @Nullable String problem;

    private ConnectionStringReference(
            Setting reference,
            Function<? super Setting, String> resolve,
            String topic,
            EventHubsConnectionString latest) {
        this.reference = reference;
        this.resolve = resolve;
        this.topic = topic;
        this.latest = latest;
    }

    /**
     * Follows it for the first time.
     *
     * @param topic the event hub to be read
     * @throws SourceException if it leads to no connection string, or to that of another event hub
     * @throws UnresolvedSettingException if it leads nowhere
     */
    static ConnectionStringReference follow(
            Setting reference, Function<? super Setting, String> resolve, String topic) {
        return new ConnectionStringReference(reference, resolve, topic, read(reference, resolve, topic));
    }

    /** The connection string as it is now. */
    synchronized EventHubsConnectionString get() {
        try {
            EventHubsConnectionString now = read(reference, resolve, topic);
            if (!now.password().equals(latest.password())) {
                LOG.atInfo()
                        .addKeyValue("topic", topic)
                        .log("the connection string has changed, and the new one is used");
            }
            latest = now;
            problem = null;
        } catch (SourceException | UnresolvedSettingException e) {
            String why = String.valueOf(e.getMessage());
            if (!why.equals(problem)) {
                problem = why;
                LOG.atWarn()
                        .addKeyValue("topic", topic)
                        .addKeyValue("why", why)
                        .log("the connection string cannot be read again, the one before is used");
            }
        }
        return latest;
    }

    private static EventHubsConnectionString read(
            Setting reference, Function<? super Setting, String> resolve, String topic) {
        EventHubsConnectionString secret = EventHubsConnectionString.parse(resolve.apply(reference));
        String entityPath = secret.entityPath();
        if (entityPath != null && !entityPath.equals(topic)) {
            throw SourceException.otherEventHub(topic, entityPath);
        }
        return secret;
    }

    @Override
    public String toString() {
        return reference.toString();
    }
}
