package io.sightline.observe.jet;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.StreamSerializer;
import io.sightline.event.imap.TypeIds;
import io.sightline.observe.Counter;
import io.sightline.observe.Counts;
import io.sightline.observe.Latencies;
import io.sightline.observe.Progress;
import java.io.IOException;
import java.util.Map;

/** How what processors report travels to the status processor, and into its snapshot. */
public final class ObservationSerializers {
    private ObservationSerializers() {}

    /** Counts: each by the name of its counter, so that counters may be added or moved. */
    public static final class OfCounts implements StreamSerializer<Counts> {
        @Override
        public int getTypeId() {
            return TypeIds.COUNTS;
        }

        @Override
        public void write(ObjectDataOutput out, Counts counts) throws IOException {
            out.writeInt(counts.asMap().size());
            for (Map.Entry<Counts.Key, Long> entry : counts.asMap().entrySet()) {
                out.writeString(entry.getKey().counter().name());
                out.writeString(entry.getKey().label());
                out.writeLong(entry.getValue());
            }
        }

        @Override
        public Counts read(ObjectDataInput in) throws IOException {
            Counts counts = new Counts();
            for (int left = in.readInt(); left > 0; left--) {
                counts.add(Counter.valueOf(in.readString()), in.readString(), in.readLong());
            }
            return counts;
        }
    }

    /** Progress in a topic partition. */
    public static final class OfProgress implements StreamSerializer<Progress> {
        @Override
        public int getTypeId() {
            return TypeIds.PROGRESS;
        }

        @Override
        public void write(ObjectDataOutput out, Progress progress) throws IOException {
            out.writeInt(progress.topicPartition());
            out.writeLong(progress.nextOffset());
            out.writeLong(progress.sourceTimeMillis());
        }

        @Override
        public Progress read(ObjectDataInput in) throws IOException {
            return new Progress(in.readInt(), in.readLong(), in.readLong());
        }
    }

    /** A latency histogram. */
    public static final class OfLatencies implements StreamSerializer<Latencies> {
        @Override
        public int getTypeId() {
            return TypeIds.LATENCIES;
        }

        @Override
        public void write(ObjectDataOutput out, Latencies latencies) throws IOException {
            out.writeLongArray(latencies.counts());
            out.writeLong(latencies.sumMillis());
        }

        @Override
        public Latencies read(ObjectDataInput in) throws IOException {
            return Latencies.of(in.readLongArray(), in.readLong());
        }
    }
}
