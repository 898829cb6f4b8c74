package io.sightline.cli;

import static java.util.Objects.requireNonNull;

import io.sightline.observe.Counter;
import io.sightline.observe.Counts;
import io.sightline.pipeline.Replay;
import io.sightline.pipeline.Replay.Standing;
import io.sightline.spec.PipelineFile;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.SourceSpec.Start;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code sightline replay}: a pipeline over the past, into a new table. */
@Command(
        name = "replay",
        description =
                "Runs a pipeline again over what its topic holds, or over Event Hubs Capture files, as fast as this"
                        + " machine goes, into a new table. Touches no grid.",
        mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
    private static final int PERCENT = 100;

    @Parameters(paramLabel = "FILE", description = "The pipeline file.")
    private Path file = Path.of("");

    @Option(
            names = "--from",
            required = true,
            paramLabel = "T",
            converter = From.class,
            description = "The first moment, as 2026-05-01T10:00:00Z, by the records' timestamps; or `earliest`.")
    private Start from = new Start.Earliest();

    @Option(
            names = "--to",
            paramLabel = "T",
            converter = HistoryShowCommand.Moment.class,
            description = "The first moment that is left out (default: all that there is when the command starts).")
    private @Nullable Instant to;

    @Option(
            names = "--table",
            required = true,
            paramLabel = "PATH",
            description = "The new table's folder, or abfss://...; with nothing in it.")
    private String table = "";

    @Option(
            names = "--capture",
            paramLabel = "DIR",
            description = "Reads the Capture files below this folder instead of the topic.")
    private @Nullable String capture;

    @Option(names = "--json", description = "Prints the counters as one JSON object on stdout.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() throws Exception {
        if (to != null && from instanceof Start.At at && !to.isAfter(at.time())) {
            throw new ParameterException(
                    requireNonNull(command).commandLine(), "--to is " + to + ", not after --from " + at.time());
        }
        PipelineSpec file = PipelineFile.load(this.file);
        HistoryOptions.folder(table, file.storage());
        PipelineSpec spec = file.withSource(file.source().withStart(from));
        long started = System.nanoTime();
        PrintWriter err = requireNonNull(command).commandLine().getErr();
        Map<String, Object> summary = HistoryOptions.onTable(() -> replay(spec, err));
        summary.put("seconds", Rounded.hundredths((System.nanoTime() - started) / 1e9));
        CounterSummary.print(summary, json, err);
        if (capture == null && spec.source().partitionsFrom() > 0) {
            err.println(
                    "sightline: in this table the topic is the first one: to go on from it, take source.partitions-from out"
                            + " of the file");
        }
        return Sightline.DONE;
    }

    private Map<String, Object> replay(PipelineSpec spec, PrintWriter err) throws IOException {
        try (Replay replay =
                capture == null ? Replay.ofTopic(spec, table, to) : Replay.ofCapture(spec, table, capture, to)) {
            err.println("sightline: " + replay.records() + " records to read");
            return summary(spec, replay.join(progress(replay.records(), err)), replay.rows());
        }
    }

    /** A line after each commit, with the rate since the one before. */
    private static Consumer<Standing> progress(long records, PrintWriter err) {
        long[] last = {0, System.nanoTime()};
        return standing -> {
            Counts counted = standing.counted();
            long now = System.nanoTime();
            long read = counted.total(Counter.RECORDS);
            err.printf(
                    "sightline: %d records, %d events, %d rows, %d %%, %.0f records/s%n",
                    read,
                    counted.total(Counter.EVENTS),
                    counted.total(Counter.ORIGINALS),
                    records == 0 ? PERCENT : (records - standing.left()) * PERCENT / records,
                    (read - last[0]) * 1e9 / (now - last[1]));
            last[0] = read;
            last[1] = now;
        };
    }

    private Map<String, Object> summary(PipelineSpec spec, Standing end, long rows) {
        Counts counted = end.counted();
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("pipeline", spec.name());
        summary.put("table", table);
        summary.put("version", end.version());
        summary.put("rows", rows);
        CounterSummary.add(summary, counted);
        summary.put("dead_letters_by_reason", counted.byLabel(Counter.DEAD_LETTERS));
        return summary;
    }

    /** A moment with its distance from UTC, or the beginning. */
    static final class From implements ITypeConverter<Start> {
        @Override
        public Start convert(String text) {
            if (text.equals("earliest")) {
                return new Start.Earliest();
            }
            try {
                return new Start.At(new HistoryShowCommand.Moment().convert(text));
            } catch (TypeConversionException e) {
                throw new TypeConversionException(e.getMessage() + ", or earliest");
            }
        }
    }
}
