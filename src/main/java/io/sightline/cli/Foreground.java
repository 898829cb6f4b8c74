package io.sightline.cli;

import com.hazelcast.core.HazelcastInstance;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A member in this process, until Ctrl-C (or a termination signal) ends it in order. */
final class Foreground implements AutoCloseable {
    private final HazelcastInstance member;
    private final Runnable beforeShutdown;
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicBoolean closing = new AtomicBoolean();

    /** @param beforeShutdown done while the member still works, once */
    Foreground(HazelcastInstance member, Runnable beforeShutdown) {
        this.member = member;
        this.beforeShutdown = beforeShutdown;
        Runtime.getRuntime().addShutdownHook(new Thread(this::stopOnSignal, "stop-on-signal"));
    }

    /** Waits so long, or less if the end was asked for. True if it was. */
    boolean awaitEnd(Duration time) throws InterruptedException {
        return asked.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void stopOnSignal() {
        asked.countDown();
        close();
    }

    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            try {
                beforeShutdown.run();
            } finally {
                member.shutdown();
                ended.countDown();
            }
        }
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
