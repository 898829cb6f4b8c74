package io.sightline.cli;

import com.hazelcast.core.HazelcastInstance;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sightline status}: how the pipelines of a grid are doing. */
@Command(name = "status", description = "Shows how pipelines are doing.", mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    @Parameters(paramLabel = "NAME", arity = "0..1", description = "The pipeline's name (default: all).")
    private @Nullable String name;

    @Option(names = "--watch", description = "Goes on, once a second, until Ctrl-C.")
    private boolean watch;

    @Option(names = "--json", description = "Prints one JSON object on stdout (with --watch one a line).")
    private boolean json;

    @Mixin
    private GridOptions grid = new GridOptions();

    @Override
    public Integer call() throws InterruptedException {
        HazelcastInstance client = grid.connect();
        try {
            do {
                List<Map<String, @Nullable Object>> rows = StatusTable.read(client, name);
                if (name != null && rows.isEmpty()) {
                    throw new Failure(
                            Sightline.FAILED,
                            "no pipeline `" + name + "` has reported yet; `sightline jobs` lists what runs");
                }
                System.out.print(json ? Json.object(Map.of("pipelines", rows)) + "\n" : StatusTable.text(rows));
                System.out.flush();
                if (watch) {
                    TimeUnit.MILLISECONDS.sleep(INTERVAL.toMillis());
                }
            } while (watch);
            return Sightline.DONE;
        } finally {
            client.shutdown();
        }
    }
}
