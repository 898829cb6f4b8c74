package io.sightline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.gateway.Engine;
import io.sightline.gateway.ResultColumn;
import io.sightline.gateway.Rows;
import io.sightline.gateway.ValueType;
import io.sightline.gateway.access.Access;
import io.sightline.gateway.access.AuditLog;
import io.sightline.gateway.access.Catalog;
import io.sightline.gateway.access.LogicalRelation;
import io.sightline.gateway.access.Queries;
import io.sightline.gateway.sql.SqlText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests with bytes changed at random: none takes the door down, gets a row it may not have, or leaves a thread behind. */
class HttpFuzzTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final AuditLog NO_AUDIT = new AuditLog(line -> {}, Clock.systemUTC(), false);
    private static final long SEED = 20260314;
    private static final String ROW = "a row of the grid";
    private static final int HONEST_EVERY = 500;
    private static final int SLOWEST_ANSWER_MILLIS = 10_000;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})");

    private static final String CHUNKED = String.join("\r\n", "8", "{\"sql\": ", "3", "\"x\"", "1", "}", "0", "", "");

    private static final List<String> REQUESTS = List.of(
            request("GET / HTTP/1.1", "Accept-Encoding: gzip", ""),
            request("GET /api/status HTTP/1.1", "Cookie: sightline=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ""),
            request("GET /api/pipelines HTTP/1.1", "Authorization: Basic Ym9iOnBlbg==", ""),
            request("GET /api/status HTTP/1.1", "Authorization: Bearer eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0.", ""),
            request("GET /api/events HTTP/1.1", "Last-Event-ID: abc-1", ""),
            request("GET /api/history?pipeline=places HTTP/1.1", "Authorization: Basic Ym9iOnBlbg==", ""),
            request("GET /metrics HTTP/1.1", "If-None-Match: \"x\"", ""),
            request("GET /health/ready HTTP/1.1", "Connection: keep-alive", "")
                    + request("GET /health/live HTTP/1.1", "Connection: close", ""),
            withBody("/api/login", "{\"user\": \"bob\", \"password\": \"pen\"}"),
            withBody("/api/login", "{\"token\": \"a.b.c\"}"),
            withBody("/api/sql", "{\"sql\": \"SELECT note FROM places WHERE note = $1\", \"parameters\": [\"x\", 1]}"),
            request("POST /api/sql HTTP/1.1", "Content-Type: application/json\r\nTransfer-Encoding: chunked", CHUNKED));

    private static final List<String> PIECES = List.of(
            "\r\n",
            "\r\n\r\n",
            "\0",
            "%00",
            "%2e%2e/",
            "../",
            "//",
            "?a=b",
            "#",
            ";",
            "\u00ff",
            "{",
            "[",
            "\"",
            "\\u0000",
            "Content-Length: 0\r\n",
            "Content-Length: 99999999999\r\n",
            "Content-Length: -1\r\n",
            "Transfer-Encoding: chunked\r\n",
            "Host: other.example\r\n",
            "Expect: 100-continue\r\n",
            "Upgrade: h2c\r\n",
            "Sec-Fetch-Site: cross-site\r\n",
            "Authorization: Basic\r\n",
            "Cookie: sightline=\r\n",
            "GET ",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "HTTP/0.9",
            "HTTP/1.0");

    @TempDir
    private Path folder;

    private static String request(String line, String header, String body) {
        return line + "\r\nHost: localhost\r\n" + header + "\r\n\r\n" + body;
    }

    private static String withBody(String path, String body) {
        return request(
                "POST " + path + " HTTP/1.1",
                "Content-Type: application/json\r\nContent-Length: " + body.length(),
                body);
    }

    @Test
    void changedBytesDoNoHarm() throws Exception {
        fuzz(20_000);
    }

    @Test
    @Tag("long")
    void aMillionChangesDoNoHarm() throws Exception {
        fuzz(1_000_000);
    }

    private void fuzz(int mutations) throws Exception {
        Access access = HttpGrid.access(folder);
        LogicalRelation places = new LogicalRelation(
                "places",
                SqlText.parse("SELECT note FROM hot_places"),
                List.of(new ResultColumn("note", ValueType.VARCHAR)),
                Set.of());
        Engine engine = (sql, parameters, timeout) -> new OneRow();
        Queries queries = new Queries(engine, () -> new Catalog(List.of(places)), NO_AUDIT, HttpGrid.unshared());
        try (HttpServer server = new HttpServer(
                queries, queries, NO_AUDIT, () -> access, new HttpGrid.View(null), null, ANY, Clock.systemUTC())) {
            Browser honest = new Browser(server);
            assertThat(honest.login("bob", HttpGrid.PASSWORD).statusCode()).isEqualTo(204);
            assertServed(honest, 0);
            int threads = Thread.activeCount();
            for (int i = 0; i < mutations; i++) {
                send(server.port(), mutated(new SplittableRandom(SEED + i)), i);
                if (i % HONEST_EVERY == 0) {
                    assertServed(honest, i);
                }
            }
            assertServed(honest, mutations);
            assertThat(Thread.activeCount()).as("threads").isLessThanOrEqualTo(threads + 64);
            assertThat(honest.get("/metrics").body()).doesNotContain("status=\"500\"");
        }
    }

    private static void assertServed(Browser honest, int mutation) throws IOException, InterruptedException {
        HttpResponse<String> answer = honest.sql("SELECT note FROM places");
        assertThat(answer.body())
                .as("after mutation %d of seed %d", mutation, SEED)
                .contains(ROW);
    }

    private static byte[] mutated(SplittableRandom random) {
        byte[] bytes = REQUESTS.get(random.nextInt(REQUESTS.size())).getBytes(StandardCharsets.ISO_8859_1);
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            bytes = changed(bytes, random);
        }
        return bytes;
    }

    private static byte[] changed(byte[] bytes, SplittableRandom random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int at = random.nextInt(bytes.length + 1);
        int length = Math.min(bytes.length - at, random.nextInt(1, 12));
        out.write(bytes, 0, at);
        switch (random.nextInt(6)) {
            case 0 -> out.write(bytes, at + length, bytes.length - at - length);
            case 1 -> {
                out.writeBytes(PIECES.get(random.nextInt(PIECES.size())).getBytes(StandardCharsets.ISO_8859_1));
                out.write(bytes, at, bytes.length - at);
            }
            case 2 -> {
                for (int i = 0; i < length; i++) {
                    out.write(random.nextInt(256));
                }
                out.write(bytes, at + length, bytes.length - at - length);
            }
            case 3 -> {
                out.write(bytes, at, length);
                out.write(bytes, at, bytes.length - at);
            }
            case 4 -> {
                if (length > 0) {
                    out.write(bytes[at] ^ (1 << random.nextInt(8)));
                    out.write(bytes, at + 1, bytes.length - at - 1);
                }
            }
            default -> {
                // Cut off there.
            }
        }
        return out.toByteArray();
    }

    private static void send(int port, byte[] request, int mutation) throws IOException {
        StringBuilder answer = new StringBuilder();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(SLOWEST_ANSWER_MILLIS);
            socket.getOutputStream().write(request);
            socket.shutdownOutput();
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[8192];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                answer.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError(told("is not answered", request, mutation), e);
        } catch (SocketException e) {
            // The door may hang up on what is no request.
        }
        assertThat(answer).as(told("got a row", request, mutation)).doesNotContain(ROW);
        STATUS.matcher(answer)
                .results()
                .map(status -> Integer.parseInt(status.group(1)))
                .forEach(status -> assertThat(status)
                        .as(told("failed", request, mutation))
                        .matches(code -> code < 500 || code == 501 || code == 503 || code == 505));
    }

    private static String told(String what, byte[] request, int mutation) {
        return "mutation " + mutation + " of seed " + SEED + " " + what + ": "
                + new String(request, StandardCharsets.ISO_8859_1);
    }

    private static final class OneRow implements Rows {
        private boolean read;

        @Override
        public List<ResultColumn> columns() {
            return List.of(new ResultColumn("note", ValueType.VARCHAR));
        }

        @Override
        public @Nullable Object @Nullable [] next() {
            Object[] row = read ? null : new Object[] {ROW};
            read = true;
            return row;
        }

        @Override
        public void close() {}
    }
}
