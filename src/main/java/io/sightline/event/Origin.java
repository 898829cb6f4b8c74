package io.sightline.event;

import java.io.Serializable;
import java.util.Comparator;

/**
 * Where an event came from. The topic is the pipeline's own, so it is not repeated here.
 *
 * @param topicPartition the topic partition
 * @param offset the record's offset in it
 * @param index the position in the record's array; 0 for a record that is one object
 */
public record Origin(int topicPartition, long offset, int index) implements Comparable<Origin>, Serializable {
    private static final Comparator<Origin> ORDER = Comparator.comparingInt(Origin::topicPartition)
            .thenComparingLong(Origin::offset)
            .thenComparingInt(Origin::index);

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
