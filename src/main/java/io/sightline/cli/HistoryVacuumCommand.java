package io.sightline.cli;

import static java.util.Objects.requireNonNull;

import io.sightline.history.delta.TableCare;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sightline history vacuum}: files deleted that nobody needs any more. */
@Command(
        name = "vacuum",
        description = "Deletes files that nobody needs any more.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "A file goes if it is older than the table property delta.deletedFileRetentionDuration (7 days, never less",
            "than one), and if no version that was the newest within that time names it. Versions before that can no",
            "longer be read. The job may run meanwhile, and does the same by itself.",
        })
final class HistoryVacuumCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Prints one JSON object on stdout.")
    private boolean json;

    @Mixin
    private HistoryOptions history = new HistoryOptions();

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() throws Exception {
        Clock clock = Clock.systemUTC();
        TableCare care = history.care(clock);
        TableCare.Figures figures = HistoryOptions.onTable(() -> care.vacuum(clock.instant()));
        if (json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("files_deleted", figures.filesDeleted());
            object.put("bytes_deleted", figures.bytesDeleted());
            System.out.println(Json.object(object));
        }
        requireNonNull(command)
                .commandLine()
                .getErr()
                .println(
                        figures.filesDeleted() == 0
                                ? "sightline: nothing to delete"
                                : "sightline: %,d files deleted, %,d bytes"
                                        .formatted(figures.filesDeleted(), figures.bytesDeleted()));
        return Sightline.DONE;
    }
}
