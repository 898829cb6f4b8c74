package io.sightline.cli;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sightline user}: who may log in to a gateway. */
@Command(
        name = "user",
        description = "Says who may log in to a gateway.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = UserAddCommand.class)
final class UserCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec command;

    @Override
    public void run() {
        throw new ParameterException(
                requireNonNull(command).commandLine(), "add whom? `sightline user add --help` tells more");
    }
}
