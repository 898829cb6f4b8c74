package io.sightline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sightline.fixture.Chromium;
import io.sightline.gateway.access.Access;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The live page in a real browser, over a grid that stands still, so that its figures can be compared with SQL's. Runs with
 * {@code -Pclients}. Pictures of every view, width and colour scheme are kept under {@code target/screenshots}.
 */
@Tag("browser")
@Timeout(300)
class LivePageIT {
    /** It is the time of the rows: those of an hour ago would be taken for leaving. */
    private static Clock clock = Clock.systemUTC();

    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final int MOST_BYTES = 300 * 1024;
    private static final int FIRST_PAINT_MILLIS = 1_000;
    private static final String SHOWN = "document.querySelector('[data-figure]')"
            + " && [...document.querySelectorAll('[data-figure]')].some(cell => cell.textContent !== '–')"
            + " && document.querySelector('#state').textContent === 'Live'";

    @TempDir
    static Path folder;

    private static HttpGrid grid;
    private static HttpServer server;
    private static Chromium chromium;

    @BeforeAll
    static void start() throws IOException {
        grid = new HttpGrid();
        for (String statement : script("live-page.sql").strip().split(";\\s*\n", -1)) {
            grid.grid().member().getSql().execute(statement).close();
        }
        PastDetections past = new PastDetections(Files.createDirectories(folder.resolve("table")));
        Instant now = Instant.now().minusSeconds(30);
        past.commit(5, "car", "loc-1", "Reading", now);
        past.commit(4, "bus", "loc-2", "Hull", now.plusSeconds(10));
        grid.view.pipelines = List.of(past.spec());
        clock = Clock.offset(Clock.systemUTC(), Duration.between(Instant.now(), HttpGrid.COMPLETE_UP_TO.toInstant()));
        server = grid.serve(Access::open, null, ANY, clock);
        chromium = new Chromium(Files.createDirectories(folder.resolve("profile")));
    }

    @AfterAll
    static void stop() {
        chromium.close();
        server.close();
        grid.close();
    }

    @BeforeEach
    void forget() {
        chromium.look(1280, 900, "light");
        chromium.complaints();
    }

    private static void open(String view) {
        chromium.open(server.url() + "#/" + view);
        chromium.await(SHOWN);
    }

    private static String figure(String name) {
        return chromium.evaluate("document.querySelector('[data-figure=" + name + "]').textContent")
                .asText();
    }

    /** The one number of a statement, as the page writes numbers. */
    private static String sql(String statement) throws IOException, InterruptedException {
        JsonNode answer = Browser.json(new Browser(server).sql(statement));
        return String.format(
                java.util.Locale.ENGLISH,
                "%,d",
                answer.path("rows").get(0).get(0).asLong());
    }

    private static List<String> texts(String selector) {
        List<String> texts = new ArrayList<>();
        chromium.evaluate("[...document.querySelectorAll(\"" + selector + "\")].map(one => one.textContent)")
                .forEach(text -> texts.add(text.asText()));
        return texts;
    }

    @Test
    void theFiguresOfNowAreThoseOfSql() throws Exception {
        // When
        open("now");
        chromium.await("document.querySelectorAll('tbody tr').length > 0");

        // Then
        assertThat(figure("ten"))
                .isEqualTo(sql("SELECT SUM(detections) FROM detections_per_second"
                        + " WHERE window_start >= '2026-03-14T09:10:00Z' AND window_start < '2026-03-14T09:20:00Z'"));
        assertThat(figure("latency")).isEqualTo("250 ms");
        for (String column : List.of("location_id", "item")) {
            String rollup = column.equals("item") ? "detections_per_second" : "detections_per_place";
            JsonNode rows = Browser.json(new Browser(server)
                            .sql("SELECT " + column + ", SUM(detections) AS n FROM " + rollup
                                    + " WHERE window_start >= '2026-03-14T09:19:00Z' GROUP BY 1 ORDER BY 2 DESC"))
                    .path("rows");
            rows.forEach(row -> assertThat(chromium.evaluate("document.querySelector(\"[data-key='"
                                    + row.get(0).asText() + "'] .num\").textContent")
                            .asText())
                    .isEqualTo(row.get(1).asText()));
            assertThat(rows).isNotEmpty();
        }
        assertThat(texts("tbody tr:first-child td")).contains("Café Zur Brücke", "item-1", "camera-3", "2.38");
        assertThat(texts("[data-key='loc-1'] a")).containsExactly("Café Zur Brücke");
        assertThat(chromium.evaluate("document.querySelectorAll('.plan circle').length")
                        .asInt())
                .isEqualTo(3);
    }

    @Test
    void theFiguresOfTrustAreThoseOfSql() throws Exception {
        // When
        open("trust");
        chromium.await("document.querySelectorAll('.rank li').length === 2");

        // Then
        for (String column : List.of("events", "duplicates", "late")) {
            assertThat(figure(column)).isEqualTo(sql("SELECT " + column + " FROM pipeline_status"));
        }
        assertThat(figure("letters")).isEqualTo(sql("SELECT SUM(dead_letters) FROM dead_letter_reasons"));
        assertThat(texts("section p.quiet").toString()).contains("99.9 % of 1,000 duplicates came within 5 s");

        // When
        chromium.evaluate("document.querySelector('[data-key=not_json] a').click()");
        chromium.await("document.body.textContent.includes('no { here')");

        // Then
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    void aPlaceIsReachedByItsNameAndHistoryByItsLink() {
        // Given
        open("now");
        chromium.await("document.querySelector(\"[data-key='loc-2'] a\")");

        // When
        chromium.evaluate("document.querySelector(\"[data-key='loc-2'] a\").click()");
        chromium.await("document.querySelector('h1').textContent === 'Kai Øst'");

        // Then
        chromium.await("document.querySelector('[data-figure=ten]').textContent === '9'");
        chromium.evaluate("document.querySelector('nav a[href=\"#/history\"]').click()");
        chromium.await("document.querySelector('[data-figure=sum]')?.textContent === '19'");
        assertThat(texts("nav a[aria-current]")).containsExactly("History");
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    void rowsAreShownAsTheyWereAtAVersionAndFiltered() {
        // Given
        String rows = "document.querySelectorAll('[aria-label=\"Rows as they were\"] tbody tr')";
        String look = "document.querySelectorAll('[aria-label^=\"Rows at version\"]')";
        open("history");
        chromium.await(look + ".length >= 2");

        // When
        chromium.evaluate(look + "[1].click()");
        chromium.await(rows + ".length === 5");

        // Then
        assertThat(texts("[aria-label='Table versions'] tbody tr:nth-child(2) td:nth-child(4)"))
                .containsExactly("5");
        assertThat(texts("[aria-label='Rows as they were'] td:nth-child(3)")).containsOnly("car");
        assertThat(texts("[aria-label='Rows as they were'] td:nth-child(2)")).containsOnly("Café Zur Brücke");

        // When
        chromium.evaluate("document.querySelector('input[name=version]').value = '';"
                + "document.querySelector('input[name=item]').value = 'bus';"
                + "document.querySelector('select[name=as-of-place]').value = 'loc-2';"
                + "[...document.querySelectorAll('form button.first')].at(-1).click()");

        // Then
        chromium.await(rows + ".length === 4");
        assertThat(chromium.complaints()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"390, light", "390, dark", "1280, light", "1280, dark", "1920, light", "1920, dark"})
    void everyViewFitsIsReadableAndSaysNothingToTheConsole(int width, String scheme) throws Exception {
        chromium.look(width, width < 500 ? 844 : 1000, scheme);
        for (String view : List.of("now", "trust", "history", "place/loc-2")) {
            // When
            open(view);
            chromium.await("document.querySelectorAll('tbody tr, .rank li').length > 0");
            if (view.equals("history")) {
                chromium.await("document.querySelector('[aria-label^=\"Rows at version\"]')");
                chromium.evaluate("document.querySelector('[aria-label^=\"Rows at version\"]').click()");
                chromium.await("document.querySelectorAll('[aria-label=\"Rows as they were\"] tbody tr').length === 9");
            }
            chromium.screenshot(Path.of(
                    System.getProperty("build.directory", "target"),
                    "screenshots",
                    view.replace('/', '-') + "-" + width + "-" + scheme + ".png"));

            // Then
            assertThat(chromium.evaluate("document.documentElement.scrollWidth").asInt())
                    .as(view)
                    .isLessThanOrEqualTo(width);
            assertThat(chromium.evaluate(script("contrast.js"))).as(view).isEmpty();
            assertThat(chromium.complaints()).as(view).isEmpty();
        }
    }

    private static String script(String name) throws IOException {
        return new String(
                Objects.requireNonNull(LivePageIT.class.getResourceAsStream(name))
                        .readAllBytes(),
                StandardCharsets.UTF_8);
    }

    @Test
    void thePageIsSmallAndSoonThere() {
        double fastest = Double.MAX_VALUE;
        for (int load = 0; load < 3; load++) {
            // When
            open("now");

            // Then
            assertThat(chromium.evaluate("performance.getEntriesByType('resource')"
                                    + ".concat(performance.getEntriesByType('navigation'))"
                                    + ".filter(one => !one.name.includes('/api/'))"
                                    + ".reduce((sum, one) => sum + one.decodedBodySize, 0)")
                            .asInt())
                    .isPositive()
                    .isLessThan(MOST_BYTES);
            fastest = Math.min(
                    fastest,
                    chromium.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
                            .asDouble());
        }
        assertThat(fastest).as("first paint, in milliseconds").isLessThan(FIRST_PAINT_MILLIS);
    }

    @Test
    void theKeyboardReachesTheFiguresFirst() {
        // Given
        open("now");

        // When
        chromium.press("Tab");

        // Then
        assertThat(chromium.evaluate("document.activeElement.textContent").asText())
                .isEqualTo("Skip to the figures");
        assertThat(chromium.evaluate("[...document.querySelectorAll('input, select, button, svg[role=img], .scroll')]"
                        + ".filter(one => one.checkVisibility() && !one.closest('label') && !one.textContent.trim()"
                        + " && !one.getAttribute('aria-label')).map(one => one.outerHTML)"))
                .isEmpty();
    }

    @Test
    void whoIsNotKnownLogsInAndOut() throws Exception {
        Access access = HttpGrid.access(folder);
        try (HttpServer guarded = grid.serve(() -> access, null, ANY, clock)) {
            // Given
            chromium.open(guarded.url());
            chromium.await("document.querySelector('input[name=password]')");

            // When
            login("pen");
            chromium.await("document.querySelector('[role=alert]').textContent === 'User or password is wrong.'");
            login(HttpGrid.PASSWORD);
            chromium.await(SHOWN);

            // Then
            assertThat(chromium.evaluate("document.querySelector('#who').textContent")
                            .asText())
                    .isEqualTo("ann");
            assertThat(texts("[data-key^='loc-']")).hasSize(1);
            assertThat(texts("[data-key='car']")).hasSize(1);
            chromium.evaluate("document.querySelector('#logout').click()");
            chromium.await("document.querySelector('input[name=password]')");
        }
    }

    private static void login(String password) {
        chromium.evaluate("document.querySelector('input[name=user]').value = 'ann';"
                + "document.querySelector('input[name=password]').value = '" + password + "';"
                + "document.querySelector('form button').click()");
    }

    @Test
    void aConnectionThatDropsComesBackByItself() throws Exception {
        // Given
        HttpServer first = grid.serve(Access::open, null, ANY, clock);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), first.port());
        chromium.open(first.url());
        chromium.await(SHOWN);

        // When
        first.close();
        chromium.await("document.querySelector('#state').textContent === 'Reconnecting'");
        String kept = figure("ten");
        try (HttpServer second = grid.serve(Access::open, null, address, clock)) {
            // Then
            chromium.await(SHOWN);
            assertThat(figure("ten")).isEqualTo(kept);
            assertThat(second.port()).isEqualTo(address.getPort());
        }
    }
}
