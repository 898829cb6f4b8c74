package io.sightline.pipeline;

import com.hazelcast.config.EvictionConfig;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.IndexConfig;
import com.hazelcast.config.IndexType;
import com.hazelcast.config.InvalidConfigurationException;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MaxSizePolicy;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.query.Predicates;
import io.sightline.dedupe.imap.MarksMap;
import io.sightline.grid.GridNames;
import io.sightline.rollup.imap.RollupMap;
import io.sightline.spec.HotWindowSpec;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** The maps of one pipeline: their settings, and clearing what an earlier job left in them. */
final class PipelineMaps {
    /** A rollup keeps so many accumulators on a member at most; what needs one more is counted and left out of it. */
    static final long ACCUMULATORS = 4_000_000;

    /** Marks nobody touches are forgotten after this: a job may stay suspended so long and still resume. */
    private static final Duration MARKS_UNTOUCHED = Duration.ofDays(7);

    private static final int BACKUPS = 1;

    private PipelineMaps() {}

    /** Makes the pipeline's maps ready on a grid, empty. */
    static void prepare(HazelcastInstance hazelcast, PipelineSpec spec) {
        for (MapConfig config : configure(hazelcast, spec)) {
            hazelcast.getMap(config.getName()).clear();
        }
        forgetStatus(hazelcast, spec);
    }

    /**
     * Tells the grid the settings of the pipeline's maps; what is in them stays.
     *
     * @throws SubmissionException if the grid has maps of these names with other settings
     */
    static List<MapConfig> configure(HazelcastInstance hazelcast, PipelineSpec spec) {
        List<MapConfig> configs = new ArrayList<>();
        MemoryEstimate memory = MemoryEstimate.of(hazelcast, spec);
        hazelcast.<String, Long>getMap(GridNames.HOT_ROWS).putIfAbsent(spec.name(), memory.hotRows());
        configs.add(hotWindow(spec, memory.hotRows()));
        spec.rollups().forEach(rollup -> configs.add(RollupMap.config(GridNames.rollup(rollup.name()), rollup.keep())));
        configs.add(marks(spec));
        for (MapConfig config : configs) {
            try {
                hazelcast.getConfig().addMapConfig(config);
            } catch (InvalidConfigurationException e) {
                throw SubmissionException.otherSettings(config.getName());
            }
        }
        return configs;
    }

    /** Makes them ready on a member that is alone, with nothing that expires, is evicted or indexed. */
    static void prepareUnbounded(HazelcastInstance hazelcast, PipelineSpec spec) {
        List<MapConfig> configs = new ArrayList<>();
        configs.add(new MapConfig(GridNames.hotWindow(spec.name())));
        for (RollupSpec rollup : spec.rollups()) {
            configs.add(RollupMap.config(GridNames.rollup(rollup.name()), Duration.ZERO));
        }
        configs.add(marks(spec));
        configs.forEach(hazelcast.getConfig()::addMapConfig);
    }

    /** Creates the marks' buckets, empty, and gives the number they bear. */
    static long createMarks(HazelcastInstance hazelcast, PipelineSpec spec) {
        long incarnation = ThreadLocalRandom.current().nextLong();
        MarksMap.create(hazelcast, GridNames.marks(spec.name()), incarnation);
        return incarnation;
    }

    private static MapConfig marks(PipelineSpec spec) {
        return MarksMap.config(GridNames.marks(spec.name()), MARKS_UNTOUCHED);
    }

    /**
     * @param rows so many a member holds at most. Not a share of the heap: to know it, Hazelcast would look at every grid
     *     partition for every row.
     */
    static MapConfig hotWindow(PipelineSpec spec, long rows) {
        HotWindowSpec hotWindow = spec.hotWindow();
        MapConfig config = new MapConfig(GridNames.hotWindow(spec.name()))
                .setBackupCount(BACKUPS)
                .setTimeToLiveSeconds((int) Math.max(1, hotWindow.keep().toSeconds()))
                .setEvictionConfig(new EvictionConfig()
                        .setEvictionPolicy(EvictionPolicy.LRU)
                        .setMaxSizePolicy(MaxSizePolicy.PER_NODE)
                        .setSize((int) Math.min(Integer.MAX_VALUE, rows)));
        for (List<String> columns : hotWindow.index()) {
            config.addIndexConfig(new IndexConfig(IndexType.SORTED, columns.toArray(String[]::new))
                    .setName(String.join("_", columns)));
        }
        return config;
    }

    private static void forgetStatus(HazelcastInstance hazelcast, PipelineSpec spec) {
        hazelcast.getMap(GridNames.STATUS).remove(spec.name());
        hazelcast.getMap(GridNames.HISTORY).remove(spec.name());
        String prefix = spec.name() + "/";
        for (String name : List.of(GridNames.TOPIC_PARTITIONS, GridNames.COUNTS, GridNames.LATENCIES)) {
            IMap<String, Object> map = hazelcast.getMap(name);
            map.keySet().stream().filter(key -> key.startsWith(prefix)).forEach(map::delete);
        }
        // Not the dead letters: which of them the new job reads again is known when it starts.
        IMap<Object, Object> duplicates = hazelcast.getMap(GridNames.DUPLICATES);
        duplicates.removeAll(Predicates.equal("pipeline", spec.name()));
    }
}
