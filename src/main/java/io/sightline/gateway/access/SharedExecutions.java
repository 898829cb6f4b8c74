package io.sightline.gateway.access;

import io.sightline.gateway.Rows;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.sql.ParameterValues;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Identical statements of one role that come within a moment of each other: one runs, and all have its rows. Any thread.
 *
 * <p>Those that ask the same have one {@link Moment}, which fixes what {@code now()} is for them. The guard knows of a reader
 * but the role and the claims, so what it made of the statement for the first of them holds for all.
 *
 * <p>What many ask again and again, as dashboards do, is run beside them once its moment is over, and until its rows are there,
 * for one window at most, whoever asks has those of before: nobody waits. Where the grid takes longer than that, whoever comes
 * meanwhile waits for what runs: were it run once more, it would take longer still.
 */
public final class SharedExecutions {
    /** As long as people take one answer for that of now. */
    public static final Duration WINDOW = Duration.ofMillis(200);

    /** With so many in one moment there will be some in the next. */
    private static final int MANY_READERS = 4;

    /** So many windows after its start what many ask is no longer theirs, though the next rows are not there. */
    private static final int WINDOWS_TO_SERVE_MANY = 2;

    /** So many windows after its start it is joined no more, though it still runs. */
    private static final int WINDOWS_TO_JOIN = 5;

    private final Duration window;
    private final LongSupplier nanoClock;
    private final Clock clock;
    private final Executor beside;
    /** By what is asked. */
    private final Map<Asked, Moment> moments = new HashMap<>();

    /**
     * @param window how long a moment is; zero for no sharing
     * @param nanoClock a clock for spans, as {@link System#nanoTime}
     * @param beside runs what is run beside those who ask, which is to begin at once: somebody may come and wait for it
     */
    public SharedExecutions(Duration window, LongSupplier nanoClock, Clock clock, Executor beside) {
        this.window = window;
        this.nanoClock = nanoClock;
        this.clock = clock;
        this.beside = beside;
    }

    /**
     * What is asked, before anything is made of it.
     *
     * @param parameters for each {@code ?} of the text, which of the values it is
     * @param after whether something else is read before the rows
     */
    record Asked(
            Role role,
            Map<String, List<String>> claims,
            String text,
            List<Integer> parameters,
            ParameterValues values,
            boolean after) {}

    /** The moment that what is asked now falls into. */
    synchronized Moment moment(Asked asked) {
        long now = nanoClock.getAsLong();
        Moment known = moments.get(asked);
        Moment present = known == null ? null : known.at(now);
        if (present == null) {
            present = new Moment(now, clock.instant());
        }
        moments.put(asked, present);
        moments.values().removeIf(moment -> moment.at(now) == null);
        present.readers++;
        if (present.next != null) {
            present.next.readers++;
        }
        return present;
    }

    /**
     * Runs once more, beside, what many ask, if its moment is over.
     *
     * @param present of those who ask now
     * @param statement runs it in the moment that it is given
     */
    void renew(Moment present, Function<Moment, Rows> statement) {
        Moment next;
        synchronized (this) {
            long now = nanoClock.getAsLong();
            if (present.next != null || !present.isOver(now) || !present.servesMany(now)) {
                return;
            }
            next = new Moment(now, clock.instant());
            present.next = next;
        }
        beside.execute(() -> next.read(() -> statement.apply(next)));
    }

    /** A span in which the same is asked, perhaps several times. */
    final class Moment {
        private final long start;
        private final Instant now;
        private @Nullable Object before;
        private @Nullable AdmittedStatement admitted;
        private @Nullable StatementException refusal;
        private volatile @Nullable SharedResult result;

        // Guarded by the executions: how many have asked, and what follows.
        private int readers;
        private @Nullable Moment next;

        private Moment(long start, Instant now) {
            this.start = start;
            this.now = now;
        }

        private boolean isOver(long nanos) {
            SharedResult rows = result;
            boolean runs = rows != null && rows.isUnderWay();
            return nanos - start >= (runs ? WINDOWS_TO_JOIN : 1) * window.toNanos();
        }

        private boolean hasRows() {
            SharedResult rows = result;
            return rows != null && rows.isShared();
        }

        /** Whether it does though it is over, while the next rows are read. */
        private boolean servesMany(long nanos) {
            return readers >= MANY_READERS
                    && hasRows()
                    && (next == null || !next.isLost())
                    && nanos - start < WINDOWS_TO_SERVE_MANY * window.toNanos();
        }

        private boolean isLost() {
            SharedResult rows = result;
            return rows != null && rows.isLost();
        }

        private boolean isOfUse(long nanos) {
            return !isOver(nanos) || servesMany(nanos);
        }

        /** This one, or the one that follows it; null if neither will do. */
        private @Nullable Moment at(long nanos) {
            Moment following = next;
            if (following != null && (following.isLost() || !following.isOfUse(nanos))) {
                following = null;
            }
            boolean isThere = following != null && following.hasRows();
            return !isThere && isOfUse(nanos) ? this : following;
        }

        /** What {@code now()} is for all of them. */
        Instant now() {
            return now;
        }

        /** What one of them read before the rows, for all. */
        @SuppressWarnings("unchecked") // whoever asks with it asks for the same
        synchronized <T> T before(Supplier<T> read) {
            if (before == null) {
                before = read.get();
            }
            return (T) before;
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
                SharedResult present = result;
                first = present == null;
                shared = present == null ? new SharedResult() : present;
                result = shared;
            }
            return first ? shared.open(own) : shared.join(own);
        }

        private void read(Supplier<Rows> own) {
            try (Rows rows = rows(own)) {
                rows.next();
            } catch (StatementException e) {
                // Told to whoever has waited for it; nobody else has asked.
            }
        }
    }
}
