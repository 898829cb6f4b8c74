package io.sightline.cli;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sightline history}: the Delta table that keeps every event. */
@Command(
        name = "history",
        description = "Shows the history table, and cares for it.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            HistoryVersionsCommand.class,
            HistoryShowCommand.class,
            HistoryCompactCommand.class,
            HistoryVacuumCommand.class,
            HistoryRestoreCommand.class,
            HistoryEraseCommand.class,
        })
final class HistoryCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec command;

    @Override
    public void run() {
        throw new ParameterException(
                requireNonNull(command).commandLine(),
                "versions, show, compact, vacuum, restore or erase? `sightline history --help` tells more");
    }
}
