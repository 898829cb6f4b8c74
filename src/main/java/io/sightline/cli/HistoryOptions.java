package io.sightline.cli;

import io.sightline.event.Column;
import io.sightline.history.RowCondition;
import io.sightline.history.delta.AzureStorage;
import io.sightline.history.delta.TableCare;
import io.sightline.history.delta.TableErasure;
import io.sightline.history.delta.TableFolder;
import io.sightline.spec.Environment;
import io.sightline.spec.HistorySpec;
import io.sightline.spec.HistorySpec.Compression;
import io.sightline.spec.PipelineFile;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.StorageSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Which history table: that of a pipeline file, or one named by its folder. */
final class HistoryOptions {
    private static final Path DEFAULT_FILE = Path.of("pipelines/detections.yaml");
    private static final Duration DEFAULT_COMMIT_EVERY = Duration.ofSeconds(30);

    @Parameters(
            paramLabel = "FILE",
            arity = "0..1",
            description = "The pipeline file whose history it is (default: pipelines/detections.yaml).")
    private @Nullable Path file;

    @Option(
            names = "--table",
            paramLabel = "PATH",
            description = "The table's folder, or abfss://..., instead of the file's history.table.")
    private @Nullable String table;

    /** The pipeline; null if only the table is named. */
    @Nullable
    PipelineSpec pipeline() {
        return file == null && table != null ? null : PipelineFile.load(file == null ? DEFAULT_FILE : file);
    }

    /** Whether the table is that of the file, with all that is beside it. */
    boolean isOfPipeline() {
        return table == null;
    }

    private @Nullable HistorySpec history() {
        PipelineSpec pipeline = pipeline();
        return pipeline == null ? null : pipeline.history();
    }

    TableFolder folder() {
        String location = table;
        if (location == null) {
            HistorySpec history = history();
            if (history == null) {
                throw new Failure(
                        Sightline.BAD_USAGE,
                        (file == null ? DEFAULT_FILE : file)
                                + " has no history; add `history: {table: ...}` to it, or name the folder with --table");
            }
            location = history.table().resolve(Environment.ofThisProcess(), "history.table");
        }
        return folder(location);
    }

    private TableFolder folder(String location) {
        PipelineSpec pipeline = pipeline();
        return folder(location, pipeline == null ? null : pipeline.storage());
    }

    /** @throws Failure if that is no folder's name */
    static TableFolder folder(String location, @Nullable StorageSpec storage) {
        try {
            return TableFolder.of(location, AzureStorage.options(storage, Environment.ofThisProcess()));
        } catch (IllegalArgumentException e) {
            throw new Failure(
                    Sightline.BAD_USAGE,
                    "`" + location + "` is no folder; accepted: a path, or"
                            + " abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/FOLDER",
                    e);
        }
    }

    private Compression compression() {
        HistorySpec history = history();
        return history == null ? Compression.SNAPPY : history.compression();
    }

    /** What keeps the table fit; drops no days, which is for the job that knows them. */
    TableCare care(Clock clock) {
        return new TableCare(folder(), compression(), null, clock::millis);
    }

    TableErasure erasure(Clock clock) throws IOException {
        return TableErasure.of(folder(), compression(), clock::millis);
    }

    /**
     * What {@code --where} of a command says.
     *
     * @param columns what it may speak of
     */
    static List<RowCondition> where(String text, List<Column> columns, CommandSpec command) {
        try {
            return RowCondition.parse(text, columns);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), "--where: " + e.getMessage());
        }
    }

    Duration commitEvery() {
        HistorySpec history = history();
        return history == null ? DEFAULT_COMMIT_EVERY : history.commitEvery();
    }

    /** Runs what reads or writes a table; a storage that fails is one clear line. */
    static <T> T onTable(Callable<T> work) throws Exception {
        try {
            return work.call();
        } catch (IOException e) {
            throw new Failure(Sightline.FAILED, String.valueOf(e.getMessage()), e);
        }
    }
}
