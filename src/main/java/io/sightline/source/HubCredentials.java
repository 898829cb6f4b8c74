package io.sightline.source;

import io.sightline.spec.Setting;
import io.sightline.spec.SourceSpec;
import io.sightline.spec.SourceSpec.ConnectionString;
import io.sightline.spec.SourceSpec.Identity;
import java.util.function.Function;

/**
 * What a client proves itself with to Event Hubs. It is asked anew for each connection and at each re-authentication, so
 * that a secret or a token may be replaced while a job runs. Any thread. Never prints a secret.
 */
sealed interface HubCredentials {
    /** The client's property that holds it. Not one of Kafka's own, so its value is handed on as it is. */
    String PROPERTY = "sightline.hub-credentials";

    /** The name of the SASL mechanism. */
    String mechanism();

    /** The login module's configuration line, which holds no secret. */
    String jaasConfig();

    /** Whether a connection is encrypted: always, but for the local emulator, which has no TLS. */
    boolean needsTls();

    /** What has to be right in Azure for them to be let in, as the end of a sentence. */
    String needs();

    /** The connection string: the key of a shared access policy. */
    record PolicyKey(ConnectionStringReference reference) implements HubCredentials {
        @Override
        public String mechanism() {
            return "PLAIN";
        }

        @Override
        public String jaasConfig() {
            return "org.apache.kafka.common.security.plain.PlainLoginModule required;";
        }

        @Override
        public boolean needsTls() {
            return !reference.get().isOfEmulator();
        }

        @Override
        public String needs() {
            return "that the connection string's policy has the claim Listen (Send as well, to redrive), and that the"
                    + " namespace is of tier Standard or above: Basic has no Kafka endpoint";
        }
    }

    /** Tokens of Entra ID. */
    record Tokens(EntraTokens tokens) implements HubCredentials {
        @Override
        public String mechanism() {
            return "OAUTHBEARER";
        }

        @Override
        public String jaasConfig() {
            return "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;";
        }

        @Override
        public boolean needsTls() {
            return true;
        }

        @Override
        public String needs() {
            return "that the identity has the role Azure Event Hubs Data Receiver (Data Sender as well, to redrive) on the"
                    + " whole namespace: given on one event hub alone, Event Hubs cuts the connection";
        }
    }

    /**
     * Those that a source's spec names, as this process has them.
     *
     * @param resolve what a setting stands for in this process
     * @throws SourceException if they cannot be used
     * @throws io.sightline.spec.UnresolvedSettingException if a reference leads nowhere
     */
    static HubCredentials of(SourceSpec spec, Function<? super Setting, String> resolve) {
        if (spec.access() instanceof ConnectionString key) {
            return new PolicyKey(ConnectionStringReference.follow(key.reference(), resolve, spec.topic()));
        }
        if (spec.access() instanceof Identity kind) {
            EntraIdentity identity = EntraIdentity.ofThisProcess(kind, resolve.apply(spec.bootstrapServers()), resolve);
            return new Tokens(EntraTokens.of(identity, resolve));
        }
        throw SourceException.noAccess();
    }
}
