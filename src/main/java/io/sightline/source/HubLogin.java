package io.sightline.source;

import io.sightline.source.HubCredentials.PolicyKey;
import io.sightline.source.HubCredentials.Tokens;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.auth.SaslExtensionsCallback;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerTokenCallback;
import org.jspecify.annotations.Nullable;

/**
 * Answers Kafka's client when it authenticates a connection: with the {@link HubCredentials} among its properties, as they
 * are at that moment.
 *
 * <p>Kafka's own handlers would not do. For PLAIN the secret is part of the configuration and cannot change. For OAUTHBEARER
 * none of the client's retrievers (4.1) sends the token of a service account as {@code client_assertion}, as Entra ID wants
 * it: the file retriever takes the file's text for the access token itself, and that of client credentials knows a client
 * secret only. And a client that has to have a token before it is made could not be made while the endpoint is away, which
 * would end a job that is restarted just then; here it is a connection that fails, and is tried again.
 */
public final class HubLogin implements AuthenticateCallbackHandler {
    private static final String USER_OF_A_CONNECTION_STRING = "$ConnectionString";

    private @Nullable HubCredentials credentials;

    /** For Kafka's client, which is given the class. */
    public HubLogin() {}

    @Override
    public void configure(Map<String, ?> properties, String mechanism, List<AppConfigurationEntry> jaas) {
        if (!(properties.get(HubCredentials.PROPERTY) instanceof HubCredentials given)) {
            throw new IllegalStateException(HubCredentials.PROPERTY + " is not set");
        }
        credentials = given;
    }

    @Override
    public void handle(Callback[] callbacks) throws IOException, UnsupportedCallbackException {
        for (Callback callback : callbacks) {
            if (credentials instanceof PolicyKey && callback instanceof NameCallback name) {
                name.setName(USER_OF_A_CONNECTION_STRING);
            } else if (credentials instanceof PolicyKey key && callback instanceof PasswordCallback password) {
                password.setPassword(key.reference().get().password().toCharArray());
            } else if (credentials instanceof Tokens tokens && callback instanceof OAuthBearerTokenCallback token) {
                token.token(tokens.tokens().get());
            } else if (!(callback instanceof SaslExtensionsCallback)) {
                throw new UnsupportedCallbackException(callback);
            }
        }
    }

    @Override
    public void close() {}

    /** Answers the login that comes before any connection: with nothing, because each connection asks for itself. */
    public static final class Nothing implements AuthenticateCallbackHandler {
        /** For Kafka's client, which is given the class. */
        public Nothing() {}

        @Override
        public void configure(Map<String, ?> properties, String mechanism, List<AppConfigurationEntry> jaas) {}

        @Override
        public void handle(Callback[] callbacks) {}

        @Override
        public void close() {}
    }
}
