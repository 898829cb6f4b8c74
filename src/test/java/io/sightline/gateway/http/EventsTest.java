package io.sightline.gateway.http;

import static io.sightline.fixture.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.sightline.gateway.access.Access;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Server-sent events over the wire. */
class EventsTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @TempDir
    private Path folder;

    @Test
    void aStreamGoesOnUntilItsReaderLogsOutAndIsResumedById() throws Exception {
        try (HttpGrid grid = new HttpGrid();
                HttpServer server = server(grid, HttpGrid.access(folder))) {
            // Given
            Browser bob = new Browser(server);
            assertThat(bob.get("/api/events").statusCode()).isEqualTo(401);
            bob.login("bob", HttpGrid.PASSWORD);

            // When
            HttpResponse<Stream<String>> response = bob.lines("/api/events");
            Iterator<String> lines = response.body().iterator();
            List<String> first = frame(lines);
            List<String> second = frame(lines);
            String seen = second.stream()
                    .filter(line -> line.startsWith("id: "))
                    .findFirst()
                    .orElseThrow();
            bob.post("/api/logout", "{}");
            while (lines.hasNext()) {
                lines.next();
            }
            bob.login("bob", HttpGrid.PASSWORD);
            try (Stream<String> resumed =
                    bob.lines("/api/events", "Last-Event-ID", seen.substring(4)).body()) {
                List<String> third = frame(resumed.iterator());

                // Then
                assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream");
                assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
                assertThat(first).contains("retry: 2000").anyMatch(line -> line.contains("\"whole\":true"));
                assertThat(second).noneMatch(line -> line.contains("\"whole\":true"));
                assertThat(third).noneMatch(line -> line.contains("\"whole\":true"));
            }
        }
    }

    /** The lines up to and with a frame's last event. */
    private static List<String> frame(Iterator<String> lines) {
        List<String> frame = new ArrayList<>();
        boolean last = false;
        while (!last || !frame.get(frame.size() - 1).isEmpty()) {
            frame.add(lines.next());
            last |= frame.get(frame.size() - 1).startsWith("event: status");
        }
        return frame;
    }

    @Test
    void whoOpensManyStreamsAtATimeIsSlowedDown() throws Exception {
        try (HttpGrid grid = new HttpGrid();
                HttpServer server = server(grid, Access.open())) {
            // Given
            Browser browser = new Browser(server);
            List<HttpResponse<Stream<String>>> streams = new ArrayList<>();

            // When
            int refused = 0;
            for (int i = 0; i < 40; i++) {
                HttpResponse<Stream<String>> response = browser.lines("/api/events");
                streams.add(response);
                refused += response.statusCode() == 429 ? 1 : 0;
            }

            // Then
            assertThat(refused).isPositive();
            assertThat(browser.get("/api/status").statusCode()).isEqualTo(200);
            streams.forEach(response -> response.body().close());
            eventually("no stream is left behind", () -> openStreams(browser) == 0);
        }
    }

    private static int openStreams(Browser browser) {
        try {
            return browser.get("/metrics")
                    .body()
                    .lines()
                    .filter(line -> line.startsWith("sightline_http_event_streams "))
                    .mapToInt(line -> Integer.parseInt(line.substring(line.indexOf(' ') + 1)))
                    .sum();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static HttpServer server(HttpGrid grid, Access access) throws Exception {
        return grid.serve(() -> access, null, ANY, Clock.systemUTC());
    }
}
