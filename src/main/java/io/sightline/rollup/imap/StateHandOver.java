package io.sightline.rollup.imap;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.JetException;
import com.hazelcast.map.IMap;
import java.io.Serializable;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The accumulators of a rollup on their way from the job that rebuilt them to the one that goes on with them: in a map, packed,
 * by bucket key. Every bucket has an entry, so that one that was lost is noticed.
 *
 * @param map the map's name
 * @param gives whether this job is the one that rebuilt them
 * @param closedUpToMicros what is closed at this source time is not among them, and takes no event any more
 */
public record StateHandOver(String map, boolean gives, long closedUpToMicros) implements Serializable {
    /** How the error begins that fails the job when they are. */
    public static final String LOST = "rebuilt rollups are lost";

    /** Of the job that rebuilds. */
    public static StateHandOver giving(String map, long closedUpToMicros) {
        return new StateHandOver(map, true, closedUpToMicros);
    }

    /** Of the job that goes on. */
    public static StateHandOver taking(String map) {
        return new StateHandOver(map, false, Long.MIN_VALUE);
    }

    CompletableFuture<Void> give(HazelcastInstance hazelcast, Map<Integer, byte[]> packed) {
        return states(hazelcast).setAllAsync(packed).toCompletableFuture();
    }

    CompletableFuture<Map<Integer, byte[]>> take(HazelcastInstance hazelcast, Set<Integer> buckets, Executor blocking) {
        return CompletableFuture.supplyAsync(
                () -> {
                    Map<Integer, byte[]> packed = states(hazelcast).getAll(buckets);
                    if (packed.size() < buckets.size()) {
                        throw new JetException(
                                LOST + ": map '" + map + "' has "
                                        + packed.size() + " of " + buckets.size()
                                        + " buckets, because members were lost while the job started; submit the pipeline again");
                    }
                    return packed;
                },
                blocking);
    }

    /** They are in the job's own snapshots now. */
    void forget(HazelcastInstance hazelcast, Set<Integer> buckets) {
        buckets.forEach(bucket -> states(hazelcast).removeAsync(bucket));
    }

    private IMap<Integer, byte[]> states(HazelcastInstance hazelcast) {
        return hazelcast.getMap(map);
    }
}
