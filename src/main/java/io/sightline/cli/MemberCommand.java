package io.sightline.cli;

import static java.util.Objects.requireNonNull;

import com.hazelcast.core.HazelcastInstance;
import io.sightline.grid.MemberDoor;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sightline member}: one grid member in the foreground. */
@Command(
        name = "member",
        description = "Runs one grid member until Ctrl-C. Members on one machine need different ports.",
        mixinStandardHelpOptions = true)
final class MemberCommand implements Callable<Integer> {
    @Mixin
    private MemberOptions options = new MemberOptions();

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter err = requireNonNull(command).commandLine().getErr();
        try (MemberDoor door = options.openDoor(err)) {
            HazelcastInstance member = options.start();
            door.serve(member);
            run(member, err);
        }
        return Sightline.DONE;
    }

    private static void run(HazelcastInstance member, PrintWriter err) throws InterruptedException {
        try (Foreground foreground = new Foreground(member, () -> {})) {
            err.println("sightline: member ready at "
                    + member.getCluster().getLocalMember().getAddress() + ", members: "
                    + member.getCluster().getMembers().size());
            while (!foreground.awaitEnd(Duration.ofDays(1))) {
                // Until asked to end.
            }
        }
    }
}
