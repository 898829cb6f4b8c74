package io.sightline.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sightline.source.EntraIdentity.Managed;
import io.sightline.source.EntraIdentity.Workload;
import io.sightline.spec.Setting;
import io.sightline.spec.UnresolvedSettingException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Asks Entra ID, or the metadata service of a virtual machine, for a token.
 *
 * <p>By the client credentials grant of OAuth 2.0 (RFC 6749, 4.4) with a JWT for the client's authentication (RFC 7523, 2.2);
 * at the metadata service as Azure documents it for managed identities.
 */
final class TokenRequest {
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(10);
    private static final int OK = 200;
    private static final int TOO_MANY = 429;
    private static final int TROUBLE_OF_ITS_OWN = 500;
    private static final int LONGEST_REASON = 300;
    private static final String METADATA_VERSION = "2018-02-01";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final EntraIdentity identity;
    private final Function<? super Setting, String> resolve;
    private final Clock clock;
    private final HttpClient http;

    TokenRequest(EntraIdentity identity, Function<? super Setting, String> resolve, Clock clock) {
        this.identity = identity;
        this.resolve = resolve;
        this.clock = clock;
        HttpClient.Builder client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(ANSWERS_WITHIN)
                .followRedirects(HttpClient.Redirect.NEVER);
        // The metadata service answers nobody but the machine itself.
        this.http = (identity instanceof Managed ? client.proxy(HttpClient.Builder.NO_PROXY) : client).build();
    }

    /** Sends it. What comes fails, if it does, with an {@link EntraException}. */
    CompletableFuture<EntraToken> send() {
        HttpRequest request;
        try {
            request = request();
        } catch (UnresolvedSettingException e) {
            return CompletableFuture.failedFuture(
                    new EntraException("the token of the pod's service account: " + e.getMessage()));
        }
        return http.sendAsync(request, BodyHandlers.ofString()).handle((response, failure) -> {
            try {
                if (failure != null) {
                    throw new EntraException("the token endpoint " + identity.endpoint() + " does not answer: "
                            + SourceException.rootMessage(failure));
                }
                return token(response);
            } catch (EntraException e) {
                throw new CompletionException(e);
            }
        });
    }

    /** The service account's token is read each time: Kubernetes replaces it long before an hour is over. */
    private HttpRequest request() {
        HttpRequest.Builder request =
                HttpRequest.newBuilder().timeout(ANSWERS_WITHIN).header("Accept", "application/json");
        Map<String, String> parameters = new LinkedHashMap<>();
        if (identity instanceof Workload workload) {
            parameters.put("grant_type", "client_credentials");
            parameters.put("client_id", workload.clientId());
            parameters.put("scope", workload.scope());
            parameters.put("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
            parameters.put(
                    "client_assertion", resolve.apply(workload.assertion()).strip());
            return request.uri(workload.endpoint())
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString(form(parameters)))
                    .build();
        }
        Managed managed = (Managed) identity;
        parameters.put("api-version", METADATA_VERSION);
        parameters.put("resource", managed.resource());
        if (!managed.clientId().isEmpty()) {
            parameters.put("client_id", managed.clientId());
        }
        return request.uri(URI.create(managed.endpoint() + "?" + form(parameters)))
                .header("Metadata", "true")
                .GET()
                .build();
    }

    private static String form(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .map(parameter ->
                        parameter.getKey() + "=" + URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private EntraToken token(HttpResponse<String> response) throws EntraException {
        JsonNode answer = json(response.body());
        if (response.statusCode() == TOO_MANY || response.statusCode() >= TROUBLE_OF_ITS_OWN) {
            throw new EntraException("the token endpoint " + identity.endpoint() + " does not answer: HTTP "
                    + response.statusCode() + reason(answer));
        }
        if (response.statusCode() != OK) {
            throw new EntraException("the token endpoint " + identity.endpoint() + " gives no token: HTTP "
                    + response.statusCode() + reason(answer) + "; check " + identity.needs());
        }
        String value = answer.path("access_token").asText();
        long seconds = answer.path("expires_in").asLong(0);
        if (value.isEmpty() || seconds <= 0) {
            throw new EntraException("the token endpoint " + identity.endpoint()
                    + " gives no token: its answer lacks access_token or expires_in");
        }
        long now = clock.millis();
        return new EntraToken(value, now, now + Duration.ofSeconds(seconds).toMillis());
    }

    /** Of the long texts that Entra ID gives the first line has all that helps; what looks like a token is left out. */
    private static String reason(JsonNode answer) {
        String error = answer.path("error").asText();
        String line =
                answer.path("error_description").asText().lines().findFirst().orElse("");
        String text = (error + (line.isEmpty() ? "" : ": " + line)).replaceAll("eyJ[A-Za-z0-9_.-]*", "[REDACTED]");
        return text.isEmpty() ? "" : ", " + text.substring(0, Math.min(text.length(), LONGEST_REASON));
    }

    /** An empty object where the answer is none: a proxy in between may say anything. */
    private static JsonNode json(String body) {
        try {
            JsonNode answer = JSON.readTree(body);
            return answer != null && answer.isObject() ? answer : JSON.createObjectNode();
        } catch (JsonProcessingException e) {
            return JSON.createObjectNode();
        }
    }
}
