package io.sightline.cli;

import static java.util.Objects.requireNonNull;

import io.sightline.gateway.access.Access;
import io.sightline.gateway.access.ScramVerifier;
import io.sightline.spec.AccessFileException;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sightline user add}: one more user in the access file, by what a password is checked with. */
@Command(
        name = "add",
        description = {
            "Adds a user to the access file; a gateway that runs knows them a second later.",
            "Asks for the password, which is stored nowhere: the file gets what it is checked with."
        },
        mixinStandardHelpOptions = true)
final class UserAddCommand implements Callable<Integer> {
    /** PostgreSQL's own numbers. */
    private static final int ITERATIONS = 4096;

    private static final int SALT_BYTES = 16;

    @Parameters(paramLabel = "NAME", description = "The name to log in with.")
    private String name = "";

    @Option(names = "--role", paramLabel = "R", required = true, description = "The user's role, one of the file's.")
    private String role = "";

    @Option(
            names = "--claim",
            paramLabel = "NAME=VALUE",
            description = "A value for the role's row filters; may be given several times.")
    private Map<String, String> claims = new LinkedHashMap<>();

    @Option(
            names = "--access",
            paramLabel = "FILE",
            description = "The access file (default: grid-config/access.yaml of the project).")
    private @Nullable Path access;

    @Option(names = "--password-stdin", description = "Reads the password from a line of standard input.")
    private boolean passwordFromStdin;

    @Option(names = "--print", description = "Prints the entry on stdout, and leaves the file as it is.")
    private boolean print;

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() throws IOException {
        Path file = access == null ? GatewayOptions.accessOfProject() : access;
        if (file == null) {
            throw new ParameterException(
                    requireNonNull(command).commandLine(), "there is no access file here; name one with --access");
        }
        Access.load(file);
        UserEntry entry = new UserEntry(name, role, verifier(password()), claims);
        String changed = entry.putInto(Files.readString(file));
        Path checked = checked(file, changed);
        if (print) {
            Files.delete(checked);
            System.out.print(entry.yaml(""));
            return Sightline.DONE;
        }
        Files.move(checked, file.toRealPath(), StandardCopyOption.ATOMIC_MOVE);
        requireNonNull(command)
                .commandLine()
                .getErr()
                .println("sightline: user " + name + " has role " + role + " in " + file);
        return Sightline.DONE;
    }

    /** The changed file beside the old one, with its rights, once it has proven to be of use. */
    private static Path checked(Path file, String changed) throws IOException {
        Path real = file.toRealPath();
        Path draft = real.resolveSibling(real.getFileName() + ".draft");
        Files.copy(real, draft, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
        try {
            Files.writeString(draft, changed);
            Access.load(draft);
            return draft;
        } catch (AccessFileException e) {
            Files.delete(draft);
            throw new Failure(
                    Sightline.BAD_USAGE,
                    "the file would be of no use with that user: "
                            + String.valueOf(e.getMessage()).replace(draft.toString(), file.toString()),
                    e);
        }
    }

    private static ScramVerifier verifier(String password) {
        byte[] salt = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        return ScramVerifier.of(password, salt, ITERATIONS);
    }

    private String password() throws IOException {
        String password = passwordFromStdin ? lineOfStdin() : askedTwice();
        if (password.isEmpty()) {
            throw new Failure(Sightline.BAD_USAGE, "an empty password is none");
        }
        return password;
    }

    private static String lineOfStdin() throws IOException {
        String line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        return line == null ? "" : line;
    }

    @SuppressWarnings(
            "SystemConsoleNull") // Since JDK 22 there always is one, which reads lines where there is no terminal.
    private String askedTwice() {
        Console console = System.console();
        if (console == null) {
            throw new ParameterException(
                    requireNonNull(command).commandLine(),
                    "there is no terminal to ask for the password; give it with --password-stdin");
        }
        char[] first = console.readPassword("Password for %s: ", name);
        char[] second = console.readPassword("Again: ");
        if (first == null || second == null || !String.valueOf(first).equals(String.valueOf(second))) {
            throw new Failure(Sightline.FAILED, "the two passwords are not the same; nothing was changed");
        }
        return String.valueOf(first);
    }
}
