package io.sightline.spec;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How much a rollup holds for each of its groups, as far as the pipeline file tells; how many groups there will be, it
 * does not. An estimate for a warning, never a bound.
 *
 * @param windows windows whose accumulators the job holds: {@code correct-for} and the open one
 * @param rows rows that stay readable
 * @param measures measures in each
 */
public record RollupMemory(String rollup, long windows, long rows, int measures) {
    /** A small installation: ten places with ten items each. */
    private static final int GROUPS = 100;

    private static final int BYTES_PER_ACCUMULATOR = 24;
    private static final int BYTES_PER_MEASURE = 16;
    /** The job's state is written whole with every job snapshot. */
    private static final long LARGEST_STATE = 50L * 1024 * 1024;

    /** With its entry in the index on the window's start. */
    private static final int BYTES_PER_ROW = 420;

    private static final int COPIES = 2;
    private static final long LARGEST_ROWS = 1024L * 1024 * 1024;

    public static RollupMemory of(RollupSpec rollup) {
        return new RollupMemory(
                rollup.name(),
                ceil(rollup.correctFor(), rollup.window()) + 1,
                ceil(rollup.keep(), rollup.window()) + 1,
                rollup.measures().size());
    }

    /** Job state in bytes, with so many groups. */
    public long stateBytes(long groups) {
        return groups * windows * (BYTES_PER_ACCUMULATOR + (long) BYTES_PER_MEASURE * measures);
    }

    /** Memory of the rows in bytes, with so many groups, backup copies included. */
    public long rowBytes(long groups) {
        return groups * rows * BYTES_PER_ROW * COPIES;
    }

    /** A sentence for each rollup that looks too big for an ordinary machine. */
    public static List<String> warnings(PipelineSpec spec) {
        List<String> warnings = new ArrayList<>();
        for (RollupSpec rollup : spec.rollups()) {
            RollupMemory memory = of(rollup);
            if (memory.stateBytes(GROUPS) > LARGEST_STATE) {
                warnings.add(String.format(
                        Locale.ROOT,
                        "rollup %s: correct-for holds %,d windows a group; %d groups are about %,d MB in every job"
                                + " snapshot; shorten correct-for or lengthen window",
                        rollup.name(),
                        memory.windows(),
                        GROUPS,
                        megabytes(memory.stateBytes(GROUPS))));
            }
            if (memory.rowBytes(GROUPS) > LARGEST_ROWS) {
                warnings.add(String.format(
                        Locale.ROOT,
                        "rollup %s: keep holds up to %,d rows a group; %d groups are about %,d MB of memory with their"
                                + " backups; shorten keep or lengthen window",
                        rollup.name(),
                        memory.rows(),
                        GROUPS,
                        megabytes(memory.rowBytes(GROUPS))));
            }
        }
        return warnings;
    }

    private static long ceil(Duration length, Duration window) {
        return (length.toMillis() + window.toMillis() - 1) / window.toMillis();
    }

    private static long megabytes(long bytes) {
        return bytes / (1024 * 1024);
    }
}
