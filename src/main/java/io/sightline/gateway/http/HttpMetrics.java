package io.sightline.gateway.http;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/** What the door counts about itself. Thread-safe. */
final class HttpMetrics {
    /** By status: few values, whatever is asked for. */
    private final Map<Integer, LongAdder> requests = new ConcurrentSkipListMap<>();

    private final LongAdder framesSkipped = new LongAdder();

    /** Counts a request when its answer is complete. */
    void count(Request request, Response response) {
        Request.addCompletionListener(
                request,
                failure -> requests.computeIfAbsent(response.getStatus(), status -> new LongAdder())
                        .increment());
    }

    /** A slow reader of events got one frame where others got more. */
    void frameSkipped() {
        framesSkipped.increment();
    }

    Map<Integer, Long> requests() {
        Map<Integer, Long> counts = new TreeMap<>();
        requests.forEach((status, count) -> counts.put(status, count.sum()));
        return counts;
    }

    long framesSkipped() {
        return framesSkipped.sum();
    }
}
