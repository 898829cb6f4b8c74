package io.sightline.demo;

import java.time.Duration;
import java.time.Instant;

/**
 * What a {@link SeededFeed} is like. The same options give the same bytes, on any machine and any Java.
 *
 * @param seed where chance begins
 * @param cameras how many cameras send; at least 1
 * @param places how many places they stand at, evenly; at least 1
 * @param ratePerSecond fresh detections a second, copies not counted
 * @param count fresh detections in all, those that a fault spoils included; copies not
 * @param start event time of the first one, whole milliseconds
 * @param rampUp the rate climbs from nothing for so long, with the square of the time: a JVM that has just started compiles
 *     while it works; zero for the full rate at once
 * @param live for sending in real time: each detection says when it was due at the broker ({@code produced_at},
 *     microseconds since 1970), and what would be due after the last fresh one is never sent
 */
public record FeedOptions(
        long seed,
        int cameras,
        int places,
        double ratePerSecond,
        long count,
        Instant start,
        Duration rampUp,
        Faults faults,
        boolean live) {

    public static final int DEFAULT_CAMERAS = 1_000;
    public static final int DEFAULT_PLACES = 100;

    public FeedOptions {
        if (cameras < 1 || places < 1 || count < 0 || !(ratePerSecond > 0)) {
            throw new IllegalArgumentException(
                    "a feed needs at least one camera and one place, a rate above 0 and a count not below 0");
        }
    }

    /** A feed of default width, for sending at any speed. */
    public static FeedOptions of(long seed, double ratePerSecond, long count, Instant start, Faults faults) {
        return new FeedOptions(
                seed, DEFAULT_CAMERAS, DEFAULT_PLACES, ratePerSecond, count, start, Duration.ZERO, faults, false);
    }

    /** A feed of default width, for sending in real time. */
    public static FeedOptions live(
            long seed, double ratePerSecond, long count, Instant start, Duration rampUp, Faults faults) {
        return new FeedOptions(
                seed, DEFAULT_CAMERAS, DEFAULT_PLACES, ratePerSecond, count, start, rampUp, faults, true);
    }

    /** How many fresh detections such a feed has after so long. */
    public static long count(double ratePerSecond, Duration rampUp, Duration length) {
        double ramp = rampUp.toNanos() / 1e9;
        double seconds = length.toNanos() / 1e9;
        return (long)
                (ratePerSecond * (seconds < ramp ? Math.pow(seconds / ramp, 3) * ramp / 3 : seconds - ramp * 2 / 3));
    }

    /** When the fresh detection of this number, from 0, is made: milliseconds after the start. */
    long millisOf(long number) {
        double ramp = rampUp.toMillis();
        double atFullRate = number * 1_000 / ratePerSecond;
        return (long) (atFullRate < ramp / 3 ? Math.cbrt(3 * atFullRate / ramp) * ramp : atFullRate + ramp * 2 / 3);
    }

    /**
     * What goes wrong on the way. Shares are from 0 to 1.
     *
     * @param resent share of records sent a second time
     * @param resentWithin how much later, at most
     * @param late share of records that arrive 2 to 20 s late
     * @param malformed share of detections spoiled, each in one of the ways there are
     * @param unknownPlace share of detections of a place that no reference data has
     * @param fleet whether the fleet is mixed: {@link Traffic} says who sees what; every 50th camera has a firmware without
     *     {@code event_id}, another one sends epoch milliseconds, another's clock drifts, every tenth batches its
     *     detections into arrays; one camera falls silent, and after a minute, or half the feed if that is less, records
     *     carry a field that was not there before
     */
    public record Faults(
            double resent, Duration resentWithin, double late, double malformed, double unknownPlace, boolean fleet) {

        private static final Duration RESENT_WITHIN = Duration.ofSeconds(30);

        /** Nothing but copies: 5 % of the records. For benchmarks. */
        public static Faults onlyResent() {
            return new Faults(0.05, RESENT_WITHIN, 0, 0, 0, false);
        }

        /** All of it, as a real fleet has it. */
        public static Faults all() {
            return new Faults(0.05, RESENT_WITHIN, 0.01, 0.001, 0.005, true);
        }

        /** All of it, and more that is malformed: for tests that want every way of it in a small feed. */
        public static Faults allOften() {
            return new Faults(0.05, RESENT_WITHIN, 0.01, 0.013, 0.005, true);
        }
    }
}
