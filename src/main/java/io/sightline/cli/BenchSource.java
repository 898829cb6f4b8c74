package io.sightline.cli;

import io.sightline.demo.FeedOptions;
import io.sightline.demo.Places;
import io.sightline.spec.HistorySpec;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The topic that a benchmark reads: one that somebody else fills, or one of its own. */
final class BenchSource {
    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "Reads a topic of this broker, which somebody else fills, instead of starting one.")
    private @Nullable String bootstrapServers;

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            defaultValue = "detections",
            description = "The topic, with --bootstrap-servers (default: ${DEFAULT-VALUE}).")
    private String topic = "detections";

    @Option(
            names = "--reference",
            paramLabel = "CSV",
            description = "The reference data of that feed (default: what the pipeline file says).")
    private @Nullable Path reference;

    @Option(
            names = "--expect",
            paramLabel = "N",
            description = "Ends when so many records or events are read and none is left, with --bootstrap-servers.")
    private @Nullable Long expect;

    @Option(
            names = "--history",
            paramLabel = "DIR",
            description = "Writes the pipeline's history too, into this folder, which must not exist yet.")
    private @Nullable Path history;

    /** What is read. */
    record Topic(PipelineSpec pipeline, String bootstrapServers, long expect) {}

    /** A pipeline over a topic of the benchmark's own, with the feed's reference data, written into this folder. */
    PipelineSpec own(PipelineSpec file, String bootstrapServers, String topic, Path directory) {
        Path reference = directory.resolve("locations.csv");
        Places.writeCsv(reference, FeedOptions.DEFAULT_PLACES);
        return LocalPipeline.withReference(at(file, bootstrapServers, topic), reference);
    }

    private PipelineSpec at(PipelineSpec file, String bootstrapServers, String topic) {
        PipelineSpec spec = LocalPipeline.at(file, bootstrapServers, topic);
        HistorySpec written = spec.history();
        if (history == null || written == null) {
            return spec.withHistory(null);
        }
        if (Files.exists(history)) {
            throw new Failure(Sightline.BAD_USAGE, "--history names a folder that exists: " + history);
        }
        Setting folder = new Setting(history.toAbsolutePath().toString());
        return spec.withHistory(written.at(folder, written.commitEvery()));
    }

    /**
     * The topic that was given, led to from this pipeline; null if the benchmark makes its own.
     *
     * @throws Failure if only a part of it was given
     */
    @Nullable
    Topic given(PipelineSpec file) {
        if (bootstrapServers == null) {
            if (reference != null || expect != null) {
                throw new Failure(
                        Sightline.BAD_USAGE, "--reference and --expect tell of the topic of --bootstrap-servers");
            }
            return null;
        }
        if (expect == null || expect < 1) {
            throw new Failure(
                    Sightline.BAD_USAGE, "--bootstrap-servers needs --expect N, how many records there will be");
        }
        PipelineSpec spec = at(file, bootstrapServers, topic);
        return new Topic(
                reference == null ? spec : LocalPipeline.withReference(spec, reference), bootstrapServers, expect);
    }
}
