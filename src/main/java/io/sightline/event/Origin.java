package io.sightline.event;

import java.io.Serializable;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where an event came from. The topic is the pipeline's own, so it is not repeated here.
 *
 * @param topicPartition the topic partition
 * @param offset the record's offset in it
 * @param index the position in the record's array; 0 for a record that is one object
 */
public record Origin(int topicPartition, long offset, int index) implements Comparable<Origin>, Serializable {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,9}):(\\d{1,18}):(\\d{1,9})");
    private static final Comparator<Origin> ORDER = Comparator.comparingInt(Origin::topicPartition)
            .thenComparingLong(Origin::offset)
            .thenComparingInt(Origin::index);

    /** The origin that {@link #toString} gave as text; null if it is no such text. */
    public static @Nullable Origin parse(String text) {
        Matcher parts = TEXT.matcher(text);
        return parts.matches()
                ? new Origin(
                        Integer.parseInt(parts.group(1)),
                        Long.parseLong(parts.group(2)),
                        Integer.parseInt(parts.group(3)))
                : null;
    }

    @Override
    public int compareTo(Origin other) {
        return ORDER.compare(this, other);
    }

    /** {@code partition:offset:index}, the form in which people see and type an origin. */
    @Override
    public String toString() {
        return topicPartition + ":" + offset + ":" + index;
    }
}
