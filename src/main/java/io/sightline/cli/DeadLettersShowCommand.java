package io.sightline.cli;

import com.hazelcast.core.HazelcastInstance;
import io.sightline.event.Origin;
import io.sightline.pipeline.DeadLetters;
import io.sightline.pipeline.DeadLetters.Entry;
import io.sightline.pipeline.DeadLetters.Filter;
import io.sightline.redrive.Letter;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sightline dead-letters show}: one dead letter, with its bytes. */
@Command(
        name = "show",
        description = "Shows one dead letter with all its bytes: as text, or as a dump where they are no text.",
        mixinStandardHelpOptions = true)
final class DeadLettersShowCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "ID",
            converter = DeadLetterId.class,
            description = "The letter's id, such as 3:1042, from `dead-letters list`.")
    private Origin id = new Origin(0, 0, 0);

    @Option(names = "--pipeline", paramLabel = "NAME", description = "The pipeline, if several have such a letter.")
    private @Nullable String pipeline;

    @Option(names = "--json", description = "Prints one JSON object on stdout, with the bytes as raw_base64.")
    private boolean json;

    @Mixin
    private GridOptions grid = new GridOptions();

    @Override
    public Integer call() {
        HazelcastInstance client = grid.connect();
        try {
            DeadLetters letters = new DeadLetters(client);
            String name = DeadLetterChoice.pipeline(letters, new Filter(pipeline, null, id));
            List<Entry> entries = letters.list(new Filter(name, null, id), 1);
            Letter letter = letters.letter(name, id);
            if (entries.isEmpty() || letter == null) {
                throw new Failure(Sightline.FAILED, "dead letter " + DeadLetterId.of(id) + " has just gone");
            }
            Map<String, @Nullable Object> fields = DeadLetterFields.of(entries.get(0));
            fields.put("bytes", letter.value().length);
            System.out.println(json ? json(fields, letter) : text(fields, letter));
            return Sightline.DONE;
        } finally {
            client.shutdown();
        }
    }

    private static String json(Map<String, @Nullable Object> fields, Letter letter) {
        byte[] key = letter.key();
        fields.put("key_base64", key == null ? null : Base64.getEncoder().encodeToString(key));
        fields.put("raw_base64", Base64.getEncoder().encodeToString(letter.value()));
        return Json.object(fields);
    }

    private static String text(Map<String, @Nullable Object> fields, Letter letter) {
        byte[] key = letter.key();
        fields.remove("text");
        fields.put("key", key == null ? null : Bytes.forPeople(key));
        StringBuilder text = new StringBuilder();
        fields.forEach((name, value) -> {
            if (value != null) {
                text.append("%-14s %s%n".formatted(name, Json.text(value)));
            }
        });
        return text.append('\n').append(Bytes.forPeople(letter.value())).toString();
    }
}
