package io.sightline.cli;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sightline dead-letters}: what was refused, and sending it again. */
@Command(
        name = "dead-letters",
        description = "Shows what pipelines refused, and sends it again.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {DeadLettersListCommand.class, DeadLettersShowCommand.class, DeadLettersRedriveCommand.class})
final class DeadLettersCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec command;

    @Override
    public void run() {
        throw new ParameterException(
                requireNonNull(command).commandLine(),
                "list, show or redrive? `sightline dead-letters --help` tells more");
    }
}
