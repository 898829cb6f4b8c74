package io.sightline.gateway.access;

import io.sightline.gateway.Rows;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.sql.ParameterValues;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Identical statements of one role that come within a moment of each other: one runs, and all have its rows. Any thread.
 *
 * <p>Those that ask the same have one {@link Moment}, which fixes what {@code now()} is for them. The guard knows of a reader
 * but the role and the claims, so what it made of the statement for the first of them holds for all.
 */
public final class SharedExecutions {
    /** As long as people take one answer for that of now. */
    public static final Duration WINDOW = Duration.ofMillis(200);

    private final Duration window;
    private final LongSupplier nanoClock;
    private final Clock clock;
    /** By what is asked, oldest first. */
    private final Map<Asked, Moment> moments = new LinkedHashMap<>();

    /**
     * @param window how long a moment is; zero for no sharing
     * @param nanoClock a clock for spans, as {@link System#nanoTime}
     */
    public SharedExecutions(Duration window, LongSupplier nanoClock, Clock clock) {
        this.window = window;
        this.nanoClock = nanoClock;
        this.clock = clock;
    }

    /**
     * What is asked, before anything is made of it.
     *
     * @param parameters for each {@code ?} of the text, which of the values it is
     */
    record Asked(
            Role role,
            Map<String, List<String>> claims,
            String text,
            List<Integer> parameters,
            ParameterValues values) {}

    /** The moment that what is asked now falls into. */
    synchronized Moment moment(Asked asked) {
        long now = nanoClock.getAsLong();
        Iterator<Moment> oldest = moments.values().iterator();
        while (oldest.hasNext() && now - oldest.next().start >= window.toNanos()) {
            oldest.remove();
        }
        return moments.computeIfAbsent(asked, first -> new Moment(now, clock.instant()));
    }

    /** A span in which the same is asked, perhaps several times. */
    static final class Moment {
        private final long start;
        private final Instant now;
        private @Nullable AdmittedStatement admitted;
        private @Nullable StatementException refusal;
        private @Nullable SharedResult result;

        private Moment(long start, Instant now) {
            this.start = start;
            this.now = now;
        }

        /** What {@code now()} is for all of them. */
        Instant now() {
            return now;
        }

        /**
         * What the guard makes of the statement.
         *
         * @throws StatementException if it refuses it
         */
        synchronized AdmittedStatement admitted(Supplier<AdmittedStatement> guard) {
            if (refusal != null) {
                throw refusal;
            }
            if (admitted == null) {
                try {
                    admitted = guard.get();
                } catch (StatementException e) {
                    refusal = e;
                    throw e;
                }
            }
            return admitted;
        }

        /**
         * The rows: those of the first who asked.
         *
         * @param own runs the statement
         */
        Rows rows(Supplier<Rows> own) {
            SharedResult shared;
            boolean first;
            synchronized (this) {
                first = result == null;
                if (result == null) {
                    result = new SharedResult();
                }
                shared = result;
            }
            return first ? shared.open(own) : shared.join(own);
        }
    }
}
