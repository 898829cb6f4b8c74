package io.sightline.gateway.http;

import java.util.function.LongSupplier;

/** A token bucket for each address. Thread-safe. */
final class RateLimit {
    private static final int MOST_REMEMBERED = 10_000;

    private final int burst;
    private final double refillASecond;
    private final LongSupplier nanoClock;
    private final Newest<String, Bucket> buckets = Newest.used(MOST_REMEMBERED);

    private record Bucket(double tokens, long nanos) {}

    RateLimit(int burst, double refillASecond, LongSupplier nanoClock) {
        this.burst = burst;
        this.refillASecond = refillASecond;
        this.nanoClock = nanoClock;
    }

    /** Takes a token if there is one. */
    synchronized boolean tryTake(String address) {
        long now = nanoClock.getAsLong();
        Bucket bucket = buckets.getOrDefault(address, new Bucket(burst, now));
        double tokens = Math.min(burst, bucket.tokens() + (now - bucket.nanos()) / 1e9 * refillASecond);
        boolean taken = tokens >= 1;
        buckets.put(address, new Bucket(taken ? tokens - 1 : tokens, now));
        return taken;
    }
}
