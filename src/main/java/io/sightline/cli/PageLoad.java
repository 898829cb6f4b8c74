package io.sightline.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Live pages that are open: each holds an event stream and, every two seconds, asks for the latest detections as of its last
 * frame, as the page does. They open evenly over those two seconds.
 */
final class PageLoad implements AutoCloseable {
    private static final long EVERY_MILLIS = 2_000;
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(10);
    private static final String LATEST = "SELECT event_time, location_id, item, camera_id, confidence FROM detections"
            + " WHERE event_time >= '%s' ORDER BY event_time DESC LIMIT 50";
    private static final Duration SHOWN = Duration.ofMinutes(2);
    /** The last line of a frame has the gateway's clock. */
    private static final Pattern LAST_OF_FRAME = Pattern.compile("\"at_ms\":(\\d+)");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI gateway;
    private final HttpClient client = HttpClient.newHttpClient();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final List<CompletableFuture<HttpResponse<Void>>> streams = new ArrayList<>();
    private final AtomicLong frames = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final Queue<Double> latencies = new ConcurrentLinkedQueue<>();

    /**
     * What they have got.
     *
     * @param frames over all streams
     * @param latencies of the answers, in milliseconds, ascending, from when each was due
     * @param failed answers that were none
     */
    record Result(long frames, double[] latencies, long failed) {}

    private PageLoad(URI gateway) {
        this.gateway = gateway;
    }

    /** Opens pages of a gateway's HTTP door; {@link #close} leaves them. */
    static PageLoad open(URI gateway, int pages) {
        PageLoad load = new PageLoad(gateway);
        for (int i = 0; i < pages; i++) {
            load.openPage(i * EVERY_MILLIS / pages);
        }
        return load;
    }

    private void openPage(long afterMillis) {
        AtomicLong lastFrameMillis = new AtomicLong();
        HttpRequest events =
                HttpRequest.newBuilder(gateway.resolve("/api/events")).build();
        Future<?> unused = clock.schedule(
                () -> streams.add(client.sendAsync(
                        events, BodyHandlers.fromLineSubscriber(new FrameReader(frames, lastFrameMillis)))),
                afterMillis,
                TimeUnit.MILLISECONDS);
        long firstDue = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(afterMillis + EVERY_MILLIS);
        AtomicLong due = new AtomicLong(firstDue);
        unused = clock.scheduleAtFixedRate(
                () -> ask(due.getAndAdd(TimeUnit.MILLISECONDS.toNanos(EVERY_MILLIS)), lastFrameMillis.get()),
                afterMillis + EVERY_MILLIS,
                EVERY_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    private void ask(long dueNanos, long lastFrameMillis) {
        if (lastFrameMillis == 0) {
            return;
        }
        String statement =
                LATEST.formatted(Instant.ofEpochMilli(lastFrameMillis).minus(SHOWN));
        HttpRequest request = HttpRequest.newBuilder(gateway.resolve("/api/sql"))
                .timeout(ANSWERED_WITHIN)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        JSON.valueToTree(Map.of("sql", statement)).toString()))
                .build();
        Future<?> unused = client.sendAsync(request, BodyHandlers.discarding()).whenComplete((answer, broken) -> {
            if (broken == null && answer.statusCode() == 200) {
                latencies.add((System.nanoTime() - dueNanos) / 1e6);
            } else {
                failed.incrementAndGet();
            }
        });
    }

    /** What came since the last call. */
    Result take() {
        double[] taken = new double[latencies.size()];
        for (int i = 0; i < taken.length; i++) {
            taken[i] = latencies.remove();
        }
        Arrays.sort(taken);
        return new Result(frames.getAndSet(0), taken, failed.getAndSet(0));
    }

    @Override
    public void close() {
        clock.shutdownNow();
        streams.forEach(stream -> stream.cancel(true));
    }

    /** Counts the frames of a stream, and remembers of when the last one is. */
    private static final class FrameReader implements Flow.Subscriber<String> {
        private final AtomicLong frames;
        private final AtomicLong lastFrameMillis;

        FrameReader(AtomicLong frames, AtomicLong lastFrameMillis) {
            this.frames = frames;
            this.lastFrameMillis = lastFrameMillis;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(String line) {
            Matcher last = LAST_OF_FRAME.matcher(line);
            if (last.find()) {
                frames.incrementAndGet();
                lastFrameMillis.set(Long.parseLong(last.group(1)));
            }
        }

        @Override
        public void onError(Throwable broken) {}

        @Override
        public void onComplete() {}
    }
}
