package io.sightline.cli;

import com.sun.management.OperatingSystemMXBean;
import io.sightline.dedupe.MarkBucket;
import io.sightline.pipeline.MemoryEstimate;
import io.sightline.spec.PipelineSpec;
import java.lang.management.ManagementFactory;

/**
 * The heap of the demo's member: enough for its rows and marks at the rate, and up to half as much again, within a quarter of
 * the machine's memory. With more room, regions of the heap are looked at later, when fewer rows live in them.
 *
 * @param heapMegabytes in steps of 256
 */
record DemoMemory(long heapMegabytes) {
    private static final long STEP_MEGABYTES = 256;
    private static final long BASE_MEGABYTES = 1_024;
    /** As much again, for the collector to work in. */
    private static final long TIMES_KEPT = 2;

    /** Broker, this process, and what a system needs besides. */
    private static final long OTHERS_MEGABYTES = 2_048;

    /** @throws Failure if this machine has not enough memory for the rate */
    static DemoMemory of(double rate, PipelineSpec pipeline) {
        long total = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize() >> 20;
        return of(rate, pipeline, total);
    }

    static DemoMemory of(double rate, PipelineSpec pipeline, long machineMegabytes) {
        long rows = TIMES_KEPT * pipeline.hotWindow().keep().toSeconds() * MemoryEstimate.hotRowBytes(pipeline);
        long marks = pipeline.deduplicate().horizon().toSeconds() * MarkBucket.BYTES_A_MARK;
        double bytes = rate * (rows + marks);
        long megabytes = BASE_MEGABYTES + (long) bytes / (1 << 20);
        long heap = (megabytes + STEP_MEGABYTES - 1) / STEP_MEGABYTES * STEP_MEGABYTES;
        if (heap + OTHERS_MEGABYTES > machineMegabytes) {
            throw new Failure(
                    Sightline.FAILED,
                    "%,.0f detections a second need %,d MB of memory and this machine has %,d MB; lower --rate"
                            .formatted(rate, heap + OTHERS_MEGABYTES, machineMegabytes));
        }
        long ample = Math.min(heap * 3 / 2, machineMegabytes / 4);
        return new DemoMemory(Math.max(heap, ample / STEP_MEGABYTES * STEP_MEGABYTES));
    }

    /** As {@code -Xmx} takes it. */
    String heap() {
        return heapMegabytes + "m";
    }
}
