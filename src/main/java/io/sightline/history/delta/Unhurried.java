package io.sightline.history.delta;

import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Lets a thread that has time work for a quarter of it, in short stretches: beside a job on a full machine it is in nobody's
 * way for long. Called between two stretches. Not thread-safe.
 */
final class Unhurried implements Runnable {
    /** So many times as long as it worked. */
    private static final int RESTS = 3;

    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoClock;
    private final LongConsumer sleep;
    private long resumed;

    /** @param sleep for so many nanoseconds, or less if the thread is interrupted */
    Unhurried(LongSupplier nanoClock, LongConsumer sleep) {
        this.nanoClock = nanoClock;
        this.sleep = sleep;
        this.resumed = nanoClock.getAsLong();
    }

    @Override
    public void run() {
        long worked = nanoClock.getAsLong() - resumed;
        sleep.accept(Math.min(RESTS * worked, LONGEST_NANOS));
        resumed = nanoClock.getAsLong();
    }
}
