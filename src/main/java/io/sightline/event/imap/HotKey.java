package io.sightline.event.imap;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.StreamSerializer;
import com.hazelcast.partition.PartitionAware;
import io.sightline.event.Origin;
import java.io.IOException;

/**
 * The key of a row that is known by its origin.
 *
 * @param bucketKey puts the row into this bucket's grid partition; follows from the event, so one origin has one bucket
 */
public record HotKey(int topicPartition, long offset, int index, Integer bucketKey) implements PartitionAware<Integer> {

    public static HotKey of(Origin origin, Integer bucketKey) {
        return new HotKey(origin.topicPartition(), origin.offset(), origin.index(), bucketKey);
    }

    @Override
    public Integer getPartitionKey() {
        return bucketKey;
    }

    /** Twenty bytes a key. */
    public static final class Serializer implements StreamSerializer<HotKey> {
        @Override
        public int getTypeId() {
            return TypeIds.HOT_KEY;
        }

        @Override
        public void write(ObjectDataOutput out, HotKey key) throws IOException {
            out.writeInt(key.topicPartition);
            out.writeLong(key.offset);
            out.writeInt(key.index);
            out.writeInt(key.bucketKey);
        }

        @Override
        public HotKey read(ObjectDataInput in) throws IOException {
            return new HotKey(in.readInt(), in.readLong(), in.readInt(), in.readInt());
        }
    }
}
