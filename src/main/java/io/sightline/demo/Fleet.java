package io.sightline.demo;

import io.sightline.demo.FeedLoader.Pace;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A feed on its way into a topic in real time, open loop: each record is sent when it is due, however long the broker or
 * the pipeline takes for those before it. What is sent too late, because this machine is busy, still says when it was due.
 * Sends on a thread of its own until the feed ends or {@link #stop}.
 */
public final class Fleet {
    private static final long LONGEST_WAIT_MILLIS = 100;

    private final SeededFeed feed;
    private final Clock clock;
    private final CompletableFuture<FeedTruth> end = new CompletableFuture<>();
    private final AtomicLong sent = new AtomicLong();
    private volatile long behindMillis;

    private Fleet(SeededFeed feed, Clock clock) {
        this.feed = feed;
        this.clock = clock;
    }

    /** Starts to send; the first record when the feed says. */
    public static Fleet start(String bootstrapServers, String topic, SeededFeed feed, Clock clock) {
        Fleet fleet = new Fleet(feed, clock);
        Thread thread = new Thread(() -> fleet.run(bootstrapServers, topic), "camera-fleet");
        thread.setDaemon(true);
        thread.start();
        return fleet;
    }

    private void run(String bootstrapServers, String topic) {
        try {
            FeedLoader.load(bootstrapServers, topic, feed, (Pace) this::awaitDue);
            end.complete(feed.truth());
        } catch (RuntimeException e) {
            end.completeExceptionally(e);
        }
    }

    private void awaitDue(long dueMillis) {
        long wait = dueMillis - clock.millis();
        behindMillis = Math.max(0, -wait);
        for (; wait > 0; wait = dueMillis - clock.millis()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(Math.min(wait, LONGEST_WAIT_MILLIS)));
        }
        sent.incrementAndGet();
    }

    /** Records sent so far, copies included. */
    public long sent() {
        return sent.get();
    }

    /** How far sending lags behind what is due, in milliseconds. */
    public long behindMillis() {
        return behindMillis;
    }

    /** Whether it has ended, well or not. */
    public boolean isDone() {
        return end.isDone();
    }

    /** Ends the feed where it is. */
    public void stop() {
        feed.stop();
    }

    /**
     * Waits for the end.
     *
     * @return the truth about all that was sent; the broker has acknowledged every record
     * @throws BrokerException if it has not
     */
    public FeedTruth await() throws InterruptedException {
        try {
            return end.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof BrokerException refused
                    ? refused
                    : BrokerException.refused("take the feed", e.getCause());
        }
    }
}
