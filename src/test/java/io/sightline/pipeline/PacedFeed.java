package io.sightline.pipeline;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.nio.serialization.genericrecord.GenericRecord;
import com.hazelcast.sql.SqlResult;
import com.hazelcast.sql.SqlRow;
import io.sightline.demo.FeedLoader.Pace;
import io.sightline.event.Origin;
import io.sightline.fixture.Eventually;
import io.sightline.grid.GridNames;
import io.sightline.history.delta.TableChecker;
import io.sightline.history.delta.TableRows;
import io.sightline.spec.HistorySpec;
import io.sightline.spec.HistorySpec.Compression;
import io.sightline.spec.PipelineFile;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** A feed that comes in at a pace, the project's own pipeline over it, and what the grid says of how far it is. */
final class PacedFeed {
    private static final int RECORDS_A_STEP = 200;
    private static final int RECORDS_A_SLOW_STEP = 20;
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final Duration ENDLESS = Duration.ofDays(3_650);
    private static final int LOOKS_UNTIL_ALL_HAVE_REPORTED = 40;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private PacedFeed() {}

    /** Ten thousand records a second; between that many records and the given event a thousand, so that some always come. */
    static Pace slowAt(long records, CompletableFuture<Void> goOn) {
        AtomicLong sent = new AtomicLong();
        return timestampMillis -> {
            boolean slow = sent.incrementAndGet() > records && !goOn.isDone();
            if (sent.get() % (slow ? RECORDS_A_SLOW_STEP : RECORDS_A_STEP) == 0) {
                LockSupport.parkNanos(STEP_NANOS);
            }
        };
    }

    /** The project's own pipeline, reading from the test's topic, with a window that holds feeds of any age. */
    static PipelineSpec spec(String bootstrapServers, String topic, Path directory) throws IOException {
        String yaml = Files.readString(Path.of("pipelines", "detections.yaml"));
        String changed = yaml.replace("  topic: detections", "  topic: " + topic)
                .replaceFirst("bootstrap-servers: .*", "bootstrap-servers: " + bootstrapServers)
                .replaceFirst("from: pipelines/reference/locations.csv", "from: " + directory.resolve("locations.csv"));
        return PipelineFile.parse("detections.yaml", changed)
                .withHotWindowKept(ENDLESS)
                .withHistory(null);
    }

    /** The same with a history in the folder, and a commit a second. */
    static PipelineSpec withHistory(PipelineSpec spec, Path directory) {
        return withTable(spec, directory.resolve("history").toString(), Duration.ofSeconds(1));
    }

    /** The same with the table at that location, and so much time between commits. */
    static PipelineSpec withTable(PipelineSpec spec, String location, Duration commitEvery) {
        return spec.withHistory(new HistorySpec(new Setting(location), commitEvery, Compression.SNAPPY, null));
    }

    /** The origins of the rows in that history, as another reader finds them. */
    static List<Origin> rowsOfHistory(Path directory) {
        return TableRows.origins(directory.resolve("history"));
    }

    /**
     * Waits until all is in the tables of that history, and sees that each event and each dead letter is there once, and that
     * the parts of minutes add up; and that the log tells the truth of every file.
     */
    static void assertExactHistory(Path directory, Expected expected) throws IOException {
        Eventually.eventually(
                "all rows are in the history",
                () -> rowsOfHistory(directory).size() >= expected.unique()
                        && TableRows.origins(directory.resolve("detections_dead_letters"))
                                        .size()
                                >= expected.deadLetters()
                        && partsPerLocationAndMinute(directory).values().stream()
                                        .mapToLong(Long::longValue)
                                        .sum()
                                >= expected.unique());
        List<Origin> rows = rowsOfHistory(directory);
        assertThat(new HashSet<>(rows)).hasSameSizeAs(rows).hasSize((int) expected.unique());
        List<Origin> letters = TableRows.origins(directory.resolve("detections_dead_letters"));
        assertThat(new HashSet<>(letters)).hasSameSizeAs(letters).hasSize((int) expected.deadLetters());
        assertThat(partsPerLocationAndMinute(directory)).isEqualTo(expected.uniquePerLocationAndMinute());
        TableChecker.check(directory.resolve("history"));
        TableChecker.check(directory.resolve("detections_dead_letters"), "source_time");
        TableChecker.check(directory.resolve("detections_per_minute"), "window_start");
    }

    private static Map<String, Long> partsPerLocationAndMinute(Path directory) {
        return TableRows.all(directory.resolve("detections_per_minute")).stream()
                .collect(Collectors.groupingBy(
                        row -> row.get("location_id") + "|"
                                + minute(Instant.EPOCH.plus(
                                        (Long) requireNonNull(row.get("window_start")), ChronoUnit.MICROS)),
                        TreeMap::new,
                        Collectors.summingLong(row -> (Long) requireNonNull(row.get("detections")))));
    }

    private static String minute(Instant start) {
        return start.toString().replace("Z", ".000Z");
    }

    /** The six counts of {@link Expected}, as the grid reports them. */
    static void assertCounters(GridUnderTest grid, Expected expected) {
        assertThat(List.of(
                        status(grid, "records"),
                        status(grid, "events"),
                        status(grid, "originals"),
                        status(grid, "duplicates"),
                        status(grid, "dead_letters"),
                        status(grid, "unmatched")))
                .as("records, events, originals, duplicates, dead letters, unmatched")
                .containsExactly(
                        expected.records(),
                        expected.events(),
                        expected.unique(),
                        expected.duplicates(),
                        expected.deadLetters(),
                        expected.unmatched());
    }

    /** Waits until so many records are read, and at the end every event of them judged, as long as there is progress. */
    static long await(GridUnderTest grid, long records, boolean toTheEnd) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        int looksAfterTheEnd = 0;
        long readBefore = -1;
        while (true) {
            long read = status(grid, "records");
            deadline = read > readBefore ? System.nanoTime() + LIMIT.toNanos() : deadline;
            readBefore = read;
            boolean done = read >= records && (!toTheEnd || isJudged(grid));
            looksAfterTheEnd = done ? looksAfterTheEnd + 1 : 0;
            // The stages behind the verdict, enrichment above all, report a moment later.
            if (done && (!toTheEnd || looksAfterTheEnd > LOOKS_UNTIL_ALL_HAVE_REPORTED)) {
                return read;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("only " + read + " of " + records + " records, and no more of them for "
                        + LIMIT.toSeconds() + " s");
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static boolean isJudged(GridUnderTest grid) {
        return status(grid, "originals") + status(grid, "duplicates") == status(grid, "events");
    }

    /** Straight from the map: a query would take part in what the members have to do, and fail with the one that dies. */
    static long status(GridUnderTest grid, String column) {
        GenericRecord row =
                grid.client().<String, GenericRecord>getMap(GridNames.STATUS).get("detections");
        Long value = row == null ? null : row.getNullableInt64(column);
        return value == null ? 0 : value;
    }

    /** Of all rows, which may be millions. */
    static Set<Origin> origins(GridUnderTest grid, String relation) {
        Set<Origin> origins = new HashSet<>();
        try (SqlResult rows = grid.client()
                .getSql()
                .execute("SELECT topic_partition, record_offset, record_index FROM " + relation)) {
            for (SqlRow row : rows) {
                origins.add(new Origin(row.getObject(0), row.getObject(1), row.getObject(2)));
            }
        }
        return origins;
    }

    /** The minutes of every place, as soon as all is in them: their rows are written once a second. */
    static void assertMinutes(GridUnderTest grid, Map<String, Long> perLocationAndMinute) {
        Eventually.eventuallyEqual("minutes", perLocationAndMinute, () -> perLocationAndMinute(grid));
    }

    static Map<String, Long> perLocationAndMinute(GridUnderTest grid) {
        return grid.rows("SELECT location_id, window_start, detections FROM detections_per_minute").stream()
                .collect(Collectors.groupingBy(
                        row -> row.get(0) + "|" + minute(((OffsetDateTime) row.get(1)).toInstant()),
                        TreeMap::new,
                        Collectors.summingLong(row -> (Long) row.get(2))));
    }
}
