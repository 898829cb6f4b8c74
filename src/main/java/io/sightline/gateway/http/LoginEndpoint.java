package io.sightline.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.eclipse.jetty.server.Request;

/**
 * {@code POST /api/login}: {@code {"user": ..., "password": ...}}, or {@code {"token": ...}} of an identity provider, for a
 * session's cookie. A browser's event stream can send no header, so it needs one.
 */
final class LoginEndpoint implements Endpoint {
    private final Logins logins;

    LoginEndpoint(Logins logins) {
        this.logins = logins;
    }

    @Override
    public void serve(Exchange exchange) throws IOException {
        JsonNode body = exchange.jsonBody();
        Request request = exchange.request();
        Identity identity;
        if (body.path("token").isTextual()) {
            identity = logins.token(body.path("token").textValue(), request);
        } else if (body.path("user").isTextual() && body.path("password").isTextual()) {
            identity = logins.password(
                    body.path("user").textValue(), body.path("password").textValue(), request);
        } else {
            throw HttpProblem.badRequest("`user` and `password` must be texts, or `token` one", null);
        }
        logins.beginSession(identity, request, exchange.response());
        exchange.sendNothing();
    }
}
