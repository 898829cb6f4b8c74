package io.sightline.cli;

import io.sightline.demo.EndsWithParent;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** The command line: {@code sightline COMMAND}. Exit status 0: done, 1: failed, 2: bad usage or bad file. */
@Command(
        name = "sightline",
        description = "Real-time item detection dashboards on a Hazelcast grid.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            CheckCommand.class,
            TestCommand.class,
            RunCommand.class,
            MemberCommand.class,
            GatewayCommand.class,
            UserCommand.class,
            SubmitCommand.class,
            UpgradeCommand.class,
            JobsCommand.class,
            StopCommand.class,
            StatusCommand.class,
            SqlCommand.class,
            DeadLettersCommand.class,
            HistoryCommand.class,
            ReplayCommand.class,
            SimulateCommand.class,
            SizeCommand.class,
            BenchCommand.class,
        })
public final class Sightline implements Runnable {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int BAD_USAGE = 2;

    @CommandLine.Spec
    private CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

    private Sightline() {}

    public static void main(String[] arguments) {
        EndsWithParent.ifAsked(
                () -> System.exit(DONE), () -> Runtime.getRuntime().halt(DONE));
        System.exit(execute(arguments));
    }

    /** Runs one command in this process and gives its exit status. */
    static int execute(String... arguments) {
        return new CommandLine(new Sightline())
                .setExecutionExceptionHandler((failure, command, parsed) -> report(failure, command.getErr()))
                .setParameterExceptionHandler(Sightline::reportBadUsage)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments);
    }

    @Override
    public void run() {
        throw new ParameterException(
                java.util.Objects.requireNonNull(spec).commandLine(), "which command? `sightline --help` lists them");
    }

    private static int report(Exception failure, PrintWriter err) {
        Failure known = Failure.of(failure);
        err.println("sightline: " + known.message());
        return known.exitStatus();
    }

    private static int reportBadUsage(ParameterException bad, String[] arguments) {
        PrintWriter err = bad.getCommandLine().getErr();
        err.println("sightline: " + bad.getMessage());
        err.println("try: " + bad.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return BAD_USAGE;
    }
}
