package io.sightline.cli;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * The heap of the demo's member: enough for its rows and marks at the rate, from sizes that were measured
 * ({@link io.sightline.pipeline.MemoryEstimate}).
 *
 * @param heapMegabytes in steps of 256
 */
record DemoMemory(long heapMegabytes) {
    private static final long STEP_MEGABYTES = 256;
    private static final long BASE_MEGABYTES = 1_024;
    /** A row of the hot window with its index, twice: rows leave up to as late again as they may. */
    private static final long BYTES_A_ROW = 2 * 650;

    private static final long BYTES_A_MARK = 73;
    private static final Duration HORIZON = Duration.ofMinutes(10);
    /** Broker, this process, and what a system needs besides. */
    private static final long OTHERS_MEGABYTES = 2_048;

    /** @throws Failure if this machine has not enough memory for the rate */
    static DemoMemory of(double rate, Duration hotWindow) {
        long total = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize() >> 20;
        return of(rate, hotWindow, total);
    }

    static DemoMemory of(double rate, Duration hotWindow, long machineMegabytes) {
        double bytes = rate * (hotWindow.toSeconds() * BYTES_A_ROW + HORIZON.toSeconds() * BYTES_A_MARK);
        long megabytes = BASE_MEGABYTES + (long) bytes / (1 << 20);
        long heap = (megabytes + STEP_MEGABYTES - 1) / STEP_MEGABYTES * STEP_MEGABYTES;
        if (heap + OTHERS_MEGABYTES > machineMegabytes) {
            throw new Failure(
                    Sightline.FAILED,
                    "%,.0f detections a second need %,d MB of memory and this machine has %,d MB; lower --rate"
                            .formatted(rate, heap + OTHERS_MEGABYTES, machineMegabytes));
        }
        return new DemoMemory(heap);
    }

    /** As {@code -Xmx} takes it. */
    String heap() {
        return heapMegabytes + "m";
    }
}
