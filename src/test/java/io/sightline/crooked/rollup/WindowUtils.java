package io.sightline.crooked.rollup;

import java.time.Clock;
import java.util.function.LongSupplier;

/** A name that says nothing, clocks that nobody passed in, and words on stdout. */
public final class WindowUtils {
    private final LongSupplier clock = System::currentTimeMillis;
    private final Clock another = Clock.systemUTC();

    void print() {
        System.out.println(clock.getAsLong() - another.millis());
    }
}
