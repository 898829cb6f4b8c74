package io.sightline.observe;

import java.io.Serializable;

/**
 * How far decoding has come in one topic partition.
 *
 * @param nextOffset the offset of the next record to read
 * @param sourceTimeMillis source time of the last record read; {@link #NONE_READ} if this job has read none
 */
public record Progress(int topicPartition, long nextOffset, long sourceTimeMillis) implements Serializable {
    public static final long NONE_READ = Long.MIN_VALUE;
}
