package io.sightline.cli;

import static java.util.Objects.requireNonNull;

import com.hazelcast.core.HazelcastInstance;
import io.sightline.gateway.server.GatewayServer;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sightline gateway}: what people reach the grid through, as a client of it. */
@Command(
        name = "gateway",
        description = {
            "Lets people read the grid over PostgreSQL's protocol and HTTP, each as far as their role reaches, until Ctrl-C.",
            "Several may run; on one machine they need different ports."
        },
        mixinStandardHelpOptions = true)
final class GatewayCommand implements Callable<Integer> {
    @Mixin
    private GridOptions grid = new GridOptions();

    @Mixin
    private GatewayOptions options = new GatewayOptions();

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter err = requireNonNull(command).commandLine().getErr();
        HazelcastInstance client = grid.connectForGood();
        GatewayServer gateway = options.startOrShutDown(client, err);
        try (Foreground foreground = new Foreground(client, gateway::close)) {
            while (!foreground.awaitEnd(Duration.ofDays(1))) {
                // Until asked to end.
            }
        }
        return Sightline.DONE;
    }
}
