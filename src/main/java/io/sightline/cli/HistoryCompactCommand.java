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

/** {@code sightline history compact}: small files of the table written anew as few large ones. */
@Command(
        name = "compact",
        description = "Writes small files anew as few of up to 128 MB, day by day; the rows stay the same.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "The job may run meanwhile, and does the same by itself. The old files stay until vacuum takes them, so that",
            "earlier versions can be read.",
        })
final class HistoryCompactCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Prints one JSON object on stdout.")
    private boolean json;

    @Mixin
    private HistoryOptions history = new HistoryOptions();

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() throws Exception {
        TableCare care = history.care(Clock.systemUTC());
        TableCare.Figures figures = HistoryOptions.onTable(care::compact);
        if (json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("files_compacted", figures.filesCompacted());
            object.put("files_written", figures.filesWritten());
            object.put("rows_rewritten", figures.rowsRewritten());
            object.put("conflicts", figures.conflicts());
            System.out.println(Json.object(object));
        }
        requireNonNull(command)
                .commandLine()
                .getErr()
                .println("sightline: "
                        + (figures.filesCompacted() == 0
                                ? "nothing to compact"
                                : "%,d files are now %,d, with the same %,d rows"
                                        .formatted(
                                                figures.filesCompacted(),
                                                figures.filesWritten(),
                                                figures.rowsRewritten()))
                        + (figures.conflicts() == 0
                                ? ""
                                : "; another program changed the same files meanwhile, run it again for the rest"));
        return Sightline.DONE;
    }
}
