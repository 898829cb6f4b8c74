package io.sightline.grid;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.Job;
import com.hazelcast.map.IMap;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What the grid knows of the last submission of a pipeline besides what Jet does.
 *
 * @param jobId its job
 * @param members so many the grid had, or more once before
 */
public record Submission(long jobId, int members) implements Serializable {
    /** With fewer members than this there is no majority that could survive one of them. */
    private static final int MEMBERS_WITH_A_MAJORITY = 3;

    /** Those of all pipelines, by name, until their jobs are known to have ended. */
    public static IMap<String, Submission> all(HazelcastInstance hazelcast) {
        return hazelcast.getMap(GridNames.SUBMISSIONS);
    }

    /**
     * The job of a pipeline, or the one it had last; null if there is neither. By its name alone Jet does not find a job whose
     * coordinator has died, before the next one has looked through the records: seconds, or minutes while backups are made.
     *
     * @param hazelcast a member or a client
     */
    public static @Nullable Job job(HazelcastInstance hazelcast, String pipeline) {
        Job named = hazelcast.getJet().getJob(pipeline);
        if (named != null && !named.getStatus().isTerminal()) {
            return named;
        }
        Submission last = all(hazelcast).get(pipeline);
        Job submitted = last == null ? null : hazelcast.getJet().getJob(last.jobId());
        return submitted == null ? named : submitted;
    }

    /** Whether a grid of so many members is so large that a part of it must not go on by itself. */
    public static boolean needsMajority(int members) {
        return members >= MEMBERS_WITH_A_MAJORITY;
    }

    /** Whether so many members may take for lost what they do not find: the others may only be cut off. */
    public boolean isDecidedBy(int present) {
        return !needsMajority(members) || present > members / 2;
    }
}
