package io.sightline.cli;

import com.hazelcast.core.HazelcastInstance;
import io.sightline.event.DeadLetter.Reason;
import io.sightline.pipeline.DeadLetters;
import io.sightline.pipeline.DeadLetters.Entry;
import io.sightline.pipeline.DeadLetters.Filter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sightline dead-letters list}: what was refused and why, newest first. */
@Command(name = "list", description = "Lists dead letters, newest first.", mixinStandardHelpOptions = true)
final class DeadLettersListCommand implements Callable<Integer> {
    private static final List<String> COLUMNS =
            List.of("id", "pipeline", "reason", "field", "source_time", "redriven", "text");

    @Option(
            names = "--reason",
            paramLabel = "R",
            converter = ReasonCode.class,
            description = "Only those refused for this reason, such as not_json.")
    private @Nullable Reason reason;

    @Option(names = "--pipeline", paramLabel = "NAME", description = "Only those of this pipeline.")
    private @Nullable String pipeline;

    @Option(
            names = "--max-rows",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Lists so many at most (default: ${DEFAULT-VALUE}).")
    private int maxRows = 1_000;

    @Option(names = "--json", description = "Prints one JSON object on stdout.")
    private boolean json;

    @Mixin
    private GridOptions grid = new GridOptions();

    @Override
    public Integer call() {
        HazelcastInstance client = grid.connect();
        try {
            DeadLetters letters = new DeadLetters(client);
            Filter filter = new Filter(pipeline, reason, null);
            List<Entry> entries = letters.list(filter, maxRows);
            long all = entries.size() < maxRows ? entries.size() : letters.count(filter);
            if (json) {
                Map<String, @Nullable Object> object = new LinkedHashMap<>();
                object.put("dead_letters", all);
                object.put("rows", entries.stream().map(DeadLetterFields::of).toList());
                System.out.println(Json.object(object));
            } else {
                System.out.print(Table.text(
                        COLUMNS,
                        entries.stream().map(DeadLettersListCommand::row).toList()));
            }
            if (all > entries.size()) {
                System.err.println("sightline: only the newest " + entries.size() + " of " + all
                        + " dead letters; see --max-rows and --reason");
            }
            return Sightline.DONE;
        } finally {
            client.shutdown();
        }
    }

    private static List<@Nullable Object> row(Entry letter) {
        return new ArrayList<>(Arrays.<@Nullable Object>asList(
                DeadLetterId.of(letter.origin()),
                letter.pipeline(),
                letter.reason(),
                letter.field(),
                letter.sourceTime(),
                DeadLetterFields.redrive(letter),
                letter.text()));
    }
}
