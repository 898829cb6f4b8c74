package io.sightline.cli;

import io.sightline.history.delta.TableReader;
import io.sightline.history.delta.TableVersion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sightline history versions}: what the table was, and who made it so. */
@Command(
        name = "versions",
        description = "Lists the versions of the table that can still be read, newest first.",
        mixinStandardHelpOptions = true)
final class HistoryVersionsCommand implements Callable<Integer> {
    private static final List<String> COLUMNS =
            List.of("version", "time", "operation", "rows", "files", "bytes", "writer");

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "The newest so many (default: ${DEFAULT-VALUE}).")
    private int limit = 20;

    @Option(names = "--json", description = "Prints one JSON object on stdout.")
    private boolean json;

    @Mixin
    private HistoryOptions history = new HistoryOptions();

    @Override
    public Integer call() throws Exception {
        TableReader table = HistoryOptions.onTable(() -> TableReader.open(history.folder()));
        List<TableVersion> versions = new ArrayList<>(HistoryOptions.onTable(() -> table.versions(limit)));
        Collections.reverse(versions);
        List<List<@Nullable Object>> rows =
                versions.stream().map(HistoryVersionsCommand::row).toList();
        System.out.print(json ? Table.json(COLUMNS, rows) + "\n" : Table.text(COLUMNS, rows));
        if (limit < table.versionCount()) {
            System.err.println("sightline: only the newest " + rows.size() + " of " + table.versionCount()
                    + " versions; see --limit");
        }
        return Sightline.DONE;
    }

    private static List<@Nullable Object> row(TableVersion version) {
        return Arrays.<@Nullable Object>asList(
                version.version(),
                version.time(),
                version.operation(),
                version.rows(),
                version.files(),
                version.bytes(),
                version.writer());
    }
}
