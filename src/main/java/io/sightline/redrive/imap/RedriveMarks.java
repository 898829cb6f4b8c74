package io.sightline.redrive.imap;

import com.hazelcast.map.IMap;
import com.hazelcast.nio.serialization.genericrecord.GenericRecord;
import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.event.Origin;
import io.sightline.event.imap.Buckets;
import io.sightline.event.imap.CompactRows;
import io.sightline.event.imap.PipelineKey;
import io.sightline.redrive.Mark;
import io.sightline.redrive.Redrive;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The marks of one pipeline's dead letters, as rows of an IMap of their own: in the letters' rows they would be written
 * over when a restarted job writes those again. Nothing evicts them, because a letter whose mark is gone would be redriven
 * with the next lot.
 */
public final class RedriveMarks implements Redrive.Marks {
    public static final String TYPE_NAME = "redrive";

    public static final List<Column> COLUMNS = List.of(
            new Column("pipeline", FieldType.STRING),
            new Column("topic_partition", FieldType.INT),
            new Column("record_offset", FieldType.LONG),
            new Column("record_index", FieldType.INT),
            new Column("state", FieldType.STRING),
            new Column("redriven_at", FieldType.TIMESTAMP),
            new Column("sent_topic_partition", FieldType.INT),
            new Column("sent_offset", FieldType.LONG));

    private static final String SENDING = "sending";
    private static final String SENT = "sent";

    private final IMap<PipelineKey, GenericRecord> map;
    private final Buckets buckets;
    private final String pipeline;
    private final CompactRows rows = new CompactRows(TYPE_NAME, COLUMNS);

    public RedriveMarks(IMap<PipelineKey, GenericRecord> map, Buckets buckets, String pipeline) {
        this.map = map;
        this.buckets = buckets;
        this.pipeline = pipeline;
    }

    /** The mark of a letter; null if it has none. */
    public @Nullable Mark get(Origin letter) {
        return mark(map.get(key(letter)));
    }

    @Override
    public @Nullable Mark claim(Origin letter, Mark.Sending mark) {
        return mark(map.putIfAbsent(key(letter), row(letter, mark)));
    }

    @Override
    public void set(Origin letter, Mark mark) {
        map.set(key(letter), row(letter, mark));
    }

    @Override
    public void remove(Origin letter) {
        map.delete(key(letter));
    }

    private PipelineKey key(Origin letter) {
        return PipelineKey.of(pipeline, letter, buckets);
    }

    /** The row of a mark. */
    public GenericRecord row(Origin letter, Mark mark) {
        @Nullable
        Object[] values = {
            pipeline,
            letter.topicPartition(),
            letter.offset(),
            letter.index(),
            SENDING,
            TimeUnit.MILLISECONDS.toMicros(mark.atMillis()),
            null,
            null
        };
        if (mark instanceof Mark.Sent sent) {
            values[4] = SENT;
            values[6] = sent.topicPartition();
            values[7] = sent.offset();
        }
        return rows.row(values);
    }

    private @Nullable Mark mark(@Nullable GenericRecord row) {
        if (row == null) {
            return null;
        }
        @Nullable Object[] values = rows.values(row);
        long atMillis = values[5] instanceof Long micros ? TimeUnit.MICROSECONDS.toMillis(micros) : 0;
        return values[6] instanceof Integer topicPartition && values[7] instanceof Long offset
                ? new Mark.Sent(atMillis, topicPartition, offset)
                : new Mark.Sending(atMillis);
    }
}
