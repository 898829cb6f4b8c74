package io.sightline.gateway.http;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Who is logged in with a cookie. In this process alone: behind a balancer, let a browser stay with one gateway. The
 * oldest leave when there are too many. Thread-safe.
 */
final class Sessions {
    static final Duration LENGTH = Duration.ofHours(12);
    static final int MOST = 10_000;

    private static final int ID_BYTES = 32;

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Newest<String, Session> sessions = Newest.put(MOST);

    private record Session(Identity identity, Instant until) {}

    Sessions(Clock clock) {
        this.clock = clock;
    }

    /** Begins a session; the result is its secret. */
    synchronized String begin(Identity identity) {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(id);
        sessions.put(text, new Session(identity, clock.instant().plus(LENGTH)));
        return text;
    }

    synchronized @Nullable Identity find(String id) {
        Session session = sessions.get(id);
        if (session != null && !session.until().isAfter(clock.instant())) {
            sessions.remove(id);
            return null;
        }
        return session == null ? null : session.identity();
    }

    synchronized void end(String id) {
        sessions.remove(id);
    }
}
