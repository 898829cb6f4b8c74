package io.sightline.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.sightline.event.Column;
import io.sightline.observe.Counter;
import io.sightline.observe.Counts;
import io.sightline.pipeline.OfflineRun;
import io.sightline.pipeline.Rows;
import io.sightline.source.RecordedFile;
import io.sightline.source.SourceException;
import io.sightline.spec.EnrichSpec;
import io.sightline.spec.PipelineFile;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupSpec;
import io.sightline.spec.Setting;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sightline test}: the pipeline's own job over a recorded file, with every result as a file. */
@Command(
        name = "test",
        description = "Runs a pipeline offline over a recorded file, through the same job as in production.",
        mixinStandardHelpOptions = true)
final class TestCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The pipeline file.")
    private Path file = Path.of("");

    @Option(
            names = "--input",
            required = true,
            paramLabel = "F",
            description = "The recorded file: one record a line, in the order of arrival; gzip if it ends in .gz.")
    private Path input = Path.of("");

    @Option(
            names = "--reference",
            paramLabel = "NAME=F",
            description = "Reads this reference data from F instead of where the pipeline file says.")
    private Map<String, String> references = Map.of();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Writes events.jsonl, duplicates.jsonl, dead-letters.jsonl and rollups/NAME.jsonl there.")
    private @Nullable Path out;

    @Option(
            names = "--topic-partitions",
            paramLabel = "N",
            defaultValue = "1",
            description = "Spreads the records over so many topic partitions (default: ${DEFAULT-VALUE}).")
    private int topicPartitions = 1;

    @Option(names = "--json", description = "Prints the counters as one JSON object on stdout.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() throws IOException {
        if (topicPartitions < 1 || topicPartitions > 1_000) {
            throw new Failure(
                    Sightline.BAD_USAGE, "--topic-partitions is " + topicPartitions + "; accepted: 1 to 1000");
        }
        PipelineSpec spec = withReferences(PipelineFile.load(file));
        if (!Files.isRegularFile(input)) {
            throw new NoSuchFileException(input.toString());
        }
        checkInput();
        PrintWriter err =
                java.util.Objects.requireNonNull(command).commandLine().getErr();
        long started = System.nanoTime();
        try (OfflineRun run = OfflineRun.start(spec, input, topicPartitions)) {
            run.join(records -> err.println("sightline: " + records + " records"));
            if (out != null) {
                write(run, spec, out);
            }
            Map<String, Object> summary = summary(spec, run.counts());
            summary.put("seconds", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started) / 1_000.0);
            CounterSummary.print(summary, json, err);
        }
        return Sightline.DONE;
    }

    private void checkInput() {
        try {
            RecordedFile.check(input);
        } catch (SourceException e) {
            throw new Failure(Sightline.BAD_USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private Map<String, Object> summary(PipelineSpec spec, Counts counts) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("pipeline", spec.name());
        CounterSummary.add(summary, counts);
        summary.put("late", counts.total(Counter.LATE));
        summary.put("late_uncorrected", counts.total(Counter.LATE_UNCORRECTED));
        summary.put("rollup_overflow", counts.total(Counter.ROLLUP_OVERFLOW));
        summary.put("dead_letters_by_reason", counts.byLabel(Counter.DEAD_LETTERS));
        summary.put("topic_partitions", topicPartitions);
        return summary;
    }

    private PipelineSpec withReferences(PipelineSpec spec) {
        for (String name : references.keySet()) {
            if (spec.enrich().stream()
                    .noneMatch(reference -> reference.reference().equals(name))) {
                throw new Failure(
                        Sightline.BAD_USAGE,
                        "--reference " + name + ": the pipeline has no such reference; accepted: "
                                + spec.enrich().stream()
                                        .map(EnrichSpec::reference)
                                        .toList());
            }
        }
        List<EnrichSpec> enrich = spec.enrich().stream()
                .map(reference -> {
                    String from = references.get(reference.reference());
                    return from == null ? reference : reference.withFrom(new Setting(from));
                })
                .toList();
        return spec.withEnrich(enrich);
    }

    private static void write(OfflineRun run, PipelineSpec spec, Path directory) throws IOException {
        Files.createDirectories(directory.resolve("rollups"));
        writeLines(directory.resolve("events.jsonl"), run.events());
        writeLines(directory.resolve("duplicates.jsonl"), run.duplicates());
        writeLines(directory.resolve("dead-letters.jsonl"), run.deadLetters());
        for (RollupSpec rollup : spec.rollups()) {
            writeLines(directory.resolve("rollups").resolve(rollup.name() + ".jsonl"), run.rollup(rollup));
        }
    }

    private static void writeLines(Path file, Rows rows) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
                JsonGenerator json = Json.generator(out)) {
            json.setRootValueSeparator(null);
            for (@Nullable Object[] values : rows.values()) {
                json.writeStartObject();
                for (int i = 0; i < values.length; i++) {
                    Column column = rows.columns().get(i);
                    json.writeFieldName(column.name());
                    Json.write(json, Rows.forPeople(column, values[i]));
                }
                json.writeEndObject();
                json.writeRaw('\n');
            }
        }
    }
}
