package io.sightline.event.imap;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.StreamSerializer;
import com.hazelcast.partition.PartitionAware;
import io.sightline.event.Mixing;
import io.sightline.event.Origin;
import java.io.IOException;

/** The key of a row that is known by pipeline and origin, in a map that several pipelines share. */
public record PipelineKey(String pipeline, HotKey origin) implements PartitionAware<Integer> {

    public static PipelineKey of(String pipeline, Origin origin, Integer bucketKey) {
        return new PipelineKey(pipeline, HotKey.of(origin, bucketKey));
    }

    /** The key of what is known by nothing but its origin: in the bucket that follows from the offset. */
    public static PipelineKey of(String pipeline, Origin origin, Buckets buckets) {
        int bucket = buckets.bucketOf(Mixing.mix(origin.offset()));
        return of(pipeline, origin, buckets.key(bucket));
    }

    @Override
    public Integer getPartitionKey() {
        return origin.bucketKey();
    }

    /** The pipeline's name, then the origin. */
    public static final class Serializer implements StreamSerializer<PipelineKey> {
        private final HotKey.Serializer origins = new HotKey.Serializer();

        @Override
        public int getTypeId() {
            return TypeIds.PIPELINE_KEY;
        }

        @Override
        public void write(ObjectDataOutput out, PipelineKey key) throws IOException {
            out.writeString(key.pipeline);
            origins.write(out, key.origin);
        }

        @Override
        public PipelineKey read(ObjectDataInput in) throws IOException {
            return new PipelineKey(in.readString(), origins.read(in));
        }
    }
}
