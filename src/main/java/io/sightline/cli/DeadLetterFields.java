package io.sightline.cli;

import io.sightline.pipeline.DeadLetters.Entry;
import io.sightline.redrive.Mark;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A dead letter as named values, the same in every command. */
final class DeadLetterFields {
    private DeadLetterFields() {}

    /**
     * {@code redrive} is null, {@code sending} or {@code sent}; {@code redriven_as} is the place of the record that the
     * redrive made, and the id of the dead letter that this may have become.
     */
    static Map<String, @Nullable Object> of(Entry letter) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("id", DeadLetterId.of(letter.origin()));
        fields.put("pipeline", letter.pipeline());
        fields.put("reason", letter.reason());
        fields.put("field", letter.field());
        fields.put("detail", letter.detail());
        fields.put("source_time", letter.sourceTime());
        Mark mark = letter.redrive();
        fields.put("redrive", mark == null ? null : mark instanceof Mark.Sent ? "sent" : "sending");
        fields.put("redriven_at", mark == null ? null : Instant.ofEpochMilli(mark.atMillis()));
        fields.put("redriven_as", mark instanceof Mark.Sent sent ? sent.topicPartition() + ":" + sent.offset() : null);
        fields.put("redriven_from", letter.redrivenFrom() == null ? null : DeadLetterId.of(letter.redrivenFrom()));
        fields.put("text", letter.text());
        return fields;
    }

    /** The redrive in a few words: of this letter, or the one that this letter came from. */
    static String redrive(Entry letter) {
        String from = letter.redrivenFrom() == null ? "" : "from " + DeadLetterId.of(letter.redrivenFrom());
        Mark mark = letter.redrive();
        String to = mark == null ? "" : words(mark);
        return from.isEmpty() || to.isEmpty() ? from + to : from + ", " + to;
    }

    static String words(Mark mark) {
        return mark instanceof Mark.Sent sent ? "as " + sent.topicPartition() + ":" + sent.offset() : "in doubt";
    }
}
