package io.sightline.observe;

import java.io.Serializable;

/**
 * How far decoding has come in one topic partition.
 *
 * @param nextOffset the offset of the next record to read
 * @param sourceTimeMillis source time of the last record read
 */
public record Progress(int topicPartition, long nextOffset, long sourceTimeMillis) implements Serializable {}
