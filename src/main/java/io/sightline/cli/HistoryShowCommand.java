package io.sightline.cli;

import static java.util.Objects.requireNonNull;

import io.sightline.event.Column;
import io.sightline.history.RowCondition;
import io.sightline.history.delta.TableReader;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code sightline history show}: rows of the table as it is, or as it was. */
@Command(
        name = "show",
        description = "Shows rows of the table as it is, or as it was.",
        footer = {
            "",
            "Reads only the files whose day and bounds let them hold such rows: say event_date = '2026-05-01' first.",
        })
final class HistoryShowCommand implements Callable<Integer> {
    // By hand: the standard ones have a --version, too.
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help message and exit.")
    @SuppressWarnings("UnusedVariable")
    private boolean help;

    @Option(names = "--version", paramLabel = "N", description = "As of this version (default: the newest).")
    private @Nullable Long version;

    @Option(
            names = "--at",
            paramLabel = "T",
            converter = Moment.class,
            description = "As it was at this moment, such as 2026-05-01T10:00:00Z.")
    private @Nullable Instant at;

    @Option(
            names = "--where",
            paramLabel = "CONDITION",
            description = "Only such rows: item = 'person' AND confidence >= 0.9")
    private @Nullable String where;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "So many rows at most (default: ${DEFAULT-VALUE}).")
    private int limit = 100;

    @Option(names = "--json", description = "Prints one JSON object on stdout.")
    private boolean json;

    @Mixin
    private HistoryOptions history = new HistoryOptions();

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() throws Exception {
        if (version != null && at != null) {
            throw new ParameterException(
                    requireNonNull(command).commandLine(), "give a --version or a moment with --at, not both");
        }
        return HistoryOptions.onTable(() -> show(TableReader.open(history.folder())));
    }

    private int show(TableReader table) throws Exception {
        long shown = version != null ? version : at != null ? table.at(at) : table.newest();
        List<Column> columns = table.columns(shown);
        List<RowCondition> conditions =
                where == null ? List.of() : HistoryOptions.where(where, columns, requireNonNull(command));
        TableReader.Rows found = table.rows(shown, conditions, limit);
        List<String> names = columns.stream().map(Column::name).toList();
        System.out.print(json ? Table.json(names, found.rows()) + "\n" : Table.text(names, found.rows()));
        System.err.println("sightline: version " + shown + ", " + found.filesRead() + " of " + found.files()
                + " files read" + (found.hasMore() ? "; there are more such rows, see --limit" : ""));
        return Sightline.DONE;
    }

    /** A moment with its distance from UTC. */
    static final class Moment implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String text) {
            try {
                return OffsetDateTime.parse(text).toInstant();
            } catch (DateTimeException e) {
                throw new TypeConversionException(
                        "`" + text + "` is no moment; accepted: one such as 2026-05-01T10:00:00Z");
            }
        }
    }
}
