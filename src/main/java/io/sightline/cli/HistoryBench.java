package io.sightline.cli;

import static java.util.Objects.requireNonNull;

import io.sightline.demo.FeedOptions;
import io.sightline.demo.Places;
import io.sightline.event.Event;
import io.sightline.history.DataFile;
import io.sightline.history.EventRows;
import io.sightline.history.PreparedCommit;
import io.sightline.history.delta.CountedStorage;
import io.sightline.history.delta.CountedStorage.Call;
import io.sightline.history.delta.TableCare;
import io.sightline.history.delta.TableFiles;
import io.sightline.history.delta.TableFolder;
import io.sightline.spec.HistorySpec;
import io.sightline.spec.HistorySpec.Compression;
import io.sightline.spec.PipelineFile;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code sightline bench history}: what the history costs, on a local disk and without broker and grid. CPU seconds are those
 * of the one thread that writes; rows are the camera fleet's. Commit times are those of the commits up to a table version,
 * checkpoints among them, with care of the table as often as the job has it and without; what care does by age (vacuum, log
 * cleanup) finds nothing to do here. Calls are those of a commit as Azure's storage would see it.
 */
@Command(
        name = "history",
        description = "Measures what writing the history costs: rows, commits, and calls to the storage.",
        mixinStandardHelpOptions = true)
final class HistoryBench implements Callable<Integer> {
    private static final int TOPIC_PARTITIONS = 8;
    private static final int ROWS_A_FILE = 300_000;
    private static final int ROWS_A_STEP = 50_000;
    private static final int ROWS_TO_WARM_UP = 200_000;
    private static final int COMMITS_TO_WARM_UP = 30;
    private static final int COMMITS_NEAR_A_VERSION = 50;
    private static final List<Long> VERSIONS = List.of(10L, 100L, 1_000L);
    /** Two checkpoints among them. */
    private static final int COMMITS_TO_COUNT = 50;

    private static final Duration BETWEEN_CARES = Duration.ofMinutes(5);

    @Parameters(
            paramLabel = "FILE",
            arity = "0..1",
            defaultValue = "pipelines/detections.yaml",
            description = "The pipeline file (default: ${DEFAULT-VALUE}).")
    private Path file = Path.of("");

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "Rows to write with each codec (default: ${DEFAULT-VALUE}).")
    private long rows = 1_000_000;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "60",
            description = "Each of the two series of commits ends then, at the latest version or before"
                    + " (default: ${DEFAULT-VALUE}).")
    private long seconds = 60;

    @Option(names = "--json", description = "Prints one JSON object on stdout.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() throws IOException {
        PipelineSpec given = PipelineFile.load(file);
        HistorySpec history = given.history();
        if (history == null) {
            throw new Failure(Sightline.BAD_USAGE, file + " has no `history:`, so there is nothing to measure");
        }
        PrintWriter err = requireNonNull(command).commandLine().getErr();
        Path directory = Files.createTempDirectory("sightline-bench-");
        try {
            Path reference = directory.resolve("locations.csv");
            Places.writeCsv(reference, FeedOptions.DEFAULT_PLACES);
            PipelineSpec pipeline = LocalPipeline.withReference(given, reference);
            Map<String, @Nullable Object> result = new LinkedHashMap<>();
            result.put("rows", rows);
            for (Compression compression : List.of(Compression.SNAPPY, Compression.ZSTD)) {
                err.println("sightline: writing " + rows + " rows with " + compression.yamlName());
                write(pipeline, compression, directory, result);
            }
            err.println("sightline: counting calls");
            count(pipeline, directory.resolve("counted"), result);
            commit(pipeline, local(directory.resolve("warm-up")), COMMITS_TO_WARM_UP, 0);
            long cared = Math.max(1, BETWEEN_CARES.dividedBy(history.commitEvery()));
            err.println("sightline: committing, with care after every " + cared);
            long last = VERSIONS.get(VERSIONS.size() - 1);
            put(commit(pipeline, local(directory.resolve("with")), last, cared), "", result);
            err.println("sightline: committing, without care");
            put(commit(pipeline, local(directory.resolve("without")), last, 0), "_without_care", result);
            result.put("processors", Runtime.getRuntime().availableProcessors());
            return BenchMember.report(result, json, err);
        } finally {
            Directories.delete(directory);
        }
    }

    private static TableFolder local(Path folder) {
        return TableFolder.of(folder.toString(), Map.of());
    }

    private static BenchRows source(PipelineSpec pipeline) {
        return new BenchRows(pipeline, TOPIC_PARTITIONS, Instant.parse("2026-05-01T09:00:00Z"));
    }

    private void write(
            PipelineSpec pipeline, Compression compression, Path directory, Map<String, @Nullable Object> result)
            throws IOException {
        EventRows layout = new EventRows(pipeline);
        TableFiles files = CommitSeries.files(layout, local(directory.resolve(compression.yamlName())), compression);
        BenchRows source = source(pipeline);
        write(source, ROWS_TO_WARM_UP, layout, files);
        Written written = write(source, rows, layout, files);
        String codec = "_" + compression.yamlName();
        result.put("rows_per_s" + codec, Math.round(written.rows / (written.nanos / 1e9)));
        result.put("cpu_s_per_million_rows" + codec, Rounded.hundredths(written.cpuNanos / 1e3 / written.rows));
        result.put("bytes_per_row" + codec, Rounded.hundredths((double) written.bytes / written.rows));
    }

    private record Written(long rows, long bytes, long nanos, long cpuNanos) {}

    /** Rows are made in between, on the same thread, while no clock runs. */
    private static Written write(BenchRows source, long atLeast, EventRows layout, TableFiles files)
            throws IOException {
        long rows = 0;
        long bytes = 0;
        long nanos = 0;
        long cpuNanos = 0;
        for (long inFile = 0; rows < atLeast; ) {
            List<Event> events = source.next(ROWS_A_STEP);
            inFile += events.size();
            long cpuBefore = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            long before = System.nanoTime();
            for (Event event : events) {
                layout.take(event, files::write);
            }
            rows += events.size();
            if (inFile >= ROWS_A_FILE || rows >= atLeast) {
                bytes += files.seal().stream().mapToLong(DataFile::bytes).sum();
                inFile = 0;
            }
            nanos += System.nanoTime() - before;
            cpuNanos += ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpuBefore;
        }
        return new Written(rows, bytes, nanos, cpuNanos);
    }

    private static void count(PipelineSpec pipeline, Path directory, Map<String, @Nullable Object> result)
            throws IOException {
        CommitSeries series =
                new CommitSeries(pipeline, source(pipeline), TOPIC_PARTITIONS, CountedStorage.folder(directory));
        Map<Call, Long> calls = new LinkedHashMap<>();
        for (int i = 0; i < COMMITS_TO_COUNT; i++) {
            PreparedCommit prepared = series.prepare();
            Map<Call, Long> before = CountedStorage.calls();
            series.commit(prepared);
            CountedStorage.calls()
                    .forEach((call, count) -> calls.merge(call, count - before.getOrDefault(call, 0L), Long::sum));
        }
        for (Call call : Call.values()) {
            String name = call.name().toLowerCase(Locale.ROOT) + "_calls_per_commit";
            result.put(name, Rounded.hundredths(calls.getOrDefault(call, 0L) / (double) COMMITS_TO_COUNT));
        }
    }

    /**
     * Commits until the table has this version, or time is up.
     *
     * @param careAfter so many commits; 0 for never
     * @return milliseconds of each commit, by table version; versions that care made are left out
     */
    private NavigableMap<Long, Double> commit(
            PipelineSpec pipeline, TableFolder folder, long lastVersion, long careAfter) throws IOException {
        CommitSeries series = new CommitSeries(pipeline, source(pipeline), TOPIC_PARTITIONS, folder);
        TableCare care = new TableCare(folder, Compression.SNAPPY, null, System::currentTimeMillis);
        NavigableMap<Long, Double> millis = new TreeMap<>();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        long version = 0;
        for (long commits = 1; version < lastVersion && System.nanoTime() < end; commits++) {
            PreparedCommit prepared = series.prepare();
            long before = System.nanoTime();
            version = series.commit(prepared);
            millis.put(version, (System.nanoTime() - before) / 1e6);
            if (careAfter > 0 && commits % careAfter == 0) {
                care.care(Instant.now());
            }
        }
        return millis;
    }

    private static void put(NavigableMap<Long, Double> millis, String how, Map<String, @Nullable Object> result) {
        for (long version : VERSIONS) {
            double[] near = millis.subMap(version - COMMITS_NEAR_A_VERSION, false, version, true).values().stream()
                    .mapToDouble(Double::doubleValue)
                    .sorted()
                    .toArray();
            boolean reached = millis.lastKey() >= version;
            result.put("commit_p50_ms_at_" + version + how, reached ? Rounded.millis(near, 0.5) : null);
            result.put("commit_p95_ms_at_" + version + how, reached ? Rounded.millis(near, 0.95) : null);
        }
    }
}
