package io.sightline.pipeline;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.nio.serialization.genericrecord.GenericRecord;
import com.hazelcast.sql.SqlResult;
import com.hazelcast.sql.SqlRow;
import com.hazelcast.sql.SqlStatement;
import io.sightline.event.DeadLetter.Reason;
import io.sightline.event.Origin;
import io.sightline.event.imap.Buckets;
import io.sightline.event.imap.PipelineKey;
import io.sightline.grid.GridNames;
import io.sightline.redrive.Letter;
import io.sightline.redrive.Mark;
import io.sightline.redrive.imap.RedriveMarks;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The dead letters that a grid holds, with what is known of their redrives. Each call looks anew. */
public final class DeadLetters {
    private static final String ALL_BUT_BYTES =
            "pipeline, reason, field, detail, source_time, topic_partition," + " record_offset, record_index, text";

    private static final String NEWEST_FIRST =
            " ORDER BY source_time DESC, topic_partition, record_offset DESC, record_index DESC LIMIT ";

    private final HazelcastInstance hazelcast;
    private final Buckets buckets;
    private final IMap<PipelineKey, GenericRecord> letters;

    /** @param hazelcast a member or a client */
    public DeadLetters(HazelcastInstance hazelcast) {
        this.hazelcast = hazelcast;
        this.buckets = Buckets.of(hazelcast);
        this.letters = hazelcast.getMap(GridNames.DEAD_LETTERS);
    }

    /**
     * Which letters; null for all.
     *
     * @param origin the letter of this origin only
     */
    public record Filter(
            @Nullable String pipeline,
            @Nullable Reason reason,
            @Nullable Origin origin) {}

    /**
     * One letter, without its bytes.
     *
     * @param text the beginning of its bytes, for people
     * @param redrive what became of its redrive; null if it was never redriven
     * @param redrivenFrom the earlier letter whose redrive made the record of this one; null if it came from a camera
     */
    public record Entry(
            String pipeline,
            Origin origin,
            String reason,
            @Nullable String field,
            String detail,
            OffsetDateTime sourceTime,
            String text,
            @Nullable Mark redrive,
            @Nullable Origin redrivenFrom) {}

    /** The letters, newest first, and no more than so many. */
    public List<Entry> list(Filter filter, int atMost) {
        Redrives redrives = redrives();
        List<Entry> entries = new ArrayList<>();
        try (SqlResult rows = query(ALL_BUT_BYTES, filter, NEWEST_FIRST + atMost)) {
            for (SqlRow row : rows) {
                String pipeline = text(row, "pipeline");
                Origin origin = origin(row);
                entries.add(new Entry(
                        pipeline,
                        origin,
                        text(row, "reason"),
                        row.getObject("field"),
                        text(row, "detail"),
                        Objects.requireNonNull(row.<OffsetDateTime>getObject("source_time")),
                        text(row, "text"),
                        redrives.marks.get(List.of(pipeline, origin)),
                        redrives.sources.get(List.of(pipeline, origin.topicPartition(), origin.offset()))));
            }
        }
        return entries;
    }

    /** How many there are. */
    public long count(Filter filter) {
        try (SqlResult rows = query("COUNT(*)", filter, "")) {
            return Objects.requireNonNull(rows.iterator().next().<Long>getObject(0));
        }
    }

    /** The names of the pipelines whose letters they are, sorted. */
    public List<String> pipelines(Filter filter) {
        try (SqlResult rows = query("DISTINCT pipeline", filter, "")) {
            TreeSet<String> names = new TreeSet<>();
            rows.forEach(row -> names.add(text(row, "pipeline")));
            return List.copyOf(names);
        }
    }

    /** The origins of the letters as they are now, in the order of their records. */
    public List<Origin> origins(Filter filter) {
        try (SqlResult rows = query("topic_partition, record_offset, record_index", filter, "")) {
            TreeSet<Origin> origins = new TreeSet<>();
            rows.forEach(row -> origins.add(origin(row)));
            return List.copyOf(origins);
        }
    }

    /** A letter with its bytes; null if there is no such letter, or no longer. */
    public @Nullable Letter letter(String pipeline, Origin origin) {
        GenericRecord row = letters.get(PipelineKey.of(pipeline, origin, buckets));
        if (row == null) {
            return null;
        }
        String key = row.getString("key_base64");
        byte[] raw = Base64.getDecoder().decode(Objects.requireNonNull(row.getString("raw_base64")));
        return new Letter(origin, key == null ? null : Base64.getDecoder().decode(key), raw);
    }

    /** The marks of a pipeline's redrives. */
    public RedriveMarks marks(String pipeline) {
        return new RedriveMarks(hazelcast.getMap(GridNames.REDRIVES), buckets, pipeline);
    }

    private SqlResult query(String columns, Filter filter, String end) {
        List<String> conditions = new ArrayList<>(List.of("TRUE"));
        SqlStatement statement = new SqlStatement("SELECT 1");
        if (filter.pipeline() != null) {
            conditions.add("pipeline = ?");
            statement.addParameter(filter.pipeline());
        }
        if (filter.reason() != null) {
            conditions.add("reason = ?");
            statement.addParameter(filter.reason().code());
        }
        if (filter.origin() != null) {
            conditions.add("topic_partition = ? AND record_offset = ? AND record_index = ?");
            statement.addParameter(filter.origin().topicPartition());
            statement.addParameter(filter.origin().offset());
            statement.addParameter(filter.origin().index());
        }
        return hazelcast
                .getSql()
                .execute(statement.setSql(
                        "SELECT " + columns + " FROM dead_letters WHERE " + String.join(" AND ", conditions) + end));
    }

    /**
     * @param marks by pipeline and origin of the letter
     * @param sources the letter's origin by pipeline, topic partition and offset of the record that its redrive made
     */
    private record Redrives(Map<List<Object>, Mark> marks, Map<List<Object>, Origin> sources) {}

    private Redrives redrives() {
        Redrives redrives = new Redrives(new HashMap<>(), new HashMap<>());
        try (SqlResult rows = hazelcast.getSql().execute("SELECT * FROM redrives")) {
            for (SqlRow row : rows) {
                String pipeline = text(row, "pipeline");
                Origin letter = origin(row);
                long atMillis = Objects.requireNonNull(row.<OffsetDateTime>getObject("redriven_at"))
                        .toInstant()
                        .toEpochMilli();
                Integer topicPartition = row.getObject("sent_topic_partition");
                Long offset = row.getObject("sent_offset");
                if (topicPartition == null || offset == null) {
                    redrives.marks.put(List.of(pipeline, letter), new Mark.Sending(atMillis));
                } else {
                    redrives.marks.put(List.of(pipeline, letter), new Mark.Sent(atMillis, topicPartition, offset));
                    redrives.sources.put(List.of(pipeline, topicPartition, offset), letter);
                }
            }
        }
        return redrives;
    }

    private static Origin origin(SqlRow row) {
        return new Origin(
                Objects.requireNonNull(row.<Integer>getObject("topic_partition")),
                Objects.requireNonNull(row.<Long>getObject("record_offset")),
                Objects.requireNonNull(row.<Integer>getObject("record_index")));
    }

    private static String text(SqlRow row, String column) {
        return String.valueOf(row.<Object>getObject(column));
    }
}
