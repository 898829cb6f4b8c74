package io.sightline.grid;

import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionConfig;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MaxSizePolicy;
import io.sightline.enrich.imap.References;
import java.util.List;

/** The settings of the maps that all pipelines share; every member has them before it starts. */
final class SharedMaps {
    /** So many duplicates a member shows at most; the oldest go first. */
    private static final int DUPLICATES = 100_000;

    /** So many dead letters; most are small, the largest a megabyte and a third of that again as text. */
    private static final int DEAD_LETTERS = 50_000;

    private SharedMaps() {}

    /** Those of a member that takes part in a cluster. */
    static void addBounded(Config config) {
        config.addMapConfig(oldestLeave(GridNames.DUPLICATES, DUPLICATES));
        config.addMapConfig(oldestLeave(GridNames.DEAD_LETTERS, DEAD_LETTERS));
        // None may leave: a letter without its mark would be redriven with the next lot. One is made by each redrive.
        config.addMapConfig(new MapConfig(GridNames.REDRIVES));
        // What a pipeline is started again by outlives any member but the last: a few small entries.
        for (String map :
                List.of(GridNames.PIPELINES, GridNames.SUBMISSIONS, GridNames.FAILOVERS, GridNames.HOT_ROWS)) {
            config.addMapConfig(new MapConfig(map).setBackupCount(MapConfig.MAX_BACKUP_COUNT));
        }
        addUnbounded(config);
    }

    /** Those of a member that is alone with a file, and keeps all that comes. */
    static void addUnbounded(Config config) {
        References.configure(config);
    }

    private static MapConfig oldestLeave(String map, int rows) {
        return new MapConfig(map)
                .setEvictionConfig(new EvictionConfig()
                        .setEvictionPolicy(EvictionPolicy.LRU)
                        .setMaxSizePolicy(MaxSizePolicy.PER_NODE)
                        .setSize(rows));
    }
}
