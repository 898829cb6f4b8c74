package io.sightline.spec;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where the records come from.
 *
 * @param partitionsFrom what the topic's first partition is numbered, the others following: 0, unless the topic goes on where
 *     another ended, whose partitions have the numbers below
 * @param idleTimeout after this long without a record a topic partition no longer holds the watermark back
 * @param access how Event Hubs is entered; with profile {@code event-hubs} only, and then required
 */
public record SourceSpec(
        String topic,
        Setting bootstrapServers,
        Profile profile,
        Start start,
        int partitionsFrom,
        Duration idleTimeout,
        @Nullable Access access)
        implements Serializable {

    /** The same source, begun elsewhere. */
    public SourceSpec withStart(Start other) {
        return new SourceSpec(topic, bootstrapServers, profile, other, partitionsFrom, idleTimeout, access);
    }

    /** The same source, its topic partitions numbered as the topic does. */
    public SourceSpec alone() {
        return new SourceSpec(topic, bootstrapServers, profile, start, 0, idleTimeout, access);
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

    /** Which kind of broker answers at the address. */
    public enum Profile {
        KAFKA,
        EVENT_HUBS
    }

    /** How Event Hubs is entered. */
    public sealed interface Access extends Serializable {}

    /**
     * With the key of a shared access policy.
     *
     * @param reference leads to the connection string, a secret
     */
    public record ConnectionString(Setting reference) implements Access {}

    /** With a token of Entra ID, as an identity that the platform gives to this process. */
    public enum Identity implements Access {
        /** The service account of a pod, federated with an application or a managed identity: AKS workload identity. */
        WORKLOAD,
        /** That of the virtual machine. */
        MANAGED
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
