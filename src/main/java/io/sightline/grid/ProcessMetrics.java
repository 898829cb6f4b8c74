package io.sightline.grid;

import com.sun.management.OperatingSystemMXBean;
import io.sightline.observe.Metric;
import io.sightline.observe.MetricsText;
import io.sightline.observe.logback.LoggedErrors;
import io.sightline.observe.logback.RepeatedLines;
import java.lang.management.ManagementFactory;

/** What any process, member or gateway, says of itself. */
public final class ProcessMetrics {
    private static final double PERCENT = 100;

    private ProcessMetrics() {}

    /** Adds them. */
    public static void add(MetricsText text) {
        text.add(Metric.RUNTIME_ERRORS, LoggedErrors.total());
        text.add(Metric.LOG_LINES_SUPPRESSED, RepeatedLines.suppressedInAll());
        double used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        double max = Runtime.getRuntime().maxMemory();
        text.add(Metric.HEAP_USED, used);
        text.add(Metric.HEAP_MAX, max);
        text.add(Metric.MEMORY_UTILIZATION, PERCENT * used / max);
        // Negative before the JVM knows.
        double load =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuLoad();
        text.add(Metric.CPU_UTILIZATION, PERCENT * Math.max(0, load));
    }
}
