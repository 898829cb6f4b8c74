package io.sightline.pipeline;

import com.hazelcast.core.HazelcastInstance;
import io.sightline.dedupe.MarkBucket;
import io.sightline.grid.GridMember;
import io.sightline.grid.GridNames;
import io.sightline.spec.PipelineSpec;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What a pipeline needs of a member's heap, from sizes measured on rows of the detections' shape, and what happens at
 * the bound.
 *
 * @param hotRows how many rows of the hot window a member owns before the oldest leave early
 * @param hotRowBytes a row with its indexes
 * @param copies of everything: 2 where there is a member for the backup
 * @param keep how long the hot window keeps a row
 * @param horizon how long an id is remembered
 * @param heapBytes the heap of the smallest member
 */
public record MemoryEstimate(
        long hotRows, long hotRowBytes, int copies, Duration keep, Duration horizon, long heapBytes) {
    private static final long ROW_BYTES = 450;
    private static final long INDEX_ENTRY_BYTES = 200;
    private static final long RATE_OF_THE_EXAMPLE = 10_000;
    private static final double MEGABYTE = 1024 * 1024;

    /** The hot window may take this share of the heap; marks, rollups, job snapshots and the rest need the other. */
    private static final double HOT_WINDOW_SHARE = 0.5;

    /** For this pipeline on the grid as it is; the bound of its hot window is the one that the grid was first told. */
    public static MemoryEstimate of(HazelcastInstance hazelcast, PipelineSpec spec) {
        long heapBytes = GridMember.smallestHeapBytes(hazelcast);
        long rowBytes = hotRowBytes(spec);
        int copies = hazelcast.getCluster().getMembers().size() > 1 ? 2 : 1;
        Long told = hazelcast.<String, Long>getMap(GridNames.HOT_ROWS).get(spec.name());
        long rows = told == null ? (long) (heapBytes * HOT_WINDOW_SHARE / copies / rowBytes) : told;
        return new MemoryEstimate(
                rows,
                rowBytes,
                copies,
                spec.hotWindow().keep(),
                spec.deduplicate().horizon(),
                heapBytes);
    }

    /** A row of the hot window with its indexes. */
    public static long hotRowBytes(PipelineSpec spec) {
        return ROW_BYTES + INDEX_ENTRY_BYTES * spec.hotWindow().index().size();
    }

    /** For the start of a pipeline, a sentence a line. */
    public List<String> lines() {
        long perSecond = hotRows / Math.max(1, keep.toSeconds());
        long marks = RATE_OF_THE_EXAMPLE * horizon.toSeconds() * MarkBucket.BYTES_A_MARK * copies;
        return List.of(
                "heap %,.0f MB; the hot window holds at most %,d rows a member, of about %d bytes: %s at %,d events/s"
                        .formatted(heapBytes / MEGABYTE, hotRows, hotRowBytes, text(keep), perSecond),
                "beyond that its oldest rows leave early, and `hot_evicted` in pipeline_status says how many",
                "ids are remembered for %s: %,.0f MB at %,d events/s"
                        .formatted(text(horizon), marks / MEGABYTE, RATE_OF_THE_EXAMPLE));
    }

    private static String text(Duration duration) {
        return duration.toString().substring(2).toLowerCase(Locale.ROOT);
    }
}
