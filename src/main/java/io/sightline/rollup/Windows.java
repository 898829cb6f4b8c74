package io.sightline.rollup;

import io.sightline.spec.RollupSpec;
import java.time.Duration;

/**
 * The tumbling windows of a rollup, named by their start. All times are microseconds since 1970; a window holds the
 * event times from its start up to, but without, its end.
 *
 * @param lengthMicros the length of a window, above 0; windows are aligned to 1970-01-01T00:00Z
 * @param correctForMicros how long after its end, in source time, a window still takes events
 */
public record Windows(long lengthMicros, long correctForMicros) {
    private static final long NANOS_PER_MICRO = 1_000;

    public Windows {
        if (lengthMicros <= 0 || correctForMicros < 0) {
            throw new IllegalArgumentException("no windows of " + lengthMicros + " us, open for " + correctForMicros);
        }
    }

    public static Windows of(RollupSpec rollup) {
        return new Windows(micros(rollup.window()), micros(rollup.correctFor()));
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / NANOS_PER_MICRO;
    }

    /** The start of the window that holds this event time. */
    public long startOf(long eventTimeMicros) {
        return eventTimeMicros - Math.floorMod(eventTimeMicros, lengthMicros);
    }

    public long endOf(long start) {
        return start + lengthMicros;
    }

    /**
     * Whether a window takes no event whose source time is {@code sourceTimeMicros}. Because source time never goes back
     * within a topic partition, a window closed at the watermark is closed for good.
     */
    public boolean closed(long start, long sourceTimeMicros) {
        return endOf(start) + correctForMicros < sourceTimeMicros;
    }

    /** The earliest end of a window that is not {@link #closed} at this source time. */
    public long oldestOpenEnd(long sourceTimeMicros) {
        return sourceTimeMicros - correctForMicros;
    }
}
