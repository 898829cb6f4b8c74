package io.sightline.rollup.imap;

import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.IndexConfig;
import com.hazelcast.config.IndexType;
import com.hazelcast.config.MapConfig;
import io.sightline.event.imap.CompactRows;
import io.sightline.rollup.RollupColumns;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupSpec;
import java.time.Duration;

/** The map that holds a rollup's rows: {@link RollupKey} to a Compact row of {@link RollupColumns#stored}. */
public final class RollupMap {

    private RollupMap() {}

    /**
     * How the map is to be configured.
     *
     * @param keep how long after it was last written a row stays; zero for ever, and then without an index
     */
    public static MapConfig config(String mapName, Duration keep) {
        // Zero means for ever to Hazelcast, so a fraction of a second must not become zero.
        int seconds = (int) Math.min(Integer.MAX_VALUE, keep.plusMillis(999).toSeconds());
        MapConfig config = new MapConfig(mapName)
                .setInMemoryFormat(InMemoryFormat.BINARY)
                .setBackupCount(1)
                .setTimeToLiveSeconds(seconds)
                .setEvictionConfig(new MapConfig(mapName).getEvictionConfig().setEvictionPolicy(EvictionPolicy.NONE));
        if (seconds > 0) {
            // Dashboards ask for the last minutes again and again, and would else read all rows that are kept.
            config.addIndexConfig(
                    new IndexConfig(IndexType.SORTED, RollupColumns.WINDOW_START).setName(RollupColumns.WINDOW_START));
        }
        return config;
    }

    /** The Compact rows of a rollup; the type is named after the map. */
    public static CompactRows rows(String mapName, RollupSpec rollup, PipelineSpec pipeline) {
        return new CompactRows(
                mapName, RollupColumns.of(rollup, pipeline.enrichedColumns()).stored());
    }
}
