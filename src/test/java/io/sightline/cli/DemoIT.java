package io.sightline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sightline.demo.MemberProcess;
import io.sightline.demo.Ports;
import io.sightline.fixture.Chromium;
import io.sightline.fixture.Eventually;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a process tree of its own, in a folder of its own. */
@Timeout(300)
class DemoIT {
    private static final Path PICTURE = Path.of("docs", "live-page.png");
    /** Ten minutes of one total a second, and slack. */
    private static final long MOST_GROWTH_BYTES = 1 << 20;

    @TempDir
    Path home;

    @Test
    void aMemberKilledMidwayComesBackAndTheVerdictIsExact() throws Exception {
        // Given
        try (MemberProcess demo = demo("--rate", "1000", "--seconds", "20", "--fresh", "--no-browser", "--json")) {
            Eventually.eventually("rows are visible", () -> log().contains("first row visible"));

            // When
            member(demo).destroyForcibly();

            // Then
            assertThat(demo.awaitEnd()).as(log()).isEqualTo(Sightline.DONE);
            String lastLine = log().lines().reduce((earlier, later) -> later).orElseThrow();
            JsonNode verdict = new ObjectMapper().readTree(lastLine);
            assertThat(verdict.get("verdict").asText()).isEqualTo("exact");
            assertThat(verdict.get("restarts").asInt()).isEqualTo(1);
            assertThat(verdict.get("unique").asLong()).isGreaterThan(2_000);
            assertThat(verdict.get("duplicates").asLong()).isPositive();
            assertThat(verdict.get("p50_ms").isNumber()).isTrue();
            assertThat(log()).doesNotContain("\tat ");
        }
    }

    @Test
    void nothingIsLeftRunningAfterTheDemoIsKilledAndTheNextOneGoesOn() throws Exception {
        // Given
        List<ProcessHandle> tree;
        try (MemberProcess demo = demo("--rate", "1000", "--no-browser")) {
            Eventually.eventually("the gateway has started", () -> log().contains("psql -h 127.0.0.1"));
            tree = ProcessHandle.of(demo.pid()).orElseThrow().descendants().toList();
            assertThat(tree).as("broker, member and gateway").hasSize(3);

            // When
            demo.kill();
        }

        // Then
        Eventually.eventually(
                "broker, member and gateway have ended", () -> tree.stream().noneMatch(ProcessHandle::isAlive));
        try (MemberProcess next = demo("--rate", "1000", "--seconds", "5", "--no-browser", "--json")) {
            assertThat(next.awaitEnd()).as(log()).isEqualTo(Sightline.DONE);
            assertThat(log())
                    .contains("events of earlier demos are there again")
                    .contains("\"verdict\":\"exact\"");
        }
    }

    @Test
    @Tag("browser")
    void thePageFillsWhileTheCamerasSend() throws Exception {
        try (MemberProcess demo = demo("--rate", "1000", "--no-browser");
                Chromium chromium = new Chromium(Files.createDirectories(home.resolve("chromium")))) {
            // When
            openFilled(chromium);

            // Then
            chromium.screenshot(Path.of("target", "screenshots", "demo.png"));

            // When
            chromium.evaluate("document.querySelector('nav a[href=\"#/history\"]').click()");
            String look = "document.querySelector('[aria-label=\"Rows at version 4\"]')";
            chromium.await(look);
            chromium.evaluate(look + ".click()");

            // Then
            chromium.await("document.querySelectorAll('[aria-label=\"Rows as they were\"] tbody tr').length > 10");
            chromium.screenshot(Path.of("target", "screenshots", "demo-history.png"));
            assertThat(chromium.complaints()).isEmpty();
            assertThat(demo.isAlive()).isTrue();
        }
    }

    /** With {@code -Dupdate=true} it also makes the picture of the README; with {@code -Drate=N} at another rate. */
    @Test
    @Tag("browser")
    @Tag("long")
    @Timeout(1_200)
    void aPageThatStaysOpenKeepsItsHeap() throws Exception {
        try (MemberProcess demo = demo("--rate", System.getProperty("rate", "10000"), "--no-browser");
                Chromium chromium = new Chromium(Files.createDirectories(home.resolve("chromium")))) {
            // Given
            openFilled(chromium);
            TimeUnit.MINUTES.sleep(2);
            long early = chromium.heapBytes();

            // When
            TimeUnit.MINUTES.sleep(10);

            // Then
            long late = chromium.heapBytes();
            System.out.printf("heap of the page: %,d bytes after 2 minutes, %,d after 12%n", early, late);
            assertThat(late).isLessThan(early + MOST_GROWTH_BYTES);
            chromium.screenshot(
                    Boolean.getBoolean("update") ? PICTURE : Path.of("target", "screenshots", "demo-long.png"));
            assertThat(chromium.complaints()).isEmpty();
            assertThat(demo.isAlive()).isTrue();
        }
    }

    private void openFilled(Chromium chromium) {
        Eventually.eventually("there is an address", () -> address().isPresent());
        URI page = address().orElseThrow();
        Eventually.eventually("the page is served", () -> isServed(page));
        chromium.look(1280, 900, "light");
        chromium.open(page.toString());
        chromium.await("document.querySelector('#state').textContent === 'Live'");
        chromium.await("document.querySelectorAll('.plan circle').length >= 90");
        chromium.await("document.querySelectorAll('tbody tr').length >= 10");
    }

    private Optional<URI> address() {
        return Pattern.compile("in a browser: (\\S+)")
                .matcher(log())
                .results()
                .map(found -> URI.create(found.group(1)))
                .findFirst();
    }

    private static boolean isServed(URI page) {
        try (InputStream in = page.toURL().openStream()) {
            return in.read() >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    private MemberProcess demo(String... options) throws IOException {
        Path project = Path.of("").toAbsolutePath();
        copy(project, Path.of("pipelines", "detections.yaml"));
        copy(project, Path.of("pipelines", "reference", "locations.csv"));
        List<String> arguments = new ArrayList<>(List.of("demo"));
        arguments.addAll(List.of(options));
        arguments.addAll(List.of("--broker-port", "" + Ports.free(), "--member-port", "" + Ports.free()));
        arguments.addAll(List.of("--pg-port", "" + Ports.free(), "--http-port", "" + Ports.free()));
        return MemberProcess.start(
                "256m",
                // With the program's own logging, not that of the tests.
                List.of(
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dsightline.home=" + home,
                        "-Dlogback.configurationFile=logback.xml"),
                Map.of(),
                home.resolve("demo.log"),
                arguments);
    }

    private void copy(Path project, Path file) throws IOException {
        Files.createDirectories(home.resolve(file).getParent());
        if (!Files.exists(home.resolve(file))) {
            Files.copy(project.resolve(file), home.resolve(file));
        }
    }

    private static ProcessHandle member(MemberProcess demo) {
        return ProcessHandle.of(demo.pid())
                .orElseThrow()
                .children()
                .filter(child -> child.info().arguments().stream()
                        .flatMap(java.util.Arrays::stream)
                        .anyMatch("member"::equals))
                .findFirst()
                .orElseThrow();
    }

    private String log() {
        try {
            return Files.readString(home.resolve("demo.log"));
        } catch (IOException e) {
            return "";
        }
    }
}
