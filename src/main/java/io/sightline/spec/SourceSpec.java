package io.sightline.spec;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where the records come from.
 *
 * @param idleTimeout after this long without a record a topic partition no longer holds the watermark back
 * @param connectionString the Event Hubs connection string; with profile {@code event-hubs} only, and then required
 */
public record SourceSpec(
        String topic,
        Setting bootstrapServers,
        Profile profile,
        Start start,
        Duration idleTimeout,
        @Nullable Setting connectionString)
        implements Serializable {

    /** The same source, begun elsewhere. */
    public SourceSpec withStart(Start other) {
        return new SourceSpec(topic, bootstrapServers, profile, other, idleTimeout, connectionString);
    }

    /**
     * The addresses with their references resolved.
     *
     * @throws UnresolvedSettingException if a reference leads nowhere, or to something that is no address
     */
    public String bootstrapServers(Environment environment) {
        String path = "source." + PipelineFormat.BOOTSTRAP_SERVERS.name();
        String addresses = bootstrapServers.resolve(environment, path);
        String objection = SourceRules.objectionToAddress(addresses);
        if (objection != null) {
            throw UnresolvedSettingException.unusable(
                    path,
                    bootstrapServers + " leads to " + objection + "; accepted: host:port, several separated by commas");
        }
        return addresses;
    }

    /**
     * The connection string with its references resolved: a secret. Only for profile {@link Profile#EVENT_HUBS}.
     *
     * @throws UnresolvedSettingException if a reference leads nowhere, or to something that is no connection string
     */
    public String connectionString(Environment environment) {
        String path = "source." + PipelineFormat.CONNECTION_STRING.name();
        if (connectionString == null) {
            throw UnresolvedSettingException.unusable(path, "missing");
        }
        String secret = connectionString.resolve(environment, path);
        if (!secret.startsWith("Endpoint=sb://")) {
            throw UnresolvedSettingException.unusable(
                    path,
                    connectionString
                            + " leads to no connection string; accepted: Endpoint=sb://..., as the portal shows it");
        }
        return secret;
    }

    /** Which kind of broker answers at the address. */
    public enum Profile {
        KAFKA,
        EVENT_HUBS
    }

    /** Where a job with no progress yet begins to read. */
    public sealed interface Start extends Serializable {
        /** At the oldest record the broker holds. */
        record Earliest() implements Start {}

        /** After the newest record at the time of submission. */
        record Latest() implements Start {}

        /** At the first record whose timestamp is not before this instant. */
        record At(Instant time) implements Start {}
    }
}
