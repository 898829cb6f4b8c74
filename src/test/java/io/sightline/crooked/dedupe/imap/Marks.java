package io.sightline.crooked.dedupe.imap;

import org.apache.kafka.common.TopicPartition;

/** An adapter of the grid that also knows Kafka. */
public record Marks(TopicPartition from) {}
