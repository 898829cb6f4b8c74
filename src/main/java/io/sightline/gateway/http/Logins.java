package io.sightline.gateway.http;

import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.access.Access;
import io.sightline.gateway.access.AccessTokens;
import io.sightline.gateway.access.AccessTokens.TokenException;
import io.sightline.gateway.access.AuditLog;
import io.sightline.gateway.access.Principal;
import io.sightline.gateway.access.Role;
import io.sightline.gateway.access.ScramVerifier;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who sends a request: by a session's cookie, or by an Authorization header with a token (Bearer) or with user and
 * password (Basic). Thread-safe.
 */
final class Logins {
    private static final Logger LOG = LoggerFactory.getLogger(Logins.class);
    private static final String BASIC = "basic ";
    private static final String BEARER = "bearer ";

    /** As long to check as any user's. Nobody has its password. */
    private static final ScramVerifier OF_NOBODY =
            ScramVerifier.of("", "sightline-nobody".getBytes(StandardCharsets.US_ASCII), 4096);

    private final Supplier<Access> access;
    private final AuditLog audit;
    private final AccessTokens tokens;
    private final Sessions sessions;
    private final LoginThrottle throttle;
    private final String cookieName;
    private final boolean encrypted;

    /** @param encrypted whether the door speaks TLS: then the cookie goes nowhere else */
    Logins(Supplier<Access> access, AuditLog audit, Clock clock, boolean encrypted) {
        this.access = access;
        this.audit = audit;
        this.tokens = new AccessTokens(clock);
        this.sessions = new Sessions(clock);
        this.throttle = new LoginThrottle(clock);
        this.cookieName = encrypted ? "__Host-sightline" : "sightline";
        this.encrypted = encrypted;
    }

    /** Whether nobody needs to log in. */
    boolean isOpen() {
        return access.get().isOpen();
    }

    /**
     * Who the sender is from now on. Asked again it gives null once the session has ended, the user is gone or the token
     * has expired.
     *
     * @throws HttpProblem if what is sent proves nothing
     */
    Supplier<@Nullable Principal> follow(Request request) {
        String header = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        if (header != null && !isOpen()) {
            Identity proved = identify(header, request);
            return () -> principal(proved);
        }
        String session = sessionId(request);
        return () -> principal(session == null ? null : sessions.find(session));
    }

    private Identity identify(String header, Request request) {
        String scheme = header.toLowerCase(Locale.ROOT);
        if (scheme.startsWith(BEARER)) {
            return token(header.substring(BEARER.length()).strip(), request);
        }
        if (scheme.startsWith(BASIC)) {
            String[] pair = basic(header.substring(BASIC.length()).strip());
            return password(pair[0], pair[1], request);
        }
        throw HttpProblem.loginFailed();
    }

    private static String[] basic(String base64) {
        try {
            String text = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
            int colon = text.indexOf(':');
            if (colon > 0) {
                return new String[] {text.substring(0, colon), text.substring(colon + 1)};
            }
        } catch (IllegalArgumentException e) {
            LOG.debug("an Authorization header is not Base64");
        }
        throw HttpProblem.loginFailed();
    }

    /**
     * Somebody with user and password.
     *
     * @throws HttpProblem if they are wrong, or were wrong too often
     */
    Identity password(String user, String password, Request request) {
        String address = Request.getRemoteAddr(request);
        throttle.check(address, user);
        Access.Known known = access.get().find(user);
        ScramVerifier verifier = known == null ? OF_NOBODY : known.verifier();
        if (!verifier.isPassword(password) || known == null) {
            throttle.failed(address, user);
            throw refused(user, request, "wrong password");
        }
        throttle.succeeded(address, user);
        return new Identity.Password(user, verifier.toString());
    }

    /**
     * Somebody with a token.
     *
     * @throws HttpProblem if it is not taken
     */
    Identity token(String token, Request request) {
        try {
            tokens.verify(token, access.get());
            return new Identity.Token(token);
        } catch (TokenException e) {
            LOG.atInfo().addKeyValue("why", oneLine(e.getMessage())).log("a token is not taken");
            throw refused("", request, "token not taken");
        }
    }

    private HttpProblem refused(String user, Request request, String why) {
        audit.loginRefused(
                user,
                Request.getRemoteAddr(request),
                Router.application(request),
                new StatementException(SqlState.INVALID_PASSWORD, why));
        return HttpProblem.loginFailed();
    }

    /** Who that is now; null if it is nobody any more. */
    private @Nullable Principal principal(@Nullable Identity identity) {
        Access now = access.get();
        if (now.isOpen()) {
            return new Principal("anybody", Role.readerOfEverything(), Map.of());
        }
        if (identity instanceof Identity.Password of) {
            Access.Known known = now.find(of.user());
            return known != null && known.verifier().toString().equals(of.verifier()) ? known.principal() : null;
        }
        if (identity instanceof Identity.Token of) {
            try {
                return tokens.verify(of.token(), now);
            } catch (TokenException e) {
                return null;
            }
        }
        return null;
    }

    /** @throws StatementException if it cannot be written to the audit log; then nobody enters */
    void beginSession(Identity identity, Request request, Response response) {
        Principal entering = principal(identity);
        if (entering == null) {
            throw HttpProblem.loginFailed();
        }
        audit.login(Router.caller(entering, request));
        endSession(request);
        Response.addCookie(response, cookie(sessions.begin(identity), Sessions.LENGTH.toSeconds()));
    }

    void endSession(Request request, Response response) {
        endSession(request);
        Response.addCookie(response, cookie("", 0));
    }

    private void endSession(Request request) {
        String session = sessionId(request);
        if (session != null) {
            sessions.end(session);
        }
    }

    private HttpCookie cookie(String value, long maxAgeSeconds) {
        return HttpCookie.build(cookieName, value)
                .path("/")
                .httpOnly(true)
                .secure(encrypted)
                .sameSite(HttpCookie.SameSite.STRICT)
                .maxAge(maxAgeSeconds)
                .build();
    }

    private @Nullable String sessionId(Request request) {
        return Request.getCookies(request).stream()
                .filter(cookie -> cookie.getName().equals(cookieName))
                .map(HttpCookie::getValue)
                .findFirst()
                .orElse(null);
    }

    /** What a client sent, so that it cannot write lines of the log. */
    private static String oneLine(@Nullable String text) {
        String visible = String.valueOf(text).replaceAll("\\p{Cntrl}", "?");
        return visible.length() > 100 ? visible.substring(0, 100) + "..." : visible;
    }
}
