package io.sightline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sightline.gateway.Engine;
import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.access.Access;
import io.sightline.gateway.access.Principal;
import io.sightline.gateway.access.Queries;
import io.sightline.gateway.access.Role;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an audience sees live, and what a reader of it gets: fast, slow, or back after a while. */
class BroadcastTest {
    private static final Principal ANYBODY = new Principal("anybody", Role.readerOfEverything(), Map.of());

    @TempDir
    private Path folder;

    private static HttpGrid grid;

    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicBoolean rollupsAreAway = new AtomicBoolean();
    private final HttpMetrics metrics = new HttpMetrics();
    private final AtomicLong nanos = new AtomicLong();
    private final HttpServerTest.MovingClock clock = new HttpServerTest.MovingClock();
    private Broadcast broadcast = broadcast(ANYBODY);

    @BeforeAll
    static void start() {
        grid = new HttpGrid();
    }

    @BeforeEach
    void begin() {
        clock.now = HttpGrid.COMPLETE_UP_TO.toInstant();
        grid.reset();
        broadcast.tick();
        reads.set(0);
    }

    @AfterAll
    static void stop() {
        grid.close();
    }

    private Broadcast broadcast(Principal principal) {
        Engine counting = (sql, parameters, timeout) -> {
            reads.incrementAndGet();
            if (rollupsAreAway.get() && sql.contains("window_start")) {
                throw new StatementException(SqlState.QUERY_CANCELED, "canceling statement due to statement timeout");
            }
            return grid.grid().engine().execute(sql, parameters, timeout);
        };
        Queries queries = new Queries(counting, grid.grid()::catalog, HttpGrid.AUDIT, HttpGrid.unshared());
        return new Broadcast(Broadcast.Audience.of(principal), new Statements(queries), grid.view, clock, "broadcast");
    }

    /** A reader's connection: keeps what is sent, and takes it when told, or at once. */
    private static final class Connection implements Content.Sink {
        private final List<String> sent = new ArrayList<>();
        private final List<Callback> waiting = new ArrayList<>();
        private boolean slow;

        @Override
        public void write(boolean last, ByteBuffer bytes, Callback callback) {
            sent.add(StandardCharsets.UTF_8.decode(bytes).toString());
            if (slow) {
                waiting.add(callback);
            } else {
                callback.succeeded();
            }
        }

        void take() {
            waiting.remove(0).succeeded();
        }

        String last() {
            return sent.get(sent.size() - 1);
        }
    }

    private EventStream stream(Connection connection, long sent, AtomicBoolean allowed, AtomicInteger ended) {
        EventStream stream = new EventStream(
                broadcast, connection, Callback.NOOP, sent, allowed::get, ended::incrementAndGet, metrics, nanos::get);
        broadcast.streams().add(stream);
        stream.start();
        return stream;
    }

    private Connection reader(long sent) {
        Connection connection = new Connection();
        stream(connection, sent, new AtomicBoolean(true), new AtomicInteger());
        return connection;
    }

    /** The data of the one event of this name. */
    private static JsonNode data(String frame, String event) {
        String marker = "event: " + event + "\ndata: ";
        int start = frame.indexOf(marker) + marker.length();
        assertThat(start).as(frame).isGreaterThanOrEqualTo(marker.length());
        try {
            return Browser.json(frame.substring(start, frame.indexOf("\n\n", start)));
        } catch (IOException e) {
            throw new AssertionError(frame, e);
        }
    }

    private static long millis(OffsetDateTime time) {
        return time.toInstant().toEpochMilli();
    }

    @Test
    void whoComesGetsAllThereIsToSee() {
        // When
        Connection reader = reader(Broadcast.NOTHING_YET);

        // Then
        JsonNode rollup = data(reader.last(), "rollup");
        assertThat(rollup.path("rollup").asText()).isEqualTo("detections_per_second");
        assertThat(rollup.path("whole").asBoolean()).isTrue();
        assertThat(rollup.path("totals"))
                .hasToString("[[%d,7],[%d,7],[%d,5]]"
                        .formatted(
                                millis(HttpGrid.COMPLETE_UP_TO.minusMinutes(5)),
                                millis(HttpGrid.COMPLETE_UP_TO.minusSeconds(20)),
                                millis(HttpGrid.COMPLETE_UP_TO.minusSeconds(5))));
        assertThat(rollup.path("last_minute"))
                .hasToString("{\"site\":[[\"Hull\",9],[\"Reading\",3]],\"item\":[[\"car\",8],[\"bus\",4]],"
                        + "\"location_id\":[[\"loc-2\",9],[\"loc-1\",3]]}");
        assertThat(data(reader.last(), "status")
                        .path("pipelines")
                        .get(0)
                        .path("events")
                        .asLong())
                .isEqualTo(1_200);
    }

    @Test
    void afterThatOnlyWhatChangedIsSent() {
        // Given
        Connection reader = reader(Broadcast.NOTHING_YET);

        // When
        grid.rollup(HttpGrid.COMPLETE_UP_TO.minusSeconds(5), "loc-2", "car", "Hull", 6);
        grid.status(1_300, HttpGrid.COMPLETE_UP_TO.plusSeconds(1));
        broadcast.tick();

        // Then
        JsonNode rollup = data(reader.last(), "rollup");
        assertThat(rollup.path("whole").asBoolean()).isFalse();
        assertThat(rollup.path("totals"))
                .hasToString("[[%d,6]]".formatted(millis(HttpGrid.COMPLETE_UP_TO.minusSeconds(5))));
        assertThat(rollup.path("last_minute").path("item")).hasToString("[[\"car\",9],[\"bus\",4]]");
        assertThat(data(reader.last(), "status")
                        .path("pipelines")
                        .get(0)
                        .path("events")
                        .asLong())
                .isEqualTo(1_300);
    }

    @Test
    void aLateCorrectionOfAnOldWindowIsSeen() {
        // Given
        Connection reader = reader(Broadcast.NOTHING_YET);
        OffsetDateTime old = HttpGrid.COMPLETE_UP_TO.minusMinutes(5);

        // When
        grid.rollup(old, "loc-1", "bus", "Reading", 10);
        for (int i = 0; i < 15; i++) {
            broadcast.tick();
        }

        // Then
        assertThat(reader.sent)
                .anySatisfy(frame -> assertThat(frame).contains("\"totals\":[[%d,17]]".formatted(millis(old))));
    }

    @Test
    void aTotalDoesNotSinkWhenTheRowsOfItsWindowLeaveOneByOne() {
        // Given
        Connection reader = reader(Broadcast.NOTHING_YET);
        OffsetDateTime old = HttpGrid.COMPLETE_UP_TO.minusMinutes(5);

        // When one of its rows has left, a keep after it was written
        grid.rollup(old, "loc-1", "car", "Reading", 1);
        clock.now = old.toInstant()
                .plus(grid.view.pipelines().get(0).rollups().get(0).keep());
        for (int i = 0; i < 15; i++) {
            broadcast.tick();
        }

        // Then
        assertThat(reader.sent)
                .hasSizeGreaterThan(15)
                .noneMatch(frame -> frame.contains("[%d,1]".formatted(millis(old))));
    }

    @Test
    void whatAReadingThatFailedHasMissedIsReadByTheNext() {
        // Given
        Connection reader = reader(Broadcast.NOTHING_YET);
        OffsetDateTime window = HttpGrid.COMPLETE_UP_TO.plusSeconds(1);
        grid.rollup(window, "loc-1", "bus", "Reading", 9);
        grid.status(1_300, HttpGrid.COMPLETE_UP_TO.plusMinutes(1));

        // When
        rollupsAreAway.set(true);
        broadcast.tick();
        rollupsAreAway.set(false);
        broadcast.tick();

        // Then
        assertThat(data(reader.last(), "rollup").path("totals")).hasToString("[[%d,9]]".formatted(millis(window)));
    }

    @Test
    void theGridIsReadOnceForAllReaders() {
        // Given
        broadcast.tick();
        int ofNobody = reads.getAndSet(0);
        List<Connection> readers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            readers.add(reader(Broadcast.NOTHING_YET));
        }

        // When
        broadcast.tick();

        // Then
        assertThat(reads).hasValue(ofNobody);
        assertThat(readers)
                .allSatisfy(reader ->
                        assertThat(reader.last()).isEqualTo(readers.get(0).last()));
    }

    @Test
    void aSlowReaderGetsOneFrameWithAllThatItMissed() {
        // Given
        Connection slow = new Connection();
        stream(slow, Broadcast.NOTHING_YET, new AtomicBoolean(true), new AtomicInteger());
        slow.slow = true;
        broadcast.tick();
        int sent = slow.sent.size();

        // When
        grid.rollup(HttpGrid.COMPLETE_UP_TO.minusSeconds(5), "loc-2", "car", "Hull", 6);
        broadcast.tick();
        grid.rollup(HttpGrid.COMPLETE_UP_TO.minusSeconds(6), "loc-2", "car", "Hull", 1);
        broadcast.tick();
        broadcast.tick();
        assertThat(slow.sent).hasSize(sent);
        slow.take();

        // Then
        assertThat(slow.sent).hasSize(sent + 1);
        assertThat(data(slow.last(), "rollup").path("totals"))
                .hasToString("[[%d,1],[%d,6]]"
                        .formatted(
                                millis(HttpGrid.COMPLETE_UP_TO.minusSeconds(6)),
                                millis(HttpGrid.COMPLETE_UP_TO.minusSeconds(5))));
        assertThat(slow.last()).contains("id: broadcast-" + broadcast.frame() + "\n");
        assertThat(metrics.framesSkipped()).isEqualTo(1);
    }

    @Test
    void whoComesBackGetsWhatItMissedAndWhoComesFromElsewhereEverything() {
        // Given
        long seen = broadcast.frameOf("broadcast-" + broadcast.frame());
        grid.rollup(HttpGrid.COMPLETE_UP_TO.minusSeconds(5), "loc-2", "car", "Hull", 6);
        broadcast.tick();
        broadcast.tick();

        // When
        Connection back = reader(seen);
        Connection elsewhere = reader(broadcast.frameOf("other-2"));
        Connection ahead = reader(broadcast.frameOf("broadcast-999999"));

        // Then
        assertThat(data(back.last(), "rollup").path("totals"))
                .hasToString("[[%d,6]]".formatted(millis(HttpGrid.COMPLETE_UP_TO.minusSeconds(5))));
        assertThat(data(elsewhere.last(), "rollup").path("whole").asBoolean()).isTrue();
        assertThat(ahead.sent).hasSize(1);
        assertThat(broadcast.frameOf("broadcast-x")).isEqualTo(Broadcast.NOTHING_YET);
        assertThat(broadcast.frameOf(null)).isEqualTo(Broadcast.NOTHING_YET);
    }

    @Test
    void aReaderWithNothingNewGetsAHeartbeat() {
        // Given
        Connection reader = new Connection();
        EventStream stream = stream(reader, Broadcast.NOTHING_YET, new AtomicBoolean(true), new AtomicInteger());
        int sent = reader.sent.size();

        // When
        nanos.addAndGet(14_000_000_000L);
        stream.offer();
        assertThat(reader.sent).hasSize(sent);
        nanos.addAndGet(2_000_000_000L);
        stream.offer();

        // Then
        assertThat(reader.last()).isEqualTo(": \n\n");
    }

    @Test
    void aReaderWhoMayNoLongerReadIsCutOffOnce() {
        // Given
        Connection reader = new Connection();
        AtomicBoolean allowed = new AtomicBoolean(true);
        AtomicInteger ended = new AtomicInteger();
        stream(reader, Broadcast.NOTHING_YET, allowed, ended);
        int sent = reader.sent.size();

        // When
        allowed.set(false);
        broadcast.tick();
        broadcast.tick();

        // Then
        assertThat(reader.sent).hasSize(sent);
        assertThat(ended).hasValue(1);
        assertThat(broadcast.streams()).isEmpty();
    }

    @Test
    void eachAudienceSeesItsRowsAlone() throws IOException {
        // Given
        Access access = HttpGrid.access(folder);
        Principal ann = Objects.requireNonNull(access.find("ann")).principal();
        Principal eve = Objects.requireNonNull(access.find("eve")).principal();

        // When
        broadcast = broadcast(ann);
        broadcast.tick();
        Connection reader = reader(Broadcast.NOTHING_YET);

        // Then
        assertThat(Broadcast.Audience.of(ann)).isNotEqualTo(Broadcast.Audience.of(eve));
        assertThat(data(reader.last(), "rollup").path("last_minute").path("location_id"))
                .hasToString("[[\"loc-1\",3]]");
        assertThat(reader.last()).doesNotContain("loc-2");
    }

    @Test
    void aGridThatDoesNotAnswerIsToldAndTheLastFiguresStay() {
        // Given
        Connection reader = reader(Broadcast.NOTHING_YET);

        // When
        grid.grid().member().getSql().execute("DROP VIEW pipeline_status").close();
        grid.grid().member().getSql().execute("DROP VIEW detections_per_second").close();
        grid.grid()
                .member()
                .getSql()
                .execute(
                        "CREATE VIEW detections_per_second AS SELECT 1 AS window_start, 1 AS detections FROM hot_places")
                .close();
        broadcast.tick();

        // Then
        assertThat(data(reader.last(), "status").path("problem").asText()).isNotBlank();
        assertThat(reader.last()).contains("event: rollup");
    }
}
