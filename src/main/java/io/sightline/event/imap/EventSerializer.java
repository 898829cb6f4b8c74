package io.sightline.event.imap;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.StreamSerializer;
import io.sightline.event.Event;
import java.io.IOException;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** An {@link Event} between members: its longs as they are, each value behind one byte that tells its type. */
public final class EventSerializer implements StreamSerializer<Event> {
    private static final byte NULL = 0;
    private static final byte STRING = 1;
    private static final byte DOUBLE = 2;
    private static final byte LONG = 3;
    private static final byte INT = 4;
    private static final byte FALSE = 5;
    private static final byte TRUE = 6;
    private static final byte DATE = 7;

    @Override
    public int getTypeId() {
        return TypeIds.EVENT;
    }

    @Override
    public void write(ObjectDataOutput out, Event event) throws IOException {
        out.writeInt(event.topicPartition());
        out.writeLong(event.offset());
        out.writeInt(event.index());
        out.writeLong(event.sourceTimeMillis());
        out.writeLong(event.eventTimeMicros());
        out.writeLong(event.idHigh());
        out.writeLong(event.idLow());
        writeValues(out, event.values());
        out.writeString(event.extra());
        writeValues(out, event.added());
    }

    @Override
    public Event read(ObjectDataInput in) throws IOException {
        return new Event(
                in.readInt(),
                in.readLong(),
                in.readInt(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                readValues(in),
                in.readString(),
                readValues(in));
    }

    /** Writes values of {@link io.sightline.event.FieldType#javaType}, nulls included. */
    public static void writeValues(ObjectDataOutput out, @Nullable Object[] values) throws IOException {
        out.writeShort(values.length);
        for (Object value : values) {
            if (value == null) {
                out.writeByte(NULL);
            } else if (value instanceof String text) {
                out.writeByte(STRING);
                out.writeString(text);
            } else if (value instanceof Double number) {
                out.writeByte(DOUBLE);
                out.writeDouble(number);
            } else if (value instanceof Long number) {
                out.writeByte(LONG);
                out.writeLong(number);
            } else if (value instanceof Integer number) {
                out.writeByte(INT);
                out.writeInt(number);
            } else if (value instanceof Boolean truth) {
                out.writeByte(truth ? TRUE : FALSE);
            } else if (value instanceof LocalDate date) {
                out.writeByte(DATE);
                out.writeLong(date.toEpochDay());
            } else {
                throw new IOException("no field type has values of " + value.getClass());
            }
        }
    }

    /** Reads what {@link #writeValues} wrote. */
    public static @Nullable Object[] readValues(ObjectDataInput in) throws IOException {
        int length = in.readShort();
        if (length == 0) {
            return Event.NOTHING_ADDED;
        }
        @Nullable Object[] values = new Object[length];
        for (int i = 0; i < length; i++) {
            values[i] = readValue(in);
        }
        return values;
    }

    private static @Nullable Object readValue(ObjectDataInput in) throws IOException {
        byte type = in.readByte();
        return switch (type) {
            case NULL -> null;
            case STRING -> in.readString();
            case DOUBLE -> in.readDouble();
            case LONG -> in.readLong();
            case INT -> in.readInt();
            case FALSE -> false;
            case TRUE -> true;
            case DATE -> LocalDate.ofEpochDay(in.readLong());
            default -> throw new IOException("no field type is written as " + type);
        };
    }
}
