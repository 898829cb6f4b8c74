package io.sightline.source;

import com.hazelcast.function.SupplierEx;
import com.hazelcast.jet.Traverser;
import com.hazelcast.jet.core.AbstractProcessor;
import com.hazelcast.jet.core.ProcessorMetaSupplier;
import com.hazelcast.jet.core.ProcessorSupplier;
import io.sightline.event.SourceRecord;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The source of an offline job: a {@link RecordedFile} on the member's disk, emitted in file order by one processor, which
 * completes at the end of the file. No watermarks, and no job snapshot: an offline job has no processing guarantee, and if
 * it fails it is run again from the beginning.
 */
public final class RecordedSource {
    private RecordedSource() {}

    /**
     * The source as a vertex; its local parallelism must be 1.
     *
     * @param path the file, as the member sees it
     * @param eventTimes makes the look into records on the member
     */
    public static ProcessorMetaSupplier metaSupplier(
            String path, int topicPartitions, SupplierEx<EventTimes> eventTimes) {
        return ProcessorMetaSupplier.forceTotalParallelismOne(
                ProcessorSupplier.of(() -> new RecordedFileP(path, topicPartitions, eventTimes.get())));
    }

    /** Reads and emits; file reads block, so it has a thread of its own. */
    static final class RecordedFileP extends AbstractProcessor {
        private final String path;
        private final int topicPartitions;
        private final EventTimes eventTimes;
        private @Nullable RecordedFile file;
        private @Nullable Traverser<SourceRecord> records;

        RecordedFileP(String path, int topicPartitions, EventTimes eventTimes) {
            this.path = path;
            this.topicPartitions = topicPartitions;
            this.eventTimes = eventTimes;
        }

        @Override
        public boolean isCooperative() {
            return false;
        }

        @Override
        protected void init(Context context) {
            RecordedFile opened = RecordedFile.open(Path.of(path), topicPartitions, eventTimes);
            file = opened;
            records = opened::next;
        }

        @Override
        public boolean complete() {
            if (records == null) {
                throw new IllegalStateException("init comes first");
            }
            return emitFromTraverser(records);
        }

        @Override
        public void close() {
            if (file != null) {
                file.close();
            }
        }
    }
}
