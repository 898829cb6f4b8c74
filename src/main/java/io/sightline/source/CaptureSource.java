package io.sightline.source;

import static com.hazelcast.jet.core.BroadcastKey.broadcastKey;
import static java.util.Objects.requireNonNull;

import com.hazelcast.function.SupplierEx;
import com.hazelcast.jet.Traverser;
import com.hazelcast.jet.Traversers;
import com.hazelcast.jet.Util;
import com.hazelcast.jet.core.AbstractProcessor;
import com.hazelcast.jet.core.BroadcastKey;
import com.hazelcast.jet.core.ProcessorMetaSupplier;
import com.hazelcast.jet.core.ProcessorSupplier;
import com.hazelcast.jet.core.Watermark;
import io.sightline.event.SourceRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The source of a job over Capture files, which stand for the topic that they were captured from. */
public final class CaptureSource {
    private static final Logger LOG = LoggerFactory.getLogger(CaptureSource.class);

    private CaptureSource() {}

    /**
     * The source as a vertex; its local parallelism must be 1. At the end of the range nothing more comes, and the processor
     * does not complete.
     *
     * @param folder lists the files, on the member that reads them
     */
    public static ProcessorMetaSupplier metaSupplier(SupplierEx<CaptureFolder> folder, OffsetRange range) {
        return ProcessorMetaSupplier.forceTotalParallelismOne(ProcessorSupplier.of(() -> new CaptureP(folder, range)));
    }

    /**
     * Emits the events of all topic partitions in order of time, with watermarks in between. Reads block, so it has a thread
     * of its own. Its state is the next sequence number of each topic partition.
     */
    static final class CaptureP extends AbstractProcessor {
        private static final int BATCH = 1_024;

        private final SupplierEx<CaptureFolder> folder;
        private final OffsetRange range;
        /** The next sequence number to emit. */
        private final SortedMap<Integer, Long> next;
        /** The topic partitions that have one, by the time of their next event; filled with the first batch. */
        private @Nullable PriorityQueue<Head> heads;

        private long watermark = Long.MIN_VALUE;
        private @Nullable Traverser<Object> batch;
        private @Nullable Traverser<Map.Entry<BroadcastKey<Integer>, Long>> snapshot;

        CaptureP(SupplierEx<CaptureFolder> folder, OffsetRange range) {
            this.folder = folder;
            this.range = range;
            this.next = new TreeMap<>(range.from());
        }

        /** The next event of a topic partition, and those behind it. */
        private record Head(SourceRecord event, CaptureFolder.Events following) {}

        @Override
        public boolean isCooperative() {
            return false;
        }

        @Override
        public boolean complete() {
            if (batch == null) {
                batch = Traversers.traverseIterable(nextBatch());
            }
            emitBatch();
            return false;
        }

        private boolean emitBatch() {
            if (batch != null && !emitFromTraverser(batch)) {
                return false;
            }
            batch = null;
            return true;
        }

        private List<Object> nextBatch() {
            PriorityQueue<Head> open = heads == null ? open() : heads;
            heads = open;
            List<Object> items = new ArrayList<>();
            for (Head head; items.size() < BATCH && (head = open.poll()) != null; ) {
                SourceRecord event = head.event();
                if (event.timestampMillis() > watermark) {
                    watermark = event.timestampMillis();
                    items.add(new Watermark(watermark));
                }
                items.add(event);
                next.put(event.topicPartition(), event.offset() + 1);
                advance(open, event.topicPartition(), head.following());
            }
            return items;
        }

        private PriorityQueue<Head> open() {
            PriorityQueue<Head> open = new PriorityQueue<>(
                    Comparator.comparingLong(head -> head.event().timestampMillis()));
            CaptureFolder listed = folder.get();
            next.forEach((partition, sequenceNumber) -> {
                if (sequenceNumber < range.to(partition)) {
                    advance(open, partition, listed.from(partition, sequenceNumber));
                }
            });
            return open;
        }

        private void advance(PriorityQueue<Head> open, int partition, CaptureFolder.Events following) {
            long expected = requireNonNull(next.get(partition));
            SourceRecord event = following.next();
            while (event != null && event.offset() < expected) {
                event = following.next();
            }
            if (event != null && event.offset() > expected) {
                LOG.atWarn()
                        .addKeyValue("topic_partition", partition)
                        .addKeyValue("from", expected)
                        .addKeyValue("to", event.offset() - 1)
                        .log("no Capture file has these events");
            }
            if (event != null && event.offset() < range.to(partition)) {
                open.add(new Head(event, following));
            } else {
                following.close();
            }
        }

        @Override
        public boolean saveToSnapshot() {
            if (!emitBatch()) {
                return false;
            }
            if (snapshot == null) {
                snapshot = Traversers.traverseIterable(new TreeMap<>(next).entrySet())
                        .map(entry -> Util.entry(broadcastKey(entry.getKey()), entry.getValue()));
            }
            if (!emitFromTraverserToSnapshot(snapshot)) {
                return false;
            }
            snapshot = null;
            return true;
        }

        @Override
        protected void restoreFromSnapshot(Object key, Object value) {
            next.put((Integer) ((BroadcastKey<?>) key).key(), (Long) value);
        }

        @Override
        public void close() {
            if (heads != null) {
                heads.forEach(head -> head.following().close());
            }
        }
    }
}
