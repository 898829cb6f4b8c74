package io.sightline.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sightline.source.TopicCheck;
import io.sightline.source.TopicReport;
import io.sightline.source.TopicReport.Part;
import io.sightline.source.TopicReport.Timestamps;
import io.sightline.spec.Environment;
import io.sightline.spec.PipelineSpec;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the broker of a pipeline says of its topic, in words and as JSON, and what about it will give trouble. */
final class OnlineReport {
    private static final Duration LISTEN = Duration.ofSeconds(3);

    /** Nearer than this no two clocks need be, and the way of a record alone can take as long. */
    private static final Duration CLOCKS_AGREE = Duration.ofSeconds(2);

    private static final String NOT_TOLD = "not told by the broker";

    private final PipelineSpec spec;
    private final TopicReport topic;

    OnlineReport(PipelineSpec spec, TopicReport topic) {
        this.spec = spec;
        this.topic = topic;
    }

    /**
     * Asks the broker, as this process reaches it; takes some seconds.
     *
     * @throws io.sightline.source.SourceException if it is away or refuses, or has no such topic
     * @throws io.sightline.spec.UnresolvedSettingException if a reference leads nowhere
     */
    static OnlineReport of(PipelineSpec spec, Clock clock) {
        Environment environment = Environment.ofThisProcess();
        return new OnlineReport(
                spec, TopicCheck.ask(spec.source(), setting -> setting.resolve(environment), clock, LISTEN));
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("online: topic " + spec.source().topic() + " at " + topic.bootstrapServers() + ": "
                + topic.topicPartitions().size() + " topic partitions, backlog of " + topic.backlog()
                + " records from the oldest on, kept " + retention() + ", timestamps: " + timestamps());
        for (Part part : topic.topicPartitions()) {
            lines.add("online: topic partition " + part.topicPartition() + ": offsets " + part.oldestOffset()
                    + " up to " + part.nextOffset()
                    + (part.newestAt() == null ? "" : ", newest at " + Json.text(part.newestAt())));
        }
        lines.add("online: the broker's clock: " + clock());
        lines.add("online: throttling: "
                + (topic.longestThrottle().isZero()
                        ? "none while this looked"
                        : "up to " + topic.longestThrottle().toMillis() + " ms"));
        warnings().forEach(warning -> lines.add("warning: " + warning));
        return lines;
    }

    /** What will give trouble though the topic can be read. */
    private List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (topic.timestamps() == Timestamps.CREATE_TIME) {
            warnings.add(
                    "timestamps are the producers' own (CreateTime): ids expire, and events leave the hot window, by"
                            + " clocks that may be wrong; set message.timestamp.type=LogAppendTime on the topic");
        }
        Duration ahead = topic.clockAhead();
        if (ahead != null && ahead.abs().compareTo(CLOCKS_AGREE) > 0) {
            warnings.add(
                    "the broker's clock is " + offset(ahead) + ": source time is never ahead of the member's clock, and"
                            + " latencies read wrong; set both by NTP");
        }
        if (!topic.longestThrottle().isZero()) {
            warnings.add("the broker throttles: it held an answer back for up to "
                    + topic.longestThrottle().toMillis()
                    + " ms; on Event Hubs add throughput units, or let fewer readers read the whole topic");
        }
        return warnings;
    }

    void describe(ObjectNode to) {
        to.put("topic", spec.source().topic());
        to.put("bootstrap_servers", topic.bootstrapServers());
        to.put("backlog", topic.backlog());
        to.put("retention_ms", millis(topic.retention()));
        to.put("timestamp_type", topic.timestamps() == null ? null : timestamps());
        to.put("clock_ahead_ms", millis(topic.clockAhead()));
        to.put("longest_throttle_ms", topic.longestThrottle().toMillis());
        ArrayNode parts = to.putArray("topic_partitions");
        for (Part part : topic.topicPartitions()) {
            parts.addObject()
                    .put("topic_partition", part.topicPartition())
                    .put("oldest_offset", part.oldestOffset())
                    .put("next_offset", part.nextOffset())
                    .put("newest_at", part.newestAt() == null ? null : Json.text(part.newestAt()));
        }
        ArrayNode warned = to.putArray("warnings");
        warnings().forEach(warned::add);
    }

    private String retention() {
        if (!topic.settingsTold()) {
            return NOT_TOLD;
        }
        Duration retention = topic.retention();
        return retention == null ? "whatever their age" : words(retention);
    }

    private String timestamps() {
        Timestamps timestamps = topic.timestamps();
        if (timestamps == null) {
            return NOT_TOLD;
        }
        return timestamps == Timestamps.LOG_APPEND_TIME ? "LogAppendTime" : "CreateTime";
    }

    private String clock() {
        Duration ahead = topic.clockAhead();
        if (ahead == null) {
            return topic.timestamps() == Timestamps.CREATE_TIME
                    ? "not known, since timestamps are not the broker's"
                    : "not known, no record came within " + LISTEN.toSeconds() + " s";
        }
        return offset(ahead) + ", the way of a record included";
    }

    private static String offset(Duration ahead) {
        return ahead.abs().toMillis() + " ms " + (ahead.isNegative() ? "behind" : "ahead of") + " this machine's";
    }

    private static String words(Duration duration) {
        return duration.toHours() > 0 && duration.toHours() % 24 == 0
                ? duration.toDays() + " days"
                : duration.toSeconds() % 60 == 0 ? duration.toMinutes() + " min" : duration.toSeconds() + " s";
    }

    private static @Nullable Long millis(@Nullable Duration duration) {
        return duration == null ? null : duration.toMillis();
    }
}
