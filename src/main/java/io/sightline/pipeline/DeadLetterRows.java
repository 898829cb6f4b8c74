package io.sightline.pipeline;

import static java.util.Objects.requireNonNull;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.core.ProcessorSupplier;
import com.hazelcast.map.IMap;
import com.hazelcast.query.Predicate;
import com.hazelcast.query.Predicates;
import io.sightline.event.Column;
import io.sightline.event.DeadLetter;
import io.sightline.event.FieldType;
import io.sightline.event.Origin;
import io.sightline.event.imap.Buckets;
import io.sightline.event.imap.CompactRows;
import io.sightline.event.imap.PipelineKey;
import io.sightline.grid.GridNames;
import io.sightline.observe.Counts;
import io.sightline.spec.PipelineSpec;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Dead letters as rows: why, where from, the record's key, and the refused bytes, whole in {@code raw_base64} and readable
 * in {@code text}. They outlive the job, because a letter that no later job reads again can only be redriven.
 */
final class DeadLetterRows implements MapWriterP.Rows<DeadLetter> {
    static final String TYPE_NAME = "dead_letter";

    static final List<Column> COLUMNS = List.of(
            new Column("pipeline", FieldType.STRING),
            new Column("reason", FieldType.STRING),
            new Column("field", FieldType.STRING),
            new Column("detail", FieldType.STRING),
            new Column("source_time", FieldType.TIMESTAMP),
            new Column("topic_partition", FieldType.INT),
            new Column("record_offset", FieldType.LONG),
            new Column("record_index", FieldType.INT),
            new Column("text", FieldType.STRING),
            new Column("key_base64", FieldType.STRING),
            new Column("raw_base64", FieldType.STRING));

    static final int SOURCE_TIME = 4;
    static final int TOPIC_PARTITION = 5;

    /** So much of the bytes is shown as text; broken UTF-8 shows as U+FFFD. */
    private static final int TEXT_BYTES = 1_000;

    private final Buckets buckets;
    private final CompactRows rows = new CompactRows(TYPE_NAME, COLUMNS);
    private final String pipeline;

    /** The processors that write them. */
    static ProcessorSupplier writer(PipelineSpec spec) {
        return MapWriterP.supplier(
                GridNames.DEAD_LETTERS, context -> new DeadLetterRows(context.hazelcastInstance(), spec));
    }

    /**
     * Forgets the letters that a job reads again, because it judges them anew; those from before its beginning stay.
     *
     * @param firstOffsets the offset of the first record that it reads, by topic partition
     */
    static void forgetReadAgain(HazelcastInstance hazelcast, String pipeline, Map<Integer, Long> firstOffsets) {
        Predicate<?, ?>[] before = firstOffsets.entrySet().stream()
                .map(first -> Predicates.and(
                        Predicates.equal("topic_partition", first.getKey()),
                        Predicates.lessThan("record_offset", first.getValue())))
                .toArray(Predicate<?, ?>[]::new);
        IMap<Object, Object> letters = hazelcast.getMap(GridNames.DEAD_LETTERS);
        letters.removeAll(
                Predicates.and(Predicates.equal("pipeline", pipeline), Predicates.not(Predicates.or(before))));
    }

    private DeadLetterRows(HazelcastInstance hazelcast, PipelineSpec spec) {
        this.buckets = Buckets.of(hazelcast);
        this.pipeline = spec.name();
    }

    @Override
    public void add(DeadLetter letter, Map<Object, Object> batch, Counts counts) {
        batch.put(PipelineKey.of(pipeline, letter.origin(), buckets), rows.row(values(pipeline, letter)));
    }

    /** The letter that {@link #values} made such a row of. */
    static DeadLetter letter(@Nullable Object[] row) {
        String key = (String) row[9];
        return new DeadLetter(
                origin(row),
                TimeUnit.MICROSECONDS.toMillis((Long) requireNonNull(row[SOURCE_TIME])),
                DeadLetter.Reason.valueOf(String.valueOf(row[1]).toUpperCase(Locale.ROOT)),
                (String) row[2],
                String.valueOf(row[3]),
                key == null ? null : Base64.getDecoder().decode(key),
                Base64.getDecoder().decode((String) requireNonNull(row[10])));
    }

    static Origin origin(@Nullable Object[] row) {
        return new Origin(
                (Integer) requireNonNull(row[TOPIC_PARTITION]),
                (Long) requireNonNull(row[TOPIC_PARTITION + 1]),
                (Integer) requireNonNull(row[TOPIC_PARTITION + 2]));
    }

    /** One value a column, in the order of {@link #COLUMNS}. */
    static @Nullable Object[] values(String pipeline, DeadLetter letter) {
        byte[] raw = letter.raw();
        byte[] key = letter.key();
        return new @Nullable Object[] {
            pipeline,
            letter.reason().code(),
            letter.field(),
            letter.detail(),
            TimeUnit.MILLISECONDS.toMicros(letter.sourceTimeMillis()),
            letter.origin().topicPartition(),
            letter.origin().offset(),
            letter.origin().index(),
            new String(raw, 0, Math.min(raw.length, TEXT_BYTES), StandardCharsets.UTF_8),
            key == null ? null : Base64.getEncoder().encodeToString(key),
            Base64.getEncoder().encodeToString(raw)
        };
    }
}
