package io.sightline.source;

import java.util.Set;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;

/**
 * A token of Entra ID. Its content is the broker's affair and is not looked at. Does not print.
 *
 * @param value a secret
 * @param startTimeMs when it was got, by our clock, milliseconds since 1970
 * @param lifetimeMs when it expires, by our clock, milliseconds since 1970
 */
record EntraToken(String value, Long startTimeMs, long lifetimeMs) implements OAuthBearerToken {
    /** From here on the next one is got: when a fifth of its life is left, as Kafka's own clients do. */
    long renewAtMillis() {
        return lifetimeMs - (lifetimeMs - startTimeMs) / 5;
    }

    @Override
    public Set<String> scope() {
        return Set.of();
    }

    /** Nobody asks: whose it is stands in the token. */
    @Override
    public String principalName() {
        return "";
    }

    @Override
    public String toString() {
        return "[REDACTED]";
    }
}
