package io.sightline.gateway.http;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/** A request that is not answered as asked. The text is for whoever sent it. */
final class HttpProblem extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final @Nullable String hint;
    private final transient @Nullable HttpField header;

    private HttpProblem(int status, String message, @Nullable String hint, @Nullable HttpField header) {
        super(message);
        this.status = status;
        this.hint = hint;
        this.header = header;
    }

    int status() {
        return status;
    }

    String message() {
        return String.valueOf(getMessage());
    }

    @Nullable
    String hint() {
        return hint;
    }

    /** A header that goes with the status. */
    @Nullable
    HttpField header() {
        return header;
    }

    static HttpProblem badRequest(String message, @Nullable String hint) {
        return new HttpProblem(400, message, hint, null);
    }

    static HttpProblem notLoggedIn() {
        return new HttpProblem(
                401,
                "not logged in",
                "POST user and password to /api/login, or send an Authorization header",
                new HttpField(HttpHeader.WWW_AUTHENTICATE, "Bearer realm=\"sightline\""));
    }

    /** The same for a user who is not there, a wrong password and a token that is not taken. */
    static HttpProblem loginFailed() {
        return new HttpProblem(
                401,
                "login failed",
                "check user and password, or get a new token",
                new HttpField(HttpHeader.WWW_AUTHENTICATE, "Bearer realm=\"sightline\""));
    }

    static HttpProblem otherSite() {
        return new HttpProblem(403, "requests from other sites are not answered", null, null);
    }

    static HttpProblem otherHost() {
        return new HttpProblem(
                403,
                "without users the gateway answers to the names of this machine alone",
                "use http://localhost, or add users to the access file",
                null);
    }

    static HttpProblem notFound() {
        return new HttpProblem(404, "there is nothing here", "the API is below /api, the live page at /", null);
    }

    static HttpProblem methodNotAllowed(String allowed) {
        return new HttpProblem(405, "not with this method", null, new HttpField(HttpHeader.ALLOW, allowed));
    }

    static HttpProblem tooLarge(int most) {
        return new HttpProblem(413, "the body has more than " + most + " bytes", null, null);
    }

    static HttpProblem notJson() {
        return new HttpProblem(415, "the body must be JSON", "send Content-Type: application/json", null);
    }

    static HttpProblem tooMany(String what, long retryAfterSeconds) {
        return new HttpProblem(
                429,
                what,
                "try again in " + retryAfterSeconds + " s",
                new HttpField(HttpHeader.RETRY_AFTER, Long.toString(retryAfterSeconds)));
    }

    static HttpProblem busy() {
        return new HttpProblem(
                503, "the gateway is busy", "try again in a second", new HttpField(HttpHeader.RETRY_AFTER, "1"));
    }
}
