package io.sightline.dedupe.imap;

import com.hazelcast.map.EntryProcessor;
import io.sightline.dedupe.MarkBucket;
import io.sightline.dedupe.Rule;
import io.sightline.dedupe.Sightings;
import io.sightline.dedupe.Verdict;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Judges a batch of sightings against their bucket, on the member that owns it; answers with {@link Verdict#words}.
 *
 * <p>The bucket is changed in place and most batches do not set the entry's value: the map is in OBJECT format and has
 * nobody else who looks. A touch sets it, which renews the entry's time to live, here and on the backup.
 *
 * <p>The backup does not judge again. It is sent the originals, every one of them: a retry finds its marks already here
 * while the backup may have died, or been replaced, before it got them.
 *
 * <p>On a member that runs it for itself, this is the caller's own object: the sightings are not to be written to, and
 * each run starts afresh.
 */
public final class MarkBatch implements EntryProcessor<Integer, MarkBucket, long[]> {
    private static final long serialVersionUID = 1;

    private final long incarnation;
    private final long expireBefore;
    private final long horizonMillis;
    private final Rule rule;
    private final boolean touch;
    private final transient Sightings sightings;
    private transient @Nullable MarkInserts inserts;

    /**
     * @param incarnation the start of the job that asks; any other's bucket is left alone
     * @param expireBefore marks with a source time before this, in milliseconds, are not needed any more
     * @param touch whether to renew the entry's time to live and to give back memory
     */
    public MarkBatch(
            long incarnation, long expireBefore, long horizonMillis, Rule rule, boolean touch, Sightings sightings) {
        this.incarnation = incarnation;
        this.expireBefore = expireBefore;
        this.horizonMillis = horizonMillis;
        this.rule = rule;
        this.touch = touch;
        this.sightings = sightings;
    }

    @Override
    public long[] process(Map.Entry<Integer, MarkBucket> entry) {
        inserts = null;
        MarkBucket bucket = entry.getValue();
        if (bucket == null) {
            return Verdict.not(Verdict.Outcome.NO_BUCKET).words();
        }
        if (bucket.incarnation() != incarnation) {
            return Verdict.not(Verdict.Outcome.OTHER_INCARNATION).words();
        }
        Verdict verdict = bucket.judge(sightings, expireBefore, horizonMillis, rule);
        if (verdict.outcome() != Verdict.Outcome.JUDGED) {
            return verdict.words();
        }
        if (touch) {
            bucket.shrink();
            entry.setValue(bucket);
        }
        Sightings originals = sightings.originals(verdict);
        if (touch || !originals.isEmpty()) {
            inserts = new MarkInserts(incarnation, expireBefore, touch, originals);
        }
        return verdict.words();
    }

    /** The originals of the last run; null if it changed nothing. */
    @Override
    public @Nullable EntryProcessor<Integer, MarkBucket, long[]> getBackupProcessor() {
        return inserts;
    }

    long incarnation() {
        return incarnation;
    }

    long expireBefore() {
        return expireBefore;
    }

    long horizonMillis() {
        return horizonMillis;
    }

    Rule rule() {
        return rule;
    }

    boolean touch() {
        return touch;
    }

    Sightings sightings() {
        return sightings;
    }
}
