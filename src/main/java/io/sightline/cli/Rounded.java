package io.sightline.cli;

import io.sightline.demo.LatencyProbe;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Figures with no more digits than they mean. */
final class Rounded {
    private Rounded() {}

    /** A quantile of latencies in milliseconds, to tenths; null without any. */
    static @Nullable Double millis(double[] ascending, double share) {
        return tenths(LatencyProbe.quantile(ascending, share));
    }

    static @Nullable Double tenths(OptionalDouble value) {
        return value.isPresent() ? Math.round(value.getAsDouble() * 10) / 10.0 : null;
    }

    static double hundredths(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
