package io.sightline.source;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a broker said of the topic of a source, at one moment.
 *
 * @param bootstrapServers the address as resolved
 * @param topicPartitions by number
 * @param settingsTold whether the broker told how the topic is set up; Event Hubs may not
 * @param retention how long a record is kept; null if that is not known, or for ever
 * @param timestamps what a record's timestamp is; null if neither the broker nor a record tells
 * @param clockAhead how far the broker's clock is ahead of ours, by the records that came while we listened, less the time that
 *     the fastest was on its way; null if none came, or timestamps are not the broker's
 * @param longestThrottle how long the broker made us wait, at the longest, because we asked for too much; zero if it did not
 */
public record TopicReport(
        String bootstrapServers,
        List<Part> topicPartitions,
        boolean settingsTold,
        @Nullable Duration retention,
        @Nullable Timestamps timestamps,
        @Nullable Duration clockAhead,
        Duration longestThrottle) {
    public TopicReport {
        topicPartitions = List.copyOf(topicPartitions);
    }

    /** What a record's timestamp is. */
    public enum Timestamps {
        /** When the broker took the record: LogAppendTime. */
        LOG_APPEND_TIME,
        /** What its producer says: CreateTime. */
        CREATE_TIME
    }

    /**
     * A topic partition.
     *
     * @param oldestOffset of the oldest record that it holds
     * @param nextOffset that the next record to arrive will get
     * @param newestAt the timestamp of the newest record; null if there is none, or it could not be read in time
     */
    public record Part(
            int topicPartition,
            long oldestOffset,
            long nextOffset,
            @Nullable Instant newestAt) {
        /** How many there are to be read by who begins at the oldest; fewer, where offsets are without a record. */
        public long backlog() {
            return nextOffset - oldestOffset;
        }
    }

    /** That of all topic partitions. */
    public long backlog() {
        return topicPartitions.stream().mapToLong(Part::backlog).sum();
    }
}
