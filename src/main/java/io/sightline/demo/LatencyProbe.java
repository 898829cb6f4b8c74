package io.sightline.demo;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.sql.SqlResult;
import io.sightline.demo.TopicSampler.Sample;
import io.sightline.event.imap.CompactRows;
import io.sightline.spec.PipelineSpec;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Measures how long after an event was due at the broker a query sees it. Events of the topic are picked at a steady rate,
 * and SQL is asked for each of them, again and again, until its row is there: the time of the answer is when it was visible.
 * What a stalled grid keeps back is measured in full, since picking does not wait for answers. The figure includes the time
 * the query takes and the pause before it. Thread-safe.
 */
public final class LatencyProbe implements AutoCloseable {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(4);
    private static final long PAUSE_WITHOUT_GRID_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long FIRST_SAMPLE_WITHIN_MILLIS = 100;

    private final Supplier<@Nullable HazelcastInstance> grid;
    private final Clock clock;
    private final String query;
    private final TopicSampler sampler;
    private final BlockingQueue<Sample> picked = new LinkedBlockingQueue<>();
    private final Thread asking = new Thread(this::ask, "latency-probe");
    private final List<Seen> seen = new ArrayList<>();
    private volatile boolean closed;

    /**
     * An event that became visible.
     *
     * @param dueMillis when it was due at the broker, since 1970
     * @param latencyMillis so much later it was visible
     */
    private record Seen(long dueMillis, double latencyMillis) {}

    /**
     * Starts to measure.
     *
     * @param bootstrapServers the broker of the pipeline
     * @param spec the pipeline; declares {@value TopicSampler#PRODUCED_AT}
     * @param samplesPerSecond how many events are picked
     * @param grid gives a client of the grid; null while there is no grid
     */
    public LatencyProbe(
            String bootstrapServers,
            PipelineSpec spec,
            int samplesPerSecond,
            Supplier<@Nullable HazelcastInstance> grid,
            Clock clock) {
        this.grid = grid;
        this.clock = clock;
        this.query = "SELECT 1 FROM " + spec.name() + " WHERE "
                + spec.event().schema().timeField()
                + " = ? AND topic_partition = ? AND record_offset = ? AND record_index = ?";
        this.sampler = new TopicSampler(bootstrapServers, spec, samplesPerSecond, picked::add);
        asking.setDaemon(true);
        asking.start();
    }

    private void ask() {
        List<Sample> waiting = new ArrayList<>();
        try {
            while (!closed) {
                picked.drainTo(waiting);
                if (waiting.isEmpty()) {
                    Sample next = picked.poll(FIRST_SAMPLE_WITHIN_MILLIS, TimeUnit.MILLISECONDS);
                    if (next != null) {
                        waiting.add(next);
                    }
                }
                HazelcastInstance client = client();
                if (client == null) {
                    LockSupport.parkNanos(PAUSE_WITHOUT_GRID_NANOS);
                    continue;
                }
                for (Iterator<Sample> samples = waiting.iterator(); samples.hasNext() && !closed; ) {
                    Sample sample = samples.next();
                    if (isVisible(client, sample)) {
                        add(sample);
                        samples.remove();
                    }
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable HazelcastInstance client() {
        try {
            return grid.get();
        } catch (MemberException e) {
            return null;
        }
    }

    private boolean isVisible(HazelcastInstance client, Sample sample) {
        try (SqlResult rows = client.getSql()
                .execute(
                        query,
                        CompactRows.toDateTime(sample.eventTimeMicros()),
                        sample.topicPartition(),
                        sample.offset(),
                        sample.index())) {
            return rows.iterator().hasNext();
        } catch (HazelcastException | IllegalStateException e) {
            // The grid is on its way out, or in; what it keeps back shows in the figure.
            LockSupport.parkNanos(PAUSE_WITHOUT_GRID_NANOS);
            return false;
        }
    }

    private synchronized void add(Sample sample) {
        double dueMillis = sample.producedAtMicros() / 1e3;
        seen.add(new Seen((long) dueMillis, clock.millis() - dueMillis));
    }

    /** Latencies in milliseconds, ascending, of the picked events that were due in this time and are visible by now. */
    public synchronized double[] latencies(long fromMillis, long toMillis) {
        return seen.stream()
                .filter(one -> one.dueMillis >= fromMillis && one.dueMillis < toMillis)
                .mapToDouble(Seen::latencyMillis)
                .sorted()
                .toArray();
    }

    /** The smallest value that at least this share of them does not exceed; empty if there are none. */
    public static OptionalDouble quantile(double[] ascending, double share) {
        if (ascending.length == 0) {
            return OptionalDouble.empty();
        }
        int rank = (int) Math.ceil(share * ascending.length);
        return OptionalDouble.of(ascending[Math.max(0, rank - 1)]);
    }

    @Override
    public void close() {
        closed = true;
        sampler.close();
        try {
            asking.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
