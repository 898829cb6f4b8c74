package io.sightline.source;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What answers for Entra ID and for a machine's metadata service: gives tokens that are not signed, or says no, as a test
 * wants it. Each token lives as long as the endpoint is told to let it.
 */
final class TokenEndpoint implements AutoCloseable {
    /** How it answers. */
    enum Mood {
        GIVES,
        REFUSES,
        FAILS
    }

    private final HttpServer server;
    private final List<Map<String, String>> given = new CopyOnWriteArrayList<>();
    private volatile Mood mood = Mood.GIVES;
    private volatile Duration life = Duration.ofHours(1);
    private volatile String user = "camera-reader";

    TokenEndpoint() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void is(Mood now) {
        mood = now;
    }

    void lets(Duration live) {
        life = live;
    }

    /** Gives tokens of another user. */
    void knows(String other) {
        user = other;
    }

    /** The parameters, path and headers of every request that got a token. */
    List<Map<String, String>> given() {
        return given;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String query = exchange.getRequestURI().getRawQuery();
        Map<String, String> request = parameters(query == null ? body : query);
        request.put("path", exchange.getRequestURI().getPath());
        request.put("metadata", String.valueOf(exchange.getRequestHeaders().getFirst("Metadata")));
        switch (mood) {
            case GIVES -> {
                given.add(request);
                send(
                        exchange,
                        200,
                        "{\"token_type\":\"Bearer\",\"expires_in\":\"" + life.toSeconds() + "\",\"access_token\":\""
                                + token() + "\"}");
            }
            case REFUSES ->
                send(
                        exchange,
                        401,
                        "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS700213: No matching"
                                + " federated identity record found for presented assertion "
                                + request.get("client_assertion")
                                + ".\\r\\nTrace ID: 1\\r\\nTimestamp: 2026\"}");
            case FAILS -> send(exchange, 503, "<html>busy</html>");
        }
    }

    private String token() {
        long now = System.currentTimeMillis() / 1000;
        return part("{\"alg\":\"none\"}") + "."
                + part("{\"sub\":\"" + user + "\",\"iat\":" + now + ",\"exp\":" + (now + life.toSeconds()) + "}") + ".";
    }

    private static String part(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, String> parameters(String form) {
        Map<String, String> parameters = new HashMap<>();
        for (String parameter : form.split("&", -1)) {
            String[] parts = parameter.split("=", 2);
            parameters.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return parameters;
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
