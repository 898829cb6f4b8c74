package io.sightline.gateway.http;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Slows down whoever guesses passwords: after a few failures for one user from one address, or many from one address,
 * each further one doubles the time in which no password is looked at. Thread-safe.
 */
final class LoginThrottle {
    private static final int FREE_A_USER = 3;
    private static final int FREE_AN_ADDRESS = 20;
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final int MOST_DOUBLINGS = 6;
    private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(15);
    private static final int MOST_REMEMBERED = 20_000;

    private final Clock clock;
    private final Newest<String, Failures> failures = Newest.used(MOST_REMEMBERED);

    private record Failures(int count, Instant last) {}

    LoginThrottle(Clock clock) {
        this.clock = clock;
    }

    /**
     * Asked before a password is looked at.
     *
     * @throws HttpProblem if it is not the time
     */
    synchronized void check(String address, String user) {
        Duration wait = longer(
                wait(failures.get(key(address, user)), FREE_A_USER), wait(failures.get(address), FREE_AN_ADDRESS));
        if (wait.compareTo(Duration.ZERO) > 0) {
            throw HttpProblem.tooMany(
                    "too many failed logins", wait.plusMillis(999).toSeconds());
        }
    }

    synchronized void failed(String address, String user) {
        failures.merge(key(address, user), new Failures(1, clock.instant()), LoginThrottle::oneMore);
        failures.merge(address, new Failures(1, clock.instant()), LoginThrottle::oneMore);
    }

    synchronized void succeeded(String address, String user) {
        failures.remove(key(address, user));
    }

    private Duration wait(@Nullable Failures of, int free) {
        Instant now = clock.instant();
        if (of == null || of.last().plus(FORGOTTEN_AFTER).isBefore(now) || of.count() < free) {
            return Duration.ZERO;
        }
        Duration length = FIRST_WAIT.multipliedBy(1L << Math.min(MOST_DOUBLINGS, of.count() - free));
        return Duration.between(now, of.last().plus(length));
    }

    private static Failures oneMore(Failures before, Failures one) {
        boolean forgotten = before.last().plus(FORGOTTEN_AFTER).isBefore(one.last());
        return new Failures(forgotten ? 1 : before.count() + 1, one.last());
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static String key(String address, String user) {
        return address + ' ' + user;
    }
}
