package io.sightline.gateway.http;

import static io.sightline.gateway.http.Browser.basic;
import static io.sightline.gateway.http.Browser.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sightline.gateway.access.Access;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What somebody learns of a pipeline's history by the HTTP door. */
class HistoryEndpointTest {
    private static final Instant NINE = Instant.parse("2026-03-14T09:00:00Z");
    private static final String[] ANN = {"Authorization", basic("ann", HttpGrid.PASSWORD)};
    private static final String[] BOB = {"Authorization", basic("bob", HttpGrid.PASSWORD)};

    @TempDir
    static Path folder;

    private static HttpGrid grid;
    private static HttpServer server;
    private static Browser browser;
    private static long cars;
    private static long buses;

    @BeforeAll
    static void start() throws Exception {
        grid = new HttpGrid();
        PastDetections past = new PastDetections(Files.createDirectories(folder.resolve("table")));
        past.commit(5, "car", "loc-1", "Reading", NINE);
        past.commit(4, "bus", "loc-2", "Hull", NINE.plusSeconds(60));
        grid.view.pipelines = List.of(past.spec());
        Access access = HttpGrid.access(folder);
        server = grid.serve(
                () -> access, null, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Clock.systemUTC());
        browser = new Browser(server);
        JsonNode versions =
                json(browser.get("/api/history?pipeline=detections", BOB)).path("versions");
        buses = versions.get(0).path("version").asLong();
        cars = versions.get(1).path("version").asLong();
    }

    @AfterAll
    static void stop() {
        server.close();
        grid.close();
    }

    private static HttpResponse<String> ask(String body, String... who) throws Exception {
        return browser.post("/api/history", body.replace('\'', '"').replace('`', '\''), who);
    }

    @Test
    void the_versions_tell_what_the_table_held() throws Exception {
        // When
        JsonNode versions =
                json(browser.get("/api/history?pipeline=detections", BOB)).path("versions");

        // Then
        assertThat(versions.findValuesAsText("rows")).startsWith("9", "5");
        assertThat(versions.findValuesAsText("files")).startsWith("2", "1");
        assertThat(versions.get(0).path("bytes").asLong())
                .isGreaterThan(versions.get(1).path("bytes").asLong());
        assertThat(versions.get(0).path("writer").asText()).isEqualTo("grid/detections");
    }

    @Test
    void rows_are_those_of_the_version_the_newest_first() throws Exception {
        // When
        JsonNode then = json(ask("{'pipeline': 'detections', 'version': %d}".formatted(cars), BOB));
        JsonNode now = json(ask("{'pipeline': 'detections', 'limit': 2, 'where': 'camera_id <> `camera-0`'}", BOB));

        // Then
        assertThat(then.path("version").asLong()).isEqualTo(cars);
        assertThat(column(then, "item")).hasSize(5).containsOnly("car");
        assertThat(column(then, "event_time")).startsWith("2026-03-14T09:00:04.000Z", "2026-03-14T09:00:03.000Z");
        assertThat(then.path("more").asBoolean()).isFalse();
        assertThat(now.path("version").asLong()).isEqualTo(buses);
        assertThat(column(now, "event_time")).containsExactly("2026-03-14T09:01:03.000Z", "2026-03-14T09:01:02.000Z");
        assertThat(now.path("more").asBoolean()).isTrue();
    }

    @Test
    void a_moment_is_the_version_of_then_and_a_span_ends_when_it_was_made() throws Exception {
        // Given
        String made = json(ask("{'pipeline': 'detections', 'version': %d}".formatted(cars), BOB))
                .path("time")
                .asText();

        // When
        JsonNode then = json(ask("{'pipeline': 'detections', 'at': '%s'}".formatted(made), BOB));
        JsonNode recent = json(ask("{'pipeline': 'detections', 'last_ms': 1000}", BOB));

        // Then
        assertThat(then.path("version").asLong()).isEqualTo(cars);
        assertThat(recent.path("rows")).isEmpty();
    }

    @Test
    void a_role_sees_its_rows_and_columns_and_no_totals() throws Exception {
        // When
        JsonNode rows = json(ask("{'pipeline': 'detections'}", ANN));
        JsonNode versions =
                json(browser.get("/api/history?pipeline=detections", ANN)).path("versions");

        // Then
        assertThat(rows.path("columns").findValuesAsText("name")).containsExactly("item", "site");
        assertThat(column(rows, "site")).hasSize(5).containsOnly("Reading");
        assertThat(versions).isNotEmpty();
        assertThat(versions.findValues("rows")).isEmpty();
        assertThat(versions.findValues("bytes")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {'pipeline': 'detections', 'where': 'camera_id = `camera-0`'} | 400 | there is no column `camera_id`; there are item, site
            {'pipeline': 'detections', 'where': 'site = `Hull` OR 1 = 1'} | 400 | follows a comparison; accepted: AND and another one
            {'pipeline': 'detections', 'version': 99} | 400 | the history does not have that: it has no version 99 to read
            {'pipeline': 'places'} | 400 | there is no pipeline "places"
            {'pipeline': 'nothing'} | 400 | there is no pipeline "nothing"
            {'pipeline': 'detections', 'version': 1, 'at': '2026-05-01T10:00:00Z'} | 400 | `version` and `at` say the same
            {'pipeline': 'detections', 'at': 'yesterday'} | 400 | `at` is no moment: yesterday
            {'pipeline': 'detections', 'version': -1} | 400 | `version` must be a whole number, not below 0
            {'pipeline': 3} | 400 | `pipeline` must be a text
            """)
    void what_cannot_be_answered_is_said(String body, int status, String message) throws Exception {
        // When
        HttpResponse<String> answer = ask(body, ANN);

        // Then
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(json(answer).path("error").path("message").asText())
                .contains(message)
                .doesNotContain(folder.toString());
    }

    @Test
    void who_asked_for_which_rows_is_in_the_audit_log() throws Exception {
        // Given
        HttpGrid.AUDITED.clear();

        // When
        ask("{'pipeline': 'detections', 'where': 'item = `car`'}", ANN);
        ask("{'pipeline': 'detections', 'where': 'lane = 3'}", ANN);

        // Then
        assertThat(HttpGrid.AUDITED)
                .filteredOn(line -> line.contains("\"event\":\"query\""))
                .singleElement()
                .asString()
                .contains("\"user\":\"ann\"")
                .contains("\"statement\":\"SELECT * FROM \\\"detections\\\" WHERE item = ? LIMIT ?\"")
                .contains("\"policy\":{\"detections\":\"site = ${claim:site}\"}")
                .contains("\"rows\":5");
        assertThat(HttpGrid.AUDITED).anyMatch(line -> line.contains("\"event\":\"refused\""));
    }

    private static List<String> column(JsonNode answer, String name) {
        int place = answer.path("columns").findValuesAsText("name").indexOf(name);
        return java.util.stream.StreamSupport.stream(answer.path("rows").spliterator(), false)
                .map(row -> row.get(place).asText())
                .toList();
    }
}
