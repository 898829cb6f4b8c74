package io.sightline.rollup.imap;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;

/**
 * Hands out the numbers of executions. A number is never given twice as long as the grid lives. Blocks; not for
 * cooperative threads.
 */
public final class StartNumbers {
    /** What is executed, to {last number, job, first number of that job}. Needs no configuration. */
    public static final String MAP = "sightline.start_numbers";

    private StartNumbers() {}

    /**
     * The number of an execution that is about to start.
     *
     * @param executed the name of what is executed, the same in every job that writes the same rows
     * @param jobId Jet's id of the job, the same for all of its executions
     */
    public static StartNumber next(HazelcastInstance hazelcast, String executed, long jobId) {
        IMap<String, long[]> numbers = hazelcast.getMap(MAP);
        while (true) {
            long[] last = numbers.get(executed);
            long number = last == null ? 1 : last[0] + 1;
            long firstOfJob = last != null && last[1] == jobId ? last[2] : number;
            long[] next = {number, jobId, firstOfJob};
            boolean ours =
                    last == null ? numbers.putIfAbsent(executed, next) == null : numbers.replace(executed, last, next);
            if (ours) {
                return new StartNumber(number, firstOfJob);
            }
        }
    }
}
