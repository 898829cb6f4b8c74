package io.sightline.gateway.http;

import io.sightline.gateway.GridView;
import io.sightline.gateway.access.AuditLog;
import io.sightline.gateway.access.Caller;
import io.sightline.gateway.access.Principal;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /api/events}: server-sent events, a frame a second. Each frame has an event {@code rollup} for each pipeline,
 * with the totals of its finest rollup that changed and the last minute's sums, and an event {@code status}. A reader who comes
 * back with {@code Last-Event-ID} gets what it missed.
 */
final class EventsEndpoint implements Endpoint {
    /** As what the audit log has the opening of a stream; what is read for it every second is not written down. */
    private static final String APPLICATION = "event stream";

    private static final int MOST_STREAMS = 1_000;

    /** A browser opens one a page; more than these from one address at one time are no page. */
    private static final int BURST = 20;

    private static final double REFILL_A_SECOND = 1;

    private final Statements statements;
    private final GridView grid;
    private final Clock clock;
    private final LongSupplier nanoClock;
    private final Logins logins;
    private final AuditLog audit;
    private final ScheduledExecutorService executor;
    private final HttpMetrics metrics;
    private final RateLimit opened;
    private final Map<Broadcast.Audience, Broadcast> broadcasts = new ConcurrentHashMap<>();
    private @Nullable Future<?> ticking;
    private final AtomicInteger open = new AtomicInteger();
    private final SecureRandom random = new SecureRandom();

    EventsEndpoint(
            Statements statements,
            GridView grid,
            Clock clock,
            LongSupplier nanoClock,
            Logins logins,
            AuditLog audit,
            ScheduledExecutorService executor,
            HttpMetrics metrics) {
        this.statements = statements;
        this.grid = grid;
        this.clock = clock;
        this.nanoClock = nanoClock;
        this.logins = logins;
        this.audit = audit;
        this.executor = executor;
        this.metrics = metrics;
        this.opened = new RateLimit(BURST, REFILL_A_SECOND, nanoClock);
    }

    /** Has broadcasts read once a second from now on. */
    void start() {
        ticking = executor.scheduleWithFixedDelay(this::tick, 0, 1, TimeUnit.SECONDS);
    }

    /** How many streams are open. */
    int open() {
        return open.get();
    }

    @Override
    public void serve(Exchange exchange) {
        String address = Request.getRemoteAddr(exchange.request());
        if (!opened.tryTake(address)) {
            throw HttpProblem.tooMany("too many event streams opened at a time", 1);
        }
        audit.login(new Caller(exchange.principal(), address, APPLICATION));
        if (open.incrementAndGet() > MOST_STREAMS) {
            open.decrementAndGet();
            throw HttpProblem.busy();
        }
        Broadcast.Audience audience = Broadcast.Audience.of(exchange.principal());
        exchange.response().getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
        exchange.response().getHeaders().put("X-Accel-Buffering", "no");
        Supplier<@Nullable Principal> reader = logins.follow(exchange.request());
        BooleanSupplier allowed = () -> {
            Principal now = reader.get();
            return now != null && Broadcast.Audience.of(now).equals(audience);
        };
        AtomicReference<@Nullable EventStream> stream = new AtomicReference<>();
        Broadcast broadcast = broadcasts.compute(audience, (same, known) -> {
            Broadcast of = known == null ? newBroadcast(audience) : known;
            long sent = of.frameOf(exchange.request().getHeaders().get("Last-Event-ID"));
            EventStream added = new EventStream(
                    of,
                    exchange.response(),
                    exchange.callback(),
                    sent,
                    allowed,
                    open::decrementAndGet,
                    metrics,
                    nanoClock);
            of.streams().add(added);
            stream.set(added);
            return of;
        });
        Objects.requireNonNull(stream.get()).start();
        if (broadcast.frame() == 0) {
            broadcast.tickOn(executor);
        }
    }

    private Broadcast newBroadcast(Broadcast.Audience audience) {
        return new Broadcast(audience, statements, grid, clock, HexFormat.of().toHexDigits(random.nextInt()));
    }

    /** One reading for each audience that somebody belongs to. */
    private void tick() {
        for (Broadcast.Audience audience : broadcasts.keySet()) {
            Broadcast broadcast = broadcasts.computeIfPresent(
                    audience, (same, known) -> known.streams().isEmpty() ? null : known);
            if (broadcast != null) {
                broadcast.tickOn(executor);
            }
        }
    }

    /** Ends all streams. */
    void close() {
        if (ticking != null) {
            ticking.cancel(false);
        }
        broadcasts.values().forEach(broadcast -> broadcast.streams().forEach(EventStream::end));
    }
}
