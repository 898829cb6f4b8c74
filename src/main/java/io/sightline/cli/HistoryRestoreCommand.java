package io.sightline.cli;

import static java.util.Objects.requireNonNull;

import io.sightline.history.ProgressVector;
import io.sightline.history.delta.TableFolder;
import io.sightline.history.delta.TableRestore;
import io.sightline.pipeline.PipelineJob;
import io.sightline.source.HeldRecords;
import io.sightline.spec.Environment;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.SourceSpec;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sightline history restore}: the rows of an earlier version, as a new one. */
@Command(
        name = "restore",
        description = "Takes the rows of the table back to those of an earlier version, as a new version.",
        footer = {
            "",
            "Stop the job first, and submit it again afterwards: it starts cold, from where the table is then. Restoring",
            "the version before takes it back. Given the FILE, the tables beside that of the events go back with it.",
        })
final class HistoryRestoreCommand implements Callable<Integer> {
    private static final int QUIET_COMMITS = 3;

    // By hand: the standard ones have a --version, too.
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help message and exit.")
    @SuppressWarnings("UnusedVariable")
    private boolean help;

    @Option(names = "--version", paramLabel = "N", required = true, description = "The version to go back to.")
    private long version;

    @ArgGroup(multiplicity = "1")
    private Offsets offsets = new Offsets();

    @Option(names = "--force", description = "Even if a job has committed a moment ago: it is refused from then on.")
    private boolean force;

    @Option(names = "--json", description = "Prints one JSON object on stdout.")
    private boolean json;

    @Mixin
    private HistoryOptions history = new HistoryOptions();

    @Spec
    private @Nullable CommandSpec command;

    /** What becomes of how far the topic has been read. */
    private static final class Offsets {
        @Option(
                names = "--rewind",
                description = "Goes back as well: the job reads again what came since. Needs the broker to hold it.")
        private boolean rewind;

        @Option(names = "--keep-offsets", description = "Stays: what came since is out of the table for good.")
        @SuppressWarnings("UnusedVariable") // Exactly one of the two is given.
        private boolean keep;
    }

    @Override
    public Integer call() throws Exception {
        return HistoryOptions.onTable(this::restore);
    }

    private int restore() throws IOException {
        Clock clock = Clock.systemUTC();
        TableRestore restore = TableRestore.plan(history.folder(), version, clock::millis);
        if (!force) {
            requireStopped(restore.lastCommit(), clock.instant());
        }
        PipelineSpec pipeline = history.pipeline();
        if (offsets.rewind) {
            if (pipeline == null) {
                throw new ParameterException(
                        requireNonNull(command).commandLine(),
                        "--rewind asks the broker: name the pipeline FILE as well as the --table");
            }
            requireHeld(pipeline.source(), restore);
        }
        // The others first: a table that is behind that of the events is brought to it when the job starts.
        if (pipeline != null && history.isOfPipeline()) {
            ProgressVector read = restore.offsets(pipeline.source().topic());
            for (TableFolder beside : PipelineJob.tablesBesideEvents(pipeline)) {
                back(TableRestore.planBeside(beside, pipeline.source().topic(), read, clock::millis), pipeline);
            }
        }
        report(back(restore, pipeline));
        return Sightline.DONE;
    }

    private TableRestore.Done back(TableRestore restore, @Nullable PipelineSpec pipeline) throws IOException {
        Optional<TableRestore.Done> done = offsets.rewind && pipeline != null
                ? restore.rewind(pipeline.source().topic())
                : restore.keepOffsets();
        return done.orElseThrow(() -> new Failure(
                Sightline.FAILED, "another commit came in between; stop the job, then run the same command again"));
    }

    private void requireStopped(Optional<Instant> lastCommit, Instant now) {
        Duration quiet = history.commitEvery().multipliedBy(QUIET_COMMITS);
        if (lastCommit.isPresent() && Duration.between(lastCommit.get(), now).compareTo(quiet) < 0) {
            throw new Failure(
                    Sightline.FAILED,
                    "a job has committed to the table at " + Json.text(lastCommit.get())
                            + ": stop it, wait until it has been silent for " + quiet.toSeconds()
                            + " s, then restore; or restore with --force, which it does not survive");
        }
    }

    private void requireHeld(SourceSpec source, TableRestore restore) {
        ProgressVector back = restore.offsets(source.topic());
        int first = source.partitionsFrom();
        if (first > 0 && back.size() <= first) {
            throw new Failure(
                    Sightline.FAILED,
                    "version " + version + " is from before the topic that is read now (source.partitions-from: "
                            + first + "), whose offsets mean nothing there; choose a later version, or --keep-offsets");
        }
        HeldRecords held = HeldRecords.ask(source, setting -> setting.resolve(Environment.ofThisProcess()));
        for (int partition = first;
                partition < Math.max(back.size(), first + held.first().size());
                partition++) {
            if (!held.canGoOnAt(partition, back.next(partition))) {
                throw new Failure(
                        Sightline.FAILED,
                        "version " + version + " goes on at offset " + back.next(partition) + " of topic partition "
                                + partition + ", and the broker holds " + range(held, partition)
                                + ": what is missing would be missing from the table; choose a later version, or"
                                + " --keep-offsets");
            }
        }
    }

    private static String range(HeldRecords held, int partition) {
        Long first = held.first().get(partition);
        return first == null
                ? "no such partition"
                : "those from " + first + " to " + held.next().get(partition);
    }

    private void report(TableRestore.Done done) {
        if (json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("version", done.version());
            object.put("restored", version);
            object.put("files_added", done.filesAdded());
            object.put("files_removed", done.filesRemoved());
            System.out.println(Json.object(object));
        }
        requireNonNull(command)
                .commandLine()
                .getErr()
                .println("sightline: version " + done.version() + " has the rows of version " + version + " ("
                        + done.filesRemoved() + " files out, " + done.filesAdded() + " in), and "
                        + (offsets.rewind
                                ? "the job will read again what came since: submit it"
                                : "what came since stays out of the table: submit the job"));
    }
}
