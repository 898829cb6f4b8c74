package io.sightline.gateway.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.access.Caller;
import io.sightline.gateway.access.Principal;
import io.sightline.gateway.access.Role;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From a request to its endpoint: headers, path and method, who it is; and from what went wrong to an answer. */
final class Router extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(Router.class);
    private static final int LONGEST_APPLICATION = 200;
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

    /** For those who need not be known. */
    private static final Principal NOBODY = new Principal("", Role.readerOfNothing(), Map.of());

    /**
     * A path that is answered.
     *
     * @param anybody whether whoever asks gets the answer
     */
    record Route(String method, String path, boolean anybody, Endpoint endpoint) {}

    private final List<Route> routes;
    private final Endpoint everythingElse;
    private final Logins logins;
    private final HttpMetrics metrics;
    private final boolean encrypted;

    /** @param everythingElse answers GET on paths that no route has, to anybody */
    Router(List<Route> routes, Endpoint everythingElse, Logins logins, HttpMetrics metrics, boolean encrypted) {
        this.routes = List.copyOf(routes);
        this.everythingElse = everythingElse;
        this.logins = logins;
        this.metrics = metrics;
        this.encrypted = encrypted;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        SecureHeaders.put(response.getHeaders(), encrypted);
        metrics.count(request, response);
        try {
            checkOrigin(request);
            Route route = route(request);
            Principal principal = route.anybody() ? NOBODY : principal(request);
            route.endpoint().serve(new Exchange(request, response, callback, caller(principal, request)));
        } catch (HttpProblem e) {
            if (e.header() != null) {
                response.getHeaders().put(e.header());
            }
            answer(request, response, callback, e.status(), json -> {
                json.writeStringField("message", e.message());
                json.writeStringField("hint", e.hint());
            });
        } catch (StatementException e) {
            answer(request, response, callback, status(e), json -> writeFields(json, e));
        } catch (IOException e) {
            // The client went away.
            callback.failed(e);
        } catch (RuntimeException e) {
            if (e instanceof HttpException malformed && malformed.getCode() < 500) {
                answer(request, response, callback, malformed.getCode(), json -> {
                    json.writeStringField("message", "the request is malformed");
                });
                return true;
            }
            LOG.atError()
                    .addKeyValue("path", Request.getPathInContext(request))
                    .setCause(e)
                    .log("a request failed");
            answer(request, response, callback, 500, json -> {
                json.writeStringField("message", "the gateway failed; its log says why");
            });
        }
        return true;
    }

    /** Somebody with the program they use, as it calls itself. */
    static Caller caller(Principal principal, Request request) {
        return new Caller(principal, Request.getRemoteAddr(request), application(request));
    }

    static String application(Request request) {
        String agent = request.getHeaders().get(HttpHeader.USER_AGENT);
        return agent == null ? "" : agent.substring(0, Math.min(agent.length(), LONGEST_APPLICATION));
    }

    private Route route(Request request) {
        String path = Request.getPathInContext(request);
        String method = request.getMethod();
        List<Route> ofPath =
                routes.stream().filter(route -> route.path().equals(path)).toList();
        if (ofPath.isEmpty()) {
            if (path.startsWith("/api/") || !isRead(method)) {
                throw HttpProblem.notFound();
            }
            return new Route("GET", path, true, everythingElse);
        }
        return ofPath.stream()
                .filter(route ->
                        route.method().equals(method) || (route.method().equals("GET") && isRead(method)))
                .findFirst()
                .orElseThrow(() -> HttpProblem.methodNotAllowed(ofPath.get(0).method()));
    }

    private static boolean isRead(String method) {
        return method.equals("GET") || method.equals("HEAD");
    }

    private Principal principal(Request request) {
        Principal principal = logins.follow(request).get();
        if (principal == null) {
            throw HttpProblem.notLoggedIn();
        }
        return principal;
    }

    /** Pages of other sites get nothing, neither by a link nor by a name of theirs that leads to this machine. */
    private void checkOrigin(Request request) {
        String site = request.getHeaders().get("Sec-Fetch-Site");
        boolean navigates = "navigate".equals(request.getHeaders().get("Sec-Fetch-Mode"));
        boolean crosses = "cross-site".equals(site) || "same-site".equals(site);
        if (crosses && !(navigates && isRead(request.getMethod()))) {
            throw HttpProblem.otherSite();
        }
        if (logins.isOpen() && !THIS_MACHINE.contains(host(request))) {
            throw HttpProblem.otherHost();
        }
    }

    private static String host(Request request) {
        String host = request.getHeaders().get(HttpHeader.HOST);
        return host == null ? "localhost" : host.replaceFirst(":\\d*$", "").toLowerCase(java.util.Locale.ROOT);
    }

    private static void answer(Request request, Response response, Callback callback, int status, Exchange.Body error) {
        try {
            if (response.isCommitted()) {
                callback.failed(new IOException("the answer ends early"));
                return;
            }
            new Exchange(request, response, callback, caller(NOBODY, request)).sendJson(status, json -> {
                json.writeStartObject();
                json.writeObjectFieldStart("error");
                error.write(json);
                json.writeEndObject();
                json.writeEndObject();
            });
        } catch (IOException e) {
            callback.failed(e);
        }
    }

    /** The fields of an error in JSON. */
    static void writeFields(JsonGenerator json, StatementException e) throws IOException {
        json.writeStringField("sqlstate", e.sqlState());
        json.writeStringField("message", e.message());
        json.writeStringField("hint", e.hint());
        StatementException.@Nullable Position position = e.position();
        if (position != null) {
            json.writeNumberField("line", position.line());
            json.writeNumberField("column", position.column());
        }
    }

    private static int status(StatementException e) {
        return switch (e.sqlState()) {
            case SqlState.INSUFFICIENT_PRIVILEGE -> 403;
            case SqlState.TOO_MANY_CONNECTIONS -> 429;
            case SqlState.INTERNAL_ERROR -> 500;
            case SqlState.CANNOT_CONNECT_NOW, SqlState.ADMIN_SHUTDOWN, SqlState.IO_ERROR -> 503;
            case SqlState.QUERY_CANCELED -> 504;
            default -> 400;
        };
    }
}
