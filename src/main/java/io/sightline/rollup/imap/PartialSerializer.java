package io.sightline.rollup.imap;

import static java.util.Objects.requireNonNull;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.StreamSerializer;
import io.sightline.event.imap.EventSerializer;
import io.sightline.event.imap.TypeIds;
import io.sightline.rollup.Partial;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A {@link Partial} between members. */
public final class PartialSerializer implements StreamSerializer<Partial> {
    @Override
    public int getTypeId() {
        return TypeIds.PARTIAL;
    }

    @Override
    public void write(ObjectDataOutput out, Partial partial) throws IOException {
        out.writeLong(partial.hash());
        EventSerializer.writeValues(out, partial.group());
        out.writeLongArray(partial.cells());
        @Nullable Object[] carry = partial.carry();
        out.writeBoolean(carry != null);
        if (carry != null) {
            EventSerializer.writeValues(out, carry);
        }
    }

    @Override
    public Partial read(ObjectDataInput in) throws IOException {
        return new Partial(
                in.readLong(),
                EventSerializer.readValues(in),
                requireNonNull(in.readLongArray()),
                in.readBoolean() ? EventSerializer.readValues(in) : null);
    }
}
