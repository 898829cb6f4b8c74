package io.sightline.history.delta;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Proves of every file of a table that what the log says of it is true: size, partition value, number of rows, nulls, and for
 * every column that no value is outside its bounds. Asks the rows themselves, through delta-kernel.
 */
public final class TableChecker {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long CUT_MICROS = 999;
    private static final String PARTITION = "event_date";
    private static final String EVENT_TIME = "event_time";

    private TableChecker() {}

    /** Checks all files of the newest version. */
    public static void check(Path folder) throws IOException {
        check(folder, EVENT_TIME);
    }

    /** The same of a table partitioned by the day of another column. */
    public static void check(Path folder, String timeColumn) throws IOException {
        check(KernelTable.newest(folder), timeColumn);
    }

    /** Checks all files of an earlier version. */
    public static void check(Path folder, long version) throws IOException {
        check(KernelTable.version(folder, version), EVENT_TIME);
    }

    private static void check(KernelTable table, String timeColumn) throws IOException {
        Set<String> paths = new HashSet<>();
        table.eachFile(file -> {
            assertThat(paths.add(file.path()))
                    .as("named twice: %s", file.path())
                    .isTrue();
            assertThat(Files.size(Path.of(URI.create(file.path()))))
                    .as(file.path())
                    .isEqualTo(file.bytes());
            LocalDate date =
                    LocalDate.parse(Objects.requireNonNull(file.partition().get(PARTITION)));
            assertThat(file.path()).contains("/event_date=" + date + "/");
            assertThat(file.rows())
                    .as(file.path())
                    .isNotEmpty()
                    .allMatch(row -> date.equals(row.get(PARTITION))
                            && date.equals(day((Long) Objects.requireNonNull(row.get(timeColumn)))));
            checkStatistics(file, table.timestamps());
        });
    }

    private static void checkStatistics(KernelTable.File file, Set<String> timestamps) throws IOException {
        JsonNode statistics = JSON.readTree(file.statistics());
        assertThat(statistics.path("numRecords").asLong())
                .as(file.path())
                .isEqualTo(file.rows().size());
        for (String column : file.rows().get(0).keySet()) {
            if (column.equals(PARTITION)) {
                continue;
            }
            List<@Nullable Object> values =
                    file.rows().stream().map(row -> row.get(column)).toList();
            long nulls = values.stream().filter(Objects::isNull).count();
            JsonNode said = statistics.path("nullCount").path(column);
            assertThat(said.isMissingNode() ? values.size() : said.asLong())
                    .as("nulls of %s in %s", column, file.path())
                    .isEqualTo(nulls);
            boolean timestamp = timestamps.contains(column);
            JsonNode min = statistics.path("minValues").path(column);
            JsonNode max = statistics.path("maxValues").path(column);
            for (Object value : values) {
                if (value != null) {
                    if (!min.isMissingNode() && compare(value, min, timestamp) < 0) {
                        throw new AssertionError(file.path() + " of " + column + ": " + value + " is below " + min);
                    }
                    // Spark cuts the greatest time to milliseconds, and readers add them again; ours are rounded up.
                    Object least = timestamp ? (Object) ((Long) value - CUT_MICROS) : value;
                    if (!max.isMissingNode() && compare(least, max, timestamp) > 0) {
                        throw new AssertionError(file.path() + " of " + column + ": " + value + " is above " + max);
                    }
                }
            }
        }
    }

    private static int compare(Object value, JsonNode bound, boolean timestamp) {
        if (timestamp) {
            long micros = ChronoUnit.MICROS.between(
                    OffsetDateTime.parse("1970-01-01T00:00:00Z"), OffsetDateTime.parse(bound.asText()));
            return Long.compare((Long) value, micros);
        }
        if (value instanceof String text) {
            return Arrays.compareUnsigned(
                    text.getBytes(StandardCharsets.UTF_8), bound.asText().getBytes(StandardCharsets.UTF_8));
        }
        if (value instanceof LocalDate date) {
            return date.compareTo(LocalDate.parse(bound.asText()));
        }
        if (value instanceof Double number) {
            return Double.compare(number, bound.asDouble());
        }
        return Long.compare(((Number) value).longValue(), bound.asLong());
    }

    private static LocalDate day(long micros) {
        return LocalDate.ofEpochDay(Math.floorDiv(micros, 86_400_000_000L));
    }

    /** The data files on storage, named by the log or not. */
    static List<Path> dataFiles(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(path -> path.toString().endsWith(".parquet"))
                    .filter(path -> !path.toString().contains("_delta_log"))
                    .sorted()
                    .toList();
        }
    }

    /** Rows without their order. */
    static List<String> sorted(List<Map<String, @Nullable Object>> rows) {
        return rows.stream().map(Map::toString).sorted().toList();
    }
}
