package io.sightline.pipeline;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.core.ProcessorSupplier;
import io.sightline.event.Redriven;
import io.sightline.event.imap.Buckets;
import io.sightline.event.imap.PipelineKey;
import io.sightline.grid.GridNames;
import io.sightline.observe.Counts;
import io.sightline.redrive.Mark;
import io.sightline.redrive.imap.RedriveMarks;
import io.sightline.spec.PipelineSpec;
import java.util.Map;

/**
 * The marks of dead letters that the topic has again. Whoever sent them made the same marks, unless it died over one or the
 * grid has lost them since.
 */
final class RedriveRows implements MapWriterP.Rows<Redriven> {
    private final RedriveMarks marks;
    private final Buckets buckets;
    private final String pipeline;

    /** The processors that write them. */
    static ProcessorSupplier writer(PipelineSpec spec) {
        return MapWriterP.supplier(GridNames.REDRIVES, context -> new RedriveRows(context.hazelcastInstance(), spec));
    }

    private RedriveRows(HazelcastInstance hazelcast, PipelineSpec spec) {
        this.buckets = Buckets.of(hazelcast);
        this.pipeline = spec.name();
        this.marks = new RedriveMarks(hazelcast.getMap(GridNames.REDRIVES), buckets, pipeline);
    }

    @Override
    public void add(Redriven redriven, Map<Object, Object> batch, Counts counts) {
        Mark.Sent sent = new Mark.Sent(
                redriven.sourceTimeMillis(),
                redriven.record().topicPartition(),
                redriven.record().offset());
        batch.put(PipelineKey.of(pipeline, redriven.letter(), buckets), marks.row(redriven.letter(), sent));
    }
}
