package io.sightline.grid;

import static io.sightline.fixture.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.hazelcast.core.HazelcastInstance;
import io.sightline.spec.PipelineFile;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemberDoorTest {
    private static final HttpClient BROWSER = HttpClient.newHttpClient();

    private MemberDoor door;

    @BeforeEach
    void open() throws IOException {
        door = MemberDoor.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Clock.systemUTC());
    }

    @AfterEach
    void close() {
        door.close();
    }

    @Test
    void healthSaysFromBeforeTheMemberHasJoinedUntilAfterItsEndWhyNot() throws Exception {
        // Given
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/health/ready").statusCode()).isEqualTo(503);
        assertThat(get("/health/ready").body())
                .isEqualTo("{\"status\":\"not ready\",\"reasons\":[\"the member has not joined its cluster yet\"]}");
        HazelcastInstance member = GridMember.startAlone();
        try {
            // When it has joined
            door.serve(member);

            // Then, once it has answered its first statement
            eventually("the member is ready", this::isReady);
            assertThat(get("/health/ready").body()).isEqualTo("{\"status\":\"ready\",\"reasons\":[]}");

            // When a pipeline is known and has no job
            PipelineSpec spec = PipelineFile.load(Path.of("pipelines", "detections.yaml"));
            member.<String, PipelineSpec>getMap(GridNames.PIPELINES).set(spec.name(), spec);

            // Then
            assertThat(get("/health/ready").statusCode()).isEqualTo(503);
            assertThat(get("/health/ready").body()).contains("the job detections is not there");
            assertThat(get("/metrics").body())
                    .contains("sightline_job_running{pipeline=\"detections\"} 0\n")
                    .contains("sightline_hot_entries{pipeline=\"detections\"} 0\n")
                    .contains("sightline_marks{pipeline=\"detections\"} 0\n")
                    .contains("sightline_cluster_members 1\n")
                    .contains("sightline_cluster_safe 1\n");
        } finally {
            member.getLifecycleService().terminate();
        }

        // When it has ended
        assertThat(get("/health/live").statusCode()).isEqualTo(503);
        assertThat(get("/health/ready").body()).contains("the member has shut down");
        assertThat(get("/metrics").body()).contains("sightline_heap_max_bytes ");
    }

    @Test
    void nothingElseIsThere() throws Exception {
        assertThat(get("/").statusCode()).isEqualTo(404);
        assertThat(get("/metrics/all").statusCode()).isEqualTo(404);
        HttpRequest post = HttpRequest.newBuilder(uri("/metrics"))
                .POST(BodyPublishers.ofString("x"))
                .build();
        assertThat(BROWSER.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
    }

    @Test
    void aTakenPortIsSaid() {
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> MemberDoor.open(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), door.port()), Clock.systemUTC()));
    }

    private boolean isReady() {
        try {
            return get("/health/ready").statusCode() == 200;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("the door does not answer", e);
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return BROWSER.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://localhost:" + door.port() + path);
    }
}
