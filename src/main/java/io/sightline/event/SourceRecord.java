package io.sightline.event;

import org.jspecify.annotations.Nullable;

/**
 * What the source hands to decoding: one Kafka record, its value still bytes.
 *
 * @param topicPartition the topic partition it was read from
 * @param offset its offset there
 * @param timestampMillis the record's timestamp, never ahead of the member's clock; not yet made non-decreasing
 * @param key the record's key; null if it has none
 * @param value the record's value; empty for a tombstone
 * @param redrivenFrom the origin of the dead letter that it is sent again from; null if it comes from a camera
 */
public record SourceRecord(
        int topicPartition,
        long offset,
        long timestampMillis,
        byte @Nullable [] key,
        byte[] value,
        @Nullable Origin redrivenFrom) {

    /** A record without a key, from a camera. */
    public SourceRecord(int topicPartition, long offset, long timestampMillis, byte[] value) {
        this(topicPartition, offset, timestampMillis, null, value, null);
    }
}
