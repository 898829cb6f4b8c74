package io.sightline.dedupe.imap;

import com.hazelcast.map.EntryProcessor;
import io.sightline.dedupe.MarkBucket;
import io.sightline.dedupe.Sightings;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a backup does of a {@link MarkBatch}: adds the marks of its originals, but for those it has, and judges nothing.
 * Where there is no bucket, or one of another incarnation, it does nothing: the grid is about to copy the whole bucket.
 */
public final class MarkInserts implements EntryProcessor<Integer, MarkBucket, long[]> {
    private static final long serialVersionUID = 1;

    private final long incarnation;
    private final long expireBefore;
    private final boolean touch;
    private final transient Sightings originals;

    MarkInserts(long incarnation, long expireBefore, boolean touch, Sightings originals) {
        this.incarnation = incarnation;
        this.expireBefore = expireBefore;
        this.touch = touch;
        this.originals = originals;
    }

    @Override
    public long @Nullable [] process(Map.Entry<Integer, MarkBucket> entry) {
        MarkBucket bucket = entry.getValue();
        if (bucket == null || bucket.incarnation() != incarnation) {
            return null;
        }
        bucket.add(originals, expireBefore);
        if (touch) {
            bucket.shrink();
            entry.setValue(bucket);
        }
        return null;
    }

    @Override
    public @Nullable EntryProcessor<Integer, MarkBucket, long[]> getBackupProcessor() {
        return null;
    }

    long incarnation() {
        return incarnation;
    }

    long expireBefore() {
        return expireBefore;
    }

    boolean touch() {
        return touch;
    }

    Sightings originals() {
        return originals;
    }
}
