package io.sightline.rollup.imap;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.StreamSerializer;
import com.hazelcast.nio.serialization.genericrecord.GenericRecord;
import io.sightline.event.imap.TypeIds;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** A {@link RollupWrite} on its way to the member that holds the rows, and to its backup. */
public final class RollupWriteSerializer implements StreamSerializer<RollupWrite> {
    @Override
    public int getTypeId() {
        return TypeIds.ROLLUP_WRITE;
    }

    @Override
    public void write(ObjectDataOutput out, RollupWrite write) throws IOException {
        out.writeLong(write.startNumber());
        out.writeInt(write.rows().size());
        for (Map.Entry<RollupKey, GenericRecord> row : write.rows().entrySet()) {
            out.writeObject(row.getKey());
            out.writeObject(row.getValue());
        }
    }

    @Override
    public RollupWrite read(ObjectDataInput in) throws IOException {
        long startNumber = in.readLong();
        Map<RollupKey, GenericRecord> rows = new HashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            rows.put(in.readObject(), in.readObject());
        }
        return new RollupWrite(startNumber, rows);
    }
}
