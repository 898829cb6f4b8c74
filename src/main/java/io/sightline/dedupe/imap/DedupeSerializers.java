package io.sightline.dedupe.imap;

import com.hazelcast.config.SerializerConfig;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.StreamSerializer;
import io.sightline.dedupe.Duplicate;
import io.sightline.dedupe.MarkBucket;
import io.sightline.dedupe.Rule;
import io.sightline.dedupe.Sightings;
import io.sightline.event.Origin;
import io.sightline.event.imap.EventSerializer;
import io.sightline.event.imap.TypeIds;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How deduplication's types travel between members and into the job snapshot: each as the numbers it consists of. */
public final class DedupeSerializers {
    private DedupeSerializers() {}

    /** All of them, for a member's configuration. */
    public static List<SerializerConfig> all() {
        return List.of(
                config(MarkBucket.class, new OfMarkBucket()),
                config(MarkBatch.class, new OfMarkBatch()),
                config(MarkInserts.class, new OfMarkInserts()),
                config(Duplicate.class, new OfDuplicate()));
    }

    private static <T> SerializerConfig config(Class<T> type, StreamSerializer<T> serializer) {
        return new SerializerConfig().setTypeClass(type).setImplementation(serializer);
    }

    private static void writeSightings(ObjectDataOutput out, Sightings sightings) throws IOException {
        out.writeLongArray(sightings.words());
    }

    private static Sightings readSightings(ObjectDataInput in) throws IOException {
        long @Nullable [] words = in.readLongArray();
        return words == null || words.length == 0 ? Sightings.NONE : Sightings.ofWords(words);
    }

    private static final class OfMarkBucket implements StreamSerializer<MarkBucket> {
        @Override
        public int getTypeId() {
            return TypeIds.MARK_BUCKET;
        }

        @Override
        public void write(ObjectDataOutput out, MarkBucket bucket) throws IOException {
            out.writeLong(bucket.incarnation());
            out.writeLong(bucket.expireBefore());
            writeSightings(out, bucket.liveMarks());
        }

        @Override
        public MarkBucket read(ObjectDataInput in) throws IOException {
            return new MarkBucket(in.readLong(), in.readLong(), readSightings(in));
        }
    }

    private static final class OfMarkBatch implements StreamSerializer<MarkBatch> {
        @Override
        public int getTypeId() {
            return TypeIds.MARK_BATCH;
        }

        @Override
        public void write(ObjectDataOutput out, MarkBatch batch) throws IOException {
            out.writeLong(batch.incarnation());
            out.writeLong(batch.expireBefore());
            out.writeLong(batch.horizonMillis());
            out.writeBoolean(batch.rule() == Rule.NAIVE);
            out.writeBoolean(batch.touch());
            writeSightings(out, batch.sightings());
        }

        @Override
        public MarkBatch read(ObjectDataInput in) throws IOException {
            return new MarkBatch(
                    in.readLong(),
                    in.readLong(),
                    in.readLong(),
                    in.readBoolean() ? Rule.NAIVE : Rule.ORIGIN,
                    in.readBoolean(),
                    readSightings(in));
        }
    }

    private static final class OfMarkInserts implements StreamSerializer<MarkInserts> {
        @Override
        public int getTypeId() {
            return TypeIds.MARK_INSERTS;
        }

        @Override
        public void write(ObjectDataOutput out, MarkInserts inserts) throws IOException {
            out.writeLong(inserts.incarnation());
            out.writeLong(inserts.expireBefore());
            out.writeBoolean(inserts.touch());
            writeSightings(out, inserts.originals());
        }

        @Override
        public MarkInserts read(ObjectDataInput in) throws IOException {
            return new MarkInserts(in.readLong(), in.readLong(), in.readBoolean(), readSightings(in));
        }
    }

    private static final class OfDuplicate implements StreamSerializer<Duplicate> {
        private final EventSerializer events = new EventSerializer();

        @Override
        public int getTypeId() {
            return TypeIds.DUPLICATE;
        }

        @Override
        public void write(ObjectDataOutput out, Duplicate duplicate) throws IOException {
            events.write(out, duplicate.event());
            out.writeInt(duplicate.first().topicPartition());
            out.writeLong(duplicate.first().offset());
            out.writeInt(duplicate.first().index());
            out.writeLong(duplicate.gapMillis());
        }

        @Override
        public Duplicate read(ObjectDataInput in) throws IOException {
            return new Duplicate(events.read(in), new Origin(in.readInt(), in.readLong(), in.readInt()), in.readLong());
        }
    }
}
