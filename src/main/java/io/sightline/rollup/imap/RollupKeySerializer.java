package io.sightline.rollup.imap;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.StreamSerializer;
import io.sightline.event.imap.EventSerializer;
import io.sightline.event.imap.TypeIds;
import java.io.IOException;

/** A {@link RollupKey} between members and in the map. */
public final class RollupKeySerializer implements StreamSerializer<RollupKey> {
    @Override
    public int getTypeId() {
        return TypeIds.ROLLUP_KEY;
    }

    @Override
    public void write(ObjectDataOutput out, RollupKey key) throws IOException {
        out.writeInt(key.getPartitionKey());
        out.writeLong(key.windowStartMicros());
        EventSerializer.writeValues(out, key.group());
    }

    @Override
    public RollupKey read(ObjectDataInput in) throws IOException {
        return new RollupKey(in.readInt(), in.readLong(), EventSerializer.readValues(in));
    }
}
