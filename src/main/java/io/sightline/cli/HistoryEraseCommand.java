package io.sightline.cli;

import static java.util.Objects.requireNonNull;

import io.sightline.history.RowCondition;
import io.sightline.history.delta.TableErasure;
import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sightline history erase}: rows of one camera, or one person, out of the table. */
@Command(
        name = "erase",
        description = "Takes the rows that meet a condition out of the table.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "The job may run meanwhile; rows that it appends meanwhile stay, so let the camera be silent first. Earlier",
            "versions keep the rows until vacuum takes their files. The tables beside that of the events (dead letters,",
            "rollups) are named with --table, each for itself.",
        })
final class HistoryEraseCommand implements Callable<Integer> {
    @Option(
            names = "--where",
            paramLabel = "CONDITION",
            required = true,
            description = "Which rows: camera_id = 'cam-0007' AND event_date <= '2026-05-01'")
    private String where = "";

    @Option(names = "--dry-run", description = "Only counts them.")
    private boolean dryRun;

    @Option(names = "--json", description = "Prints one JSON object on stdout.")
    private boolean json;

    @Mixin
    private HistoryOptions history = new HistoryOptions();

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() throws Exception {
        return HistoryOptions.onTable(this::erase);
    }

    private int erase() throws IOException {
        TableErasure erasure = history.erasure(Clock.systemUTC());
        List<RowCondition> conditions = HistoryOptions.where(where, erasure.columns(), requireNonNull(command));
        if (dryRun) {
            long rows = erasure.count(conditions);
            print(Map.of("rows", rows), "%,d rows would be erased".formatted(rows));
            return Sightline.DONE;
        }
        TableErasure.Done done = erasure.erase(conditions);
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("rows", done.rows());
        object.put("files_removed", done.filesBefore());
        object.put("files_added", done.filesAfter());
        print(
                object,
                done.rows() == 0
                        ? "no row meets the condition"
                        : ("%,d rows are erased (%,d files out, %,d in); `history vacuum` deletes the old files once no version"
                                        + " within the retention names them")
                                .formatted(done.rows(), done.filesBefore(), done.filesAfter()));
        return Sightline.DONE;
    }

    private void print(Map<String, Object> object, String words) {
        if (json) {
            System.out.println(Json.object(object));
        }
        requireNonNull(command).commandLine().getErr().println("sightline: " + words);
    }
}
