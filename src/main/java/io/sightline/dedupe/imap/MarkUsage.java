package io.sightline.dedupe.imap;

import com.hazelcast.core.ReadOnly;
import com.hazelcast.map.EntryProcessor;
import io.sightline.dedupe.MarkBucket;
import java.io.Serializable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What marks cost.
 *
 * @param marks how many there are, expired ones included that were not dropped yet
 * @param bytes the memory they take, in bytes
 */
public record MarkUsage(long marks, long bytes) implements Serializable {
    static final MarkUsage NONE = new MarkUsage(0, 0);

    MarkUsage plus(MarkUsage other) {
        return new MarkUsage(marks + other.marks, bytes + other.bytes);
    }

    /** Asks a bucket. */
    static final class Query implements EntryProcessor<Integer, MarkBucket, MarkUsage>, ReadOnly {
        private static final long serialVersionUID = 1;

        @Override
        public MarkUsage process(Map.Entry<Integer, MarkBucket> entry) {
            MarkBucket bucket = entry.getValue();
            return bucket == null ? NONE : new MarkUsage(bucket.marks(), bucket.bytes());
        }

        @Override
        public @Nullable EntryProcessor<Integer, MarkBucket, MarkUsage> getBackupProcessor() {
            return null;
        }
    }
}
