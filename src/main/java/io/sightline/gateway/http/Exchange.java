package io.sightline.gateway.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sightline.gateway.access.Caller;
import io.sightline.gateway.access.Principal;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * One request and its answer.
 *
 * @param caller who asks
 * @param callback completed by whoever ends the answer
 */
record Exchange(Request request, Response response, Callback callback, Caller caller) {
    static final int MOST_BODY_BYTES = 64 * 1024;

    /** What is written before it is full can still be taken back. */
    private static final int BUFFER_BYTES = 64 * 1024;

    private static final ObjectMapper BODIES = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(8).build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    Principal principal() {
        return caller.principal();
    }

    /** Writes an answer in JSON. */
    interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    /**
     * The body, a JSON object.
     *
     * @throws HttpProblem if it is something else
     */
    JsonNode jsonBody() throws IOException {
        String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
            throw HttpProblem.notJson();
        }
        byte[] body;
        try (InputStream in = Content.Source.asInputStream(request)) {
            body = in.readNBytes(MOST_BODY_BYTES + 1);
        }
        if (body.length > MOST_BODY_BYTES) {
            throw HttpProblem.tooLarge(MOST_BODY_BYTES);
        }
        try {
            JsonNode node = BODIES.readTree(body);
            if (node.isObject()) {
                return node;
            }
        } catch (JsonProcessingException e) {
            throw HttpProblem.badRequest("the body is not JSON: " + e.getOriginalMessage(), null);
        }
        throw HttpProblem.badRequest("the body must be a JSON object", null);
    }

    /** Sends JSON; what {@code body} throws before the buffer is full leaves the answer untouched. */
    void sendJson(int status, Body body) throws IOException {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        OutputStream out = new BufferedOutputStream(Content.Sink.asOutputStream(response), BUFFER_BYTES);
        JsonGenerator json = JsonText.generator(out);
        body.write(json);
        json.close();
        out.close();
        callback.succeeded();
    }

    void sendText(String contentType, byte[] text) {
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        response.write(true, ByteBuffer.wrap(text), callback);
    }

    void sendNothing() {
        response.setStatus(204);
        response.write(true, ByteBuffer.allocate(0), callback);
    }
}
