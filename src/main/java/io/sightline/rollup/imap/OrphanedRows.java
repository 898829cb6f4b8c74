package io.sightline.rollup.imap;

import com.hazelcast.map.IMap;
import com.hazelcast.nio.serialization.genericrecord.GenericRecord;
import com.hazelcast.query.Predicate;
import com.hazelcast.query.Predicates;
import io.sightline.event.imap.CompactRows;
import io.sightline.rollup.RollupColumns;
import io.sightline.rollup.Windows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Finds and removes rows that an earlier execution of the job wrote after the job snapshot and that this one does not
 * have: after everything restored has been written again, these are the rows of still open windows that bear the number
 * of an earlier execution. Rows of other jobs are left alone.
 *
 * <p>Blocks, one bucket after the other, on the executor it is given.
 */
final class OrphanedRows {
    private final IMap<RollupKey, GenericRecord> map;
    private final Windows windows;
    private final StartNumber start;

    OrphanedRows(IMap<RollupKey, GenericRecord> map, Windows windows, StartNumber start) {
        this.map = map;
        this.windows = windows;
        this.start = start;
    }

    /**
     * Removes them.
     *
     * @param droppedUpTo by bucket key: the watermark up to which the restored state no longer holds closed windows, in
     *     microseconds, or {@code Long.MIN_VALUE} if it holds all
     * @return how many were found
     */
    CompletableFuture<Integer> remove(Map<Integer, Long> droppedUpTo, Executor executor) {
        return CompletableFuture.supplyAsync(
                () -> {
                    int found = 0;
                    for (Map.Entry<Integer, Long> bucket : droppedUpTo.entrySet()) {
                        found += remove(bucket.getKey(), bucket.getValue());
                    }
                    return found;
                },
                executor);
    }

    private int remove(Integer bucketKey, long droppedUpTo) {
        List<CompletableFuture<?>> removals = new ArrayList<>();
        for (RollupKey key : map.keySet(Predicates.partitionPredicate(bucketKey, orphans(droppedUpTo)))) {
            // The row may have been written by this execution meanwhile: the removal looks again.
            removals.add(map.submitToKey(key, RollupWrite.removeBefore(start.number()))
                    .toCompletableFuture());
        }
        removals.forEach(CompletableFuture::join);
        return removals.size();
    }

    private Predicate<RollupKey, GenericRecord> orphans(long droppedUpTo) {
        Predicate<RollupKey, GenericRecord> earlier =
                Predicates.between(RollupColumns.START_NUMBER, start.firstOfJob(), start.number() - 1);
        if (droppedUpTo == Long.MIN_VALUE) {
            return earlier;
        }
        return Predicates.and(
                Predicates.greaterEqual(
                        RollupColumns.WINDOW_END, CompactRows.toDateTime(windows.oldestOpenEnd(droppedUpTo))),
                earlier);
    }
}
