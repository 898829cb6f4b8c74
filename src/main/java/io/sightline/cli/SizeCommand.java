package io.sightline.cli;

import static java.util.Objects.requireNonNull;

import io.sightline.spec.DurationText;
import io.sightline.spec.PipelineFile;
import io.sightline.spec.PipelineSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code sightline size}: how large a grid and its event hub have to be. */
@Command(
        name = "size",
        description = {
            "Says how large a grid, and the event hub before it, have to be for a pipeline at a rate: the highest that is"
                    + " to be served, not the average.",
            "By sizes measured on rows of the detections' shape. Measure yours with `sightline bench` before you pay for it."
        },
        mixinStandardHelpOptions = true)
final class SizeCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "FILE",
            arity = "0..1",
            defaultValue = "pipelines/detections.yaml",
            description = "The pipeline file (default: ${DEFAULT-VALUE}).")
    private Path file = Path.of("");

    @Option(names = "--rate", paramLabel = "N", required = true, description = "Events a second.")
    private double rate;

    @Option(
            names = "--horizon",
            paramLabel = "D",
            converter = DurationConverter.class,
            description = "How long ids are remembered, as in 10m (default: as the file says).")
    private @Nullable Duration horizon;

    @Option(
            names = "--keep",
            paramLabel = "D",
            converter = DurationConverter.class,
            description = "How long the hot window keeps rows, as in 15m (default: as the file says).")
    private @Nullable Duration keep;

    @Option(
            names = "--groups",
            paramLabel = "N",
            defaultValue = "500",
            description = "Rows of a rollup for one window: places times items, say (default: ${DEFAULT-VALUE}).")
    private long groups = 500;

    @Option(
            names = "--record-bytes",
            paramLabel = "N",
            defaultValue = "300",
            description = "Bytes of a record on the average (default: ${DEFAULT-VALUE}, a detection).")
    private int recordBytes = 300;

    @Option(
            names = "--events-in-record",
            paramLabel = "N",
            defaultValue = "1",
            description = "Events in a record on the average, where cameras send arrays (default: ${DEFAULT-VALUE}).")
    private double eventsInRecord = 1;

    @Option(names = "--json", description = "Prints one JSON object on stdout.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec command;

    /** Durations as in pipeline files. */
    static final class DurationConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            Duration duration = DurationText.parse(text);
            if (duration == null) {
                throw new TypeConversionException("`" + text + "` is no duration; accepted: " + DurationText.ACCEPTED);
            }
            return duration;
        }
    }

    @Override
    public Integer call() {
        requirePositive("--rate", rate);
        requirePositive("--groups", (double) groups);
        requirePositive("--record-bytes", recordBytes);
        requirePositive("--events-in-record", eventsInRecord);
        PipelineSpec pipeline = PipelineFile.load(file);
        pipeline = horizon == null ? pipeline : pipeline.withHorizon(horizon);
        pipeline = keep == null ? pipeline : pipeline.withHotWindowKept(keep);
        GridSize size = GridSize.of(pipeline, new GridSize.Traffic(rate, recordBytes, eventsInRecord, groups));
        System.out.print(json ? Json.object(fields(pipeline, size)) + "\n" : text(pipeline, size));
        System.out.flush();
        return Sightline.DONE;
    }

    private void requirePositive(String option, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new ParameterException(
                    requireNonNull(command).commandLine(), option + " takes a number above 0, and not " + value);
        }
    }

    private Map<String, Object> fields(PipelineSpec pipeline, GridSize size) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("pipeline", pipeline.name());
        fields.put("rate", rate);
        fields.put("horizon_seconds", pipeline.deduplicate().horizon().toSeconds());
        fields.put("keep_seconds", pipeline.hotWindow().keep().toSeconds());
        fields.put("marks_mb", size.marksMegabytes());
        fields.put("hot_window_mb", size.hotWindowMegabytes());
        fields.put("rollups_mb", size.rollupsMegabytes());
        fields.put("members", size.members());
        fields.put("heap_mb", size.heapMegabytes());
        fields.put("memory_mb", size.memoryMegabytes());
        fields.put("cores", size.cores());
        fields.put("topic_partitions", size.topicPartitions());
        fields.put("throughput_units", size.throughputUnits());
        fields.put("hour_of_backlog_minutes", size.hourOfBacklogMinutes());
        return fields;
    }

    private String text(PipelineSpec pipeline, GridSize size) {
        String heading = "%s at %,.0f events/s, ids for %s, rows for %s%n%n"
                .formatted(
                        pipeline.name(),
                        rate,
                        DurationText.of(pipeline.deduplicate().horizon()),
                        DurationText.of(pipeline.hotWindow().keep()));
        return heading
                + Table.text(
                        List.of("what", "is", "how it is known"),
                        List.of(
                                row("marks, MB", size.marksMegabytes(), "a bound, by their layout; with a backup"),
                                row("hot window, MB", size.hotWindowMegabytes(), "measured, a row; with a backup"),
                                row(
                                        "rollups, MB",
                                        size.rollupsMegabytes(),
                                        groups + " groups in each, estimated; with a backup"),
                                row("members", size.members(), "one of them may be away"),
                                row(
                                        "heap of a member, MB",
                                        size.heapMegabytes(),
                                        "ids, twice the rows, and 1 GB; one is away"),
                                row("memory of a member, MB", size.memoryMegabytes(), "estimated"),
                                row("cores of a member", size.cores(), "estimated; `sightline bench latency` measures"),
                                row("topic partitions", size.topicPartitions(), partitions(size)),
                                row("throughput units", size.throughputUnits(), units(size)),
                                row(
                                        "an hour of backlog, minutes",
                                        size.hourOfBacklogMinutes(),
                                        "limit of these units")));
    }

    private static String partitions(GridSize size) {
        return size.topicPartitions() > GridSize.MOST_TOPIC_PARTITIONS
                ? "more than Standard's " + GridSize.MOST_TOPIC_PARTITIONS + ": Premium or Dedicated"
                : "one for each reading thread and each unit";
    }

    private static String units(GridSize size) {
        return size.throughputUnits() > GridSize.MOST_THROUGHPUT_UNITS
                ? "more than Standard's " + GridSize.MOST_THROUGHPUT_UNITS + ": Premium or Dedicated"
                : "limits of Event Hubs, Standard";
    }

    private static List<Object> row(String what, long value, String known) {
        return List.of(what, value, known);
    }
}
