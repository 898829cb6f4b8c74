package io.sightline.cli;

import static java.util.Objects.requireNonNull;

import com.hazelcast.core.HazelcastInstance;
import io.sightline.demo.Ports;
import io.sightline.gateway.access.Role;
import io.sightline.gateway.access.SharedExecutions;
import io.sightline.gateway.server.GatewayServer;
import io.sightline.gateway.server.TlsFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a gateway starts; shared by every command that starts one. */
final class GatewayOptions {
    @Option(
            names = "--pg-port",
            paramLabel = "PORT",
            defaultValue = "5433",
            description = "The port of the PostgreSQL door (default: ${DEFAULT-VALUE}).")
    private int pgPort = 5433;

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "The port of the HTTP door and its live page (default: ${DEFAULT-VALUE}).")
    private int httpPort = 8080;

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "The address the doors listen on; another than this machine's own needs users and TLS"
                    + " (default: ${DEFAULT-VALUE}).")
    private String listen = "127.0.0.1";

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "The certificate, PEM, with those that signed it.")
    private @Nullable Path certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "The certificate's key, PEM (PKCS #8).")
    private @Nullable Path key;

    @Option(
            names = "--access",
            paramLabel = "FILE",
            description = "Users and roles (default: grid-config/access.yaml of the project).")
    private @Nullable Path access;

    @Option(
            names = "--audit",
            paramLabel = "FILE",
            description = "Where the audit log goes (default: data/audit.jsonl of the project).")
    private @Nullable Path audit;

    @Option(names = "--audit-literals", description = "Keeps the values in statements, which the audit log leaves out.")
    private boolean auditLiterals;

    @Option(
            names = "--no-sharing",
            description = "Runs identical statements each for itself, also if they come within 200 ms: for measuring.")
    private boolean withoutSharing;

    /** The access file of the project; null where there is none. */
    static @Nullable Path accessOfProject() {
        Path file = ofProject("grid-config", "access.yaml");
        return Files.exists(file) ? file : null;
    }

    private static Path ofProject(String folder, String file) {
        return Path.of(System.getProperty("sightline.home", "")).resolve(folder).resolve(file);
    }

    /** Opens the doors over a grid, and says to whom; if they do not open, shuts down the client or member it was given. */
    GatewayServer startOrShutDown(HazelcastInstance grid, PrintWriter err) {
        try {
            return start(grid, err);
        } catch (RuntimeException e) {
            grid.shutdown();
            throw e;
        }
    }

    private GatewayServer start(HazelcastInstance grid, PrintWriter err) {
        Path users = access == null ? accessOfProject() : access;
        try {
            GatewayServer gateway = GatewayServer.start(
                    grid,
                    new GatewayServer.Settings(
                            new InetSocketAddress(listen, pgPort),
                            new InetSocketAddress(listen, httpPort),
                            users,
                            audit == null ? ofProject("data", "audit.jsonl") : audit,
                            auditLiterals,
                            withoutSharing ? Duration.ZERO : SharedExecutions.WINDOW,
                            tls()));
            String host = new InetSocketAddress(listen, pgPort).getAddress().isAnyLocalAddress() ? "127.0.0.1" : listen;
            err.println("sightline: gateway ready; try: psql -h " + host + " -p " + gateway.pgPort() + " sightline");
            err.println("sightline: live page: " + gateway.url());
            err.println("sightline: " + whoMayEnter(gateway, users));
            return gateway;
        } catch (BindException e) {
            throw new Failure(
                    Sightline.FAILED,
                    String.valueOf(e.getMessage()).contains("in use")
                            ? taken()
                            : "cannot listen on " + listen + " (" + e.getMessage() + "); name another with --listen",
                    e);
        } catch (IOException e) {
            throw new Failure(Sightline.FAILED, "the gateway cannot start: " + e, e);
        } catch (IllegalArgumentException e) {
            throw new Failure(Sightline.BAD_USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    /** The HTTP door is the last to open, so it is another's if it answers; the other may be our own, about to close. */
    private String taken() {
        return Ports.answers(httpPort)
                ? "port " + httpPort + " is taken; name another with --http-port"
                : "port " + pgPort + " is taken; name another with --pg-port";
    }

    private @Nullable TlsFiles tls() {
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException("--tls-cert and --tls-key go together");
        }
        return certificate == null ? null : new TlsFiles(certificate, requireNonNull(key));
    }

    private static String whoMayEnter(GatewayServer gateway, @Nullable Path file) {
        if (gateway.access().isOpen()) {
            return "no users configured: whoever is on this machine enters without a password, as "
                    + Role.readerOfEverything().name() + " of everything; `sightline user add NAME --role R` ends that";
        }
        int issuers = gateway.access().tokenIssuers().size();
        return (issuers == 0 ? "" : "who may enter, by token over HTTP: those of " + issuers + " identity providers; ")
                + "who may enter, by password: the users of " + file + " ("
                + gateway.access().size() + ")";
    }
}
