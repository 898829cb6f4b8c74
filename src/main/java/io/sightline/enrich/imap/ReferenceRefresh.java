package io.sightline.enrich.imap;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import io.sightline.enrich.ReferenceException;
import io.sightline.enrich.ReferenceLimits;
import io.sightline.enrich.ReferenceTable;
import io.sightline.enrich.ReferenceWatch;
import io.sightline.enrich.ReferenceWatch.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the references of one pipeline from their files into the grid: once when the job starts, and then at every
 * change. A change is in force within the reference's refresh interval. Blocks while it reads and writes; used by one
 * thread.
 */
public final class ReferenceRefresh {
    private static final Logger LOG = LoggerFactory.getLogger(ReferenceRefresh.class);
    private static final Duration LONGEST_SETTLE = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final int TRIES = 40;

    private final References references;
    private final LongSupplier nanoTime;
    private final List<Watched> watched;

    /**
     * @param clock stamps versions
     * @param nanoTime tells when a look is due, as {@link System#nanoTime}
     */
    public ReferenceRefresh(
            HazelcastInstance hazelcast, List<ReferenceSource> sources, Clock clock, LongSupplier nanoTime) {
        this.references = new References(hazelcast, clock);
        this.nanoTime = nanoTime;
        long now = nanoTime.getAsLong();
        this.watched = sources.stream().map(source -> new Watched(source, now)).toList();
    }

    /** Waits; {@link Thread#sleep} outside tests. */
    @FunctionalInterface
    public interface Pause {
        void pause(Duration duration) throws InterruptedException;
    }

    /**
     * Sees to it that each reference has a version in force and that it is on its way to every member: what the files
     * hold or, if that cannot be used, the version before.
     *
     * @return the number of the version in force, by {@link ReferenceSource#key}
     * @throws ReferenceException if the files cannot be used and there is no version before
     */
    public Map<String, Long> loadAll(Pause pause) throws InterruptedException {
        Map<String, Long> numbers = new HashMap<>();
        for (Watched each : watched) {
            Optional<ReferenceTable> before = references.current(each.source);
            ReferenceTable inForce = load(each, pause);
            if (before.isPresent() && before.get().number() == inForce.number()) {
                references.resend(each.source);
            }
            numbers.put(each.source.key(), inForce.number());
        }
        return numbers;
    }

    private ReferenceTable load(Watched each, Pause pause) throws InterruptedException {
        Outcome outcome = each.watch.load();
        for (int i = 0; i < TRIES && outcome instanceof Outcome.Settling; i++) {
            pause.pause(PAUSE);
            outcome = each.watch.load();
        }
        if (outcome instanceof Outcome.Loaded loaded) {
            return references.publish(each.source, loaded.content());
        }
        ReferenceException cause =
                outcome instanceof Outcome.Refused refused ? refused.cause() : each.watch.neverAtRest();
        return references.refuse(each.source, cause).orElseThrow(() -> cause);
    }

    /**
     * Looks at the files of each reference whose time has come, and puts a new version in force.
     *
     * @return how long until the next step
     */
    public Duration step() {
        long next = Long.MAX_VALUE;
        for (Watched each : watched) {
            if (each.dueNanos - nanoTime.getAsLong() <= 0) {
                Duration pause =
                        look(each) ? each.settle : each.source.refresh().minus(each.settle);
                each.dueNanos = nanoTime.getAsLong() + pause.toNanos();
            }
            next = Math.min(next, each.dueNanos - nanoTime.getAsLong());
        }
        return Duration.ofNanos(Math.max(0, next));
    }

    /** True if the files have to be looked at again soon. */
    private boolean look(Watched each) {
        try {
            Outcome outcome = each.watch.look();
            if (outcome instanceof Outcome.Loaded loaded) {
                references.publish(each.source, loaded.content());
            } else if (outcome instanceof Outcome.Refused refused) {
                references.refuse(each.source, refused.cause());
            }
            each.lastFailure = "";
            return outcome instanceof Outcome.Settling;
        } catch (HazelcastInstanceNotActiveException memberStops) {
            return false;
        } catch (RuntimeException e) {
            each.watch.forget();
            String failure = e.toString();
            if (!failure.equals(each.lastFailure) && !Thread.currentThread().isInterrupted()) {
                LOG.atWarn()
                        .addKeyValue("pipeline", each.source.pipeline())
                        .addKeyValue("reference", each.source.name())
                        .addKeyValue("why", failure)
                        .log("reference not refreshed, tried again");
            }
            each.lastFailure = failure;
            return false;
        }
    }

    private static final class Watched {
        private final ReferenceSource source;
        private final ReferenceWatch watch;
        /** How long files must look the same before they are read. */
        private final Duration settle;

        private long dueNanos;
        private String lastFailure = "";

        Watched(ReferenceSource source, long nowNanos) {
            Duration half = source.refresh().dividedBy(2);
            this.source = source;
            this.watch = new ReferenceWatch(source.layout(), source.from().get(), ReferenceLimits.DEFAULT);
            this.settle = half.compareTo(LONGEST_SETTLE) < 0 ? half : LONGEST_SETTLE;
            this.dueNanos = nowNanos;
        }
    }
}
