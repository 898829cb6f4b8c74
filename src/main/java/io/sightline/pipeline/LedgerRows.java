package io.sightline.pipeline;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.core.ProcessorSupplier;
import io.sightline.dedupe.Duplicate;
import io.sightline.event.Column;
import io.sightline.event.Event;
import io.sightline.event.FieldType;
import io.sightline.event.Origin;
import io.sightline.event.Schema;
import io.sightline.event.imap.Buckets;
import io.sightline.event.imap.CompactRows;
import io.sightline.event.imap.PipelineKey;
import io.sightline.grid.GridNames;
import io.sightline.observe.Counts;
import io.sightline.spec.DeduplicateSpec;
import io.sightline.spec.PipelineSpec;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Dropped duplicates as rows of the duplicate ledger: which event, what it repeated and how long after. The column
 * {@code sender} is the event's first field of {@code otherwise} (or of {@code key}, if there is no {@code otherwise}) as
 * text: in the detections' file, the camera.
 */
final class LedgerRows implements MapWriterP.Rows<Duplicate> {
    static final String TYPE_NAME = "duplicate";

    static final List<Column> COLUMNS = List.of(
            new Column("pipeline", FieldType.STRING),
            new Column("id", FieldType.STRING),
            new Column("sender", FieldType.STRING),
            new Column("event_time", FieldType.TIMESTAMP),
            new Column("source_time", FieldType.TIMESTAMP),
            new Column("gap_ms", FieldType.LONG),
            new Column("topic_partition", FieldType.INT),
            new Column("record_offset", FieldType.LONG),
            new Column("record_index", FieldType.INT),
            new Column("first_topic_partition", FieldType.INT),
            new Column("first_record_offset", FieldType.LONG),
            new Column("first_record_index", FieldType.INT));

    private final Buckets buckets;
    private final CompactRows rows = new CompactRows(TYPE_NAME, COLUMNS);
    private final String pipeline;
    private final int idField;
    private final int senderField;

    /** The processors that write them. */
    static ProcessorSupplier writer(PipelineSpec spec) {
        return MapWriterP.supplier(GridNames.DUPLICATES, context -> new LedgerRows(context.hazelcastInstance(), spec));
    }

    private LedgerRows(HazelcastInstance hazelcast, PipelineSpec spec) {
        this.buckets = Buckets.of(hazelcast);
        this.pipeline = spec.name();
        Schema schema = spec.event().schema();
        DeduplicateSpec deduplicate = spec.deduplicate();
        String keyField = deduplicate.key().get(0);
        boolean keyIsText = deduplicate.key().size() == 1
                && schema.fields().get(schema.indexOf(keyField)).type() == FieldType.STRING;
        this.idField = keyIsText ? schema.indexOf(keyField) : -1;
        this.senderField = schema.indexOf(
                deduplicate.otherwise().isEmpty()
                        ? keyField
                        : deduplicate.otherwise().get(0));
    }

    @Override
    public void add(Duplicate duplicate, Map<Object, Object> batch, Counts counts) {
        Event event = duplicate.event();
        Origin first = duplicate.first();
        Object sender = event.value(senderField);
        @Nullable
        Object[] values = {
            pipeline,
            idOf(event),
            sender == null ? null : sender.toString(),
            event.eventTimeMicros(),
            TimeUnit.MILLISECONDS.toMicros(event.sourceTimeMillis()),
            duplicate.gapMillis(),
            event.topicPartition(),
            event.offset(),
            event.index(),
            first.topicPartition(),
            first.offset(),
            first.index()
        };
        batch.put(
                PipelineKey.of(pipeline, event.origin(), buckets.key(buckets.bucketOf(event.idHigh()))),
                rows.row(values));
    }

    /** The id as the event carries it, or its 128 bits as UUID text where the key is not one text field. */
    private String idOf(Event event) {
        return idField >= 0 && event.value(idField) instanceof String text
                ? text
                : new UUID(event.idHigh(), event.idLow()).toString();
    }
}
