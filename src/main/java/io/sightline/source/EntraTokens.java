package io.sightline.source;

import io.sightline.spec.Setting;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens of one identity, shared by all clients of this process that use it. The next one is fetched, in the background,
 * while the one before is good for a fifth of its life; only where there is none that is still good does anybody wait. Any
 * thread.
 */
final class EntraTokens {
    private static final Logger LOG = LoggerFactory.getLogger(EntraTokens.class);
    private static final Map<EntraIdentity, EntraTokens> OF_THIS_PROCESS = new ConcurrentHashMap<>();
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(15);

    /** Every client of the process comes again and again while it is not let in. */
    private static final Duration BETWEEN_FAILURES = Duration.ofSeconds(5);

    private final Supplier<CompletableFuture<EntraToken>> fetch;
    private final Clock clock;
    private @Nullable EntraToken token;
    private @Nullable CompletableFuture<EntraToken> next;
    private @Nullable String problem;
    private long notBeforeMillis;

    /** @param fetch asks for a token; what it gives fails with an {@link EntraException} */
    EntraTokens(Supplier<CompletableFuture<EntraToken>> fetch, Clock clock) {
        this.fetch = fetch;
        this.clock = clock;
    }

    /**
     * Those of an identity.
     *
     * @param resolve what a setting stands for in this process
     */
    static EntraTokens of(EntraIdentity identity, Function<? super Setting, String> resolve) {
        Clock clock = Clock.systemUTC();
        return OF_THIS_PROCESS.computeIfAbsent(
                identity, whose -> new EntraTokens(new TokenRequest(whose, resolve, clock)::send, clock));
    }

    /**
     * One that is good now.
     *
     * @throws EntraException if there is none
     */
    synchronized EntraToken get() throws IOException {
        long now = clock.millis();
        takeNextIfThere(now);
        boolean dueForRenewal = token == null || now >= token.renewAtMillis();
        if (dueForRenewal && next == null && now >= notBeforeMillis) {
            next = fetch.get();
        }
        if (token == null || now >= token.lifetimeMs()) {
            awaitNext();
            takeNextIfThere(clock.millis());
        }
        if (token == null || clock.millis() >= token.lifetimeMs()) {
            throw new EntraException(problem == null ? "there is no token yet" : problem);
        }
        return token;
    }

    private void awaitNext() throws IOException {
        if (next == null) {
            return;
        }
        try {
            next.get(ANSWERS_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            // Taken, and said, like any other.
        } catch (TimeoutException e) {
            throw new EntraException("the token endpoint has not answered within " + ANSWERS_WITHIN.toSeconds() + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EntraException("interrupted while waiting for a token");
        }
    }

    private void takeNextIfThere(long now) {
        if (next == null || !next.isDone()) {
            return;
        }
        try {
            token = next.join();
            if (problem != null) {
                LOG.info("the token endpoint answers again");
            }
            problem = null;
        } catch (RuntimeException e) {
            String why = SourceException.rootMessage(e);
            if (!why.equals(problem)) {
                LOG.atWarn().addKeyValue("why", why).log("no new token for Event Hubs, still trying");
            }
            problem = why;
            notBeforeMillis = now + BETWEEN_FAILURES.toMillis();
        }
        next = null;
    }

    @Override
    public String toString() {
        return "[REDACTED]";
    }
}
