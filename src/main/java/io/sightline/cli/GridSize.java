package io.sightline.cli;

import io.sightline.dedupe.MarkBucket;
import io.sightline.pipeline.MemoryEstimate;
import io.sightline.source.KafkaSource;
import io.sightline.spec.PipelineSpec;
import io.sightline.spec.RollupMemory;
import io.sightline.spec.RollupSpec;

/**
 * How large a grid, and the event hub before it, have to be for a pipeline at a rate. All memory is of the whole grid, with
 * its backups, but for what is said to be of a member.
 *
 * @param marksMegabytes the ids of one horizon: a bound, from the layout of the marks
 * @param hotWindowMegabytes rows with their indexes, by sizes measured on rows of the detections' shape
 * @param rollupsMegabytes rows and job state of the rollups: estimated
 * @param members so many that one may be away
 * @param heapMegabytes of a member, with all that one of the others leaves it
 * @param memoryMegabytes of a member: its heap, and what a JVM needs besides
 * @param cores of a member: estimated
 * @param throughputUnits of Event Hubs, Standard
 * @param hourOfBacklogMinutes how long the members take, by the limits of those units, to read what came in an hour, live
 */
record GridSize(
        long marksMegabytes,
        long hotWindowMegabytes,
        long rollupsMegabytes,
        int members,
        long heapMegabytes,
        long memoryMegabytes,
        int cores,
        int topicPartitions,
        int throughputUnits,
        long hourOfBacklogMinutes) {
    /** More than the Standard tier has: Premium or Dedicated then. */
    static final int MOST_THROUGHPUT_UNITS = 40;

    static final int MOST_TOPIC_PARTITIONS = 32;

    /** With fewer there is no majority that could survive one of them. */
    private static final int FEWEST_MEMBERS = 3;

    /** Beyond it more members do better than larger ones: a collection of a larger heap takes longer. */
    private static final long LARGEST_HEAP_MEGABYTES = 24 * 1_024;

    /** As the demo's member has them, which runs at 10,000 events a second. */
    private static final long BASE_MEGABYTES = 1_024;
    /** As much again, for the collector to work in; and the hot window may take half of a heap. */
    private static final long TIMES_KEPT = 2;

    private static final int COPIES = 2;
    private static final long STEP_MEGABYTES = 256;

    /** Threads, code, buffers of Kafka and Parquet, and the collector's own. */
    private static final double MEMORY_PER_HEAP = 1.6;

    /** One for the steady rate, as was seen on two cores, and one to catch up with. */
    private static final double CORES_FOR_TEN_THOUSAND = 2;

    private static final int FEWEST_CORES = 2;

    /** Of one unit: in by count and by bytes, out by count and by bytes. */
    private static final double UNIT_RECORDS_IN = 1_000;

    private static final double UNIT_BYTES_IN = 1_000_000;
    private static final double UNIT_RECORDS_OUT = 4_096;
    private static final double UNIT_BYTES_OUT = 2_000_000;

    /**
     * What comes in.
     *
     * @param rate events a second
     * @param recordBytes of a record, on the average
     * @param eventsInRecord on the average; more than 1 where cameras send arrays
     * @param groups of the rollups: places times items, say
     */
    record Traffic(double rate, int recordBytes, double eventsInRecord, long groups) {
        double recordsPerSecond() {
            return rate / eventsInRecord;
        }
    }

    static GridSize of(PipelineSpec pipeline, Traffic traffic) {
        double marks =
                COPIES * traffic.rate() * pipeline.deduplicate().horizon().toSeconds() * MarkBucket.BYTES_A_MARK;
        double hotWindow = COPIES
                * traffic.rate()
                * pipeline.hotWindow().keep().toSeconds()
                * MemoryEstimate.hotRowBytes(pipeline);
        double rollups = 0;
        for (RollupSpec rollup : pipeline.rollups()) {
            RollupMemory memory = RollupMemory.of(rollup);
            rollups += memory.rowBytes(traffic.groups()) + (double) COPIES * memory.stateBytes(traffic.groups());
        }
        double kept = megabytes(marks + TIMES_KEPT * (hotWindow + rollups));
        int members = FEWEST_MEMBERS;
        while (heap(kept, members) > LARGEST_HEAP_MEGABYTES) {
            members++;
        }
        double cores = CORES_FOR_TEN_THOUSAND * traffic.rate() / 10_000 / (members - 1);
        long heap = heap(kept, members);
        int units = throughputUnits(traffic);
        int readers = members * KafkaSource.LOCAL_PARALLELISM;
        return new GridSize(
                Math.round(megabytes(marks)),
                Math.round(megabytes(hotWindow)),
                Math.round(megabytes(rollups)),
                members,
                heap,
                upTo(STEP_MEGABYTES, heap * MEMORY_PER_HEAP),
                Math.max(FEWEST_CORES, (int) Math.ceil(cores)),
                (int) upTo(members, Math.max(readers, units)),
                units,
                hourOfBacklogMinutes(traffic, units));
    }

    /** A member's, while one of them is away and the others hold what it held. */
    private static long heap(double keptMegabytes, int members) {
        return upTo(STEP_MEGABYTES, BASE_MEGABYTES + keptMegabytes / (members - 1));
    }

    private static int throughputUnits(Traffic traffic) {
        double records = traffic.recordsPerSecond();
        double units = Math.max(
                Math.max(records / UNIT_RECORDS_IN, records * traffic.recordBytes() / UNIT_BYTES_IN),
                Math.max(records / UNIT_RECORDS_OUT, records * traffic.recordBytes() / UNIT_BYTES_OUT));
        return Math.max(1, (int) Math.ceil(units));
    }

    private static long hourOfBacklogMinutes(Traffic traffic, int units) {
        double records = traffic.recordsPerSecond();
        double out = units * Math.min(UNIT_RECORDS_OUT, UNIT_BYTES_OUT / traffic.recordBytes());
        return Math.round(60 * records / (out - records));
    }

    private static double megabytes(double bytes) {
        return bytes / (1 << 20);
    }

    private static long upTo(long step, double wanted) {
        return (long) Math.ceil(wanted / step) * step;
    }
}
