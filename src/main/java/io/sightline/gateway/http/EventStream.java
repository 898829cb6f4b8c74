package io.sightline.gateway.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * One reader of a {@link Broadcast}. Has at most one write under way; what the broadcast offers meanwhile is caught up with in
 * one frame when that write is done, so a slow reader costs neither memory nor a thread.
 */
final class EventStream {
    private static final long HEARTBEAT_NANOS = 15_000_000_000L;
    private static final ByteBuffer HEARTBEAT = bytes(": \n\n");
    /** A reader that is cut off comes back after two seconds. */
    private static final ByteBuffer PREAMBLE = bytes("retry: 2000\n\n");

    private final Broadcast broadcast;
    private final Content.Sink sink;
    private final Callback answer;
    private final BooleanSupplier allowed;
    private final Runnable onEnd;
    private final HttpMetrics metrics;
    private final LongSupplier nanoClock;
    private long sent;
    private long lastWrite;
    private boolean writing;
    private boolean ended;

    /**
     * @param sink where frames go
     * @param answer completed when the stream has ended
     * @param sent the number of the last frame the reader has
     * @param allowed whether the reader may still see this broadcast; asked before every frame
     * @param onEnd called once, when it has ended
     */
    EventStream(
            Broadcast broadcast,
            Content.Sink sink,
            Callback answer,
            long sent,
            BooleanSupplier allowed,
            Runnable onEnd,
            HttpMetrics metrics,
            LongSupplier nanoClock) {
        this.broadcast = broadcast;
        this.sink = sink;
        this.answer = answer;
        this.sent = sent;
        this.allowed = allowed;
        this.onEnd = onEnd;
        this.metrics = metrics;
        this.nanoClock = nanoClock;
        this.lastWrite = nanoClock.getAsLong();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer();
    }

    /** Begins the answer, so that the reader knows it is connected. */
    void start() {
        synchronized (this) {
            writing = true;
        }
        write(PREAMBLE.duplicate());
    }

    private void write(ByteBuffer bytes) {
        sink.write(false, bytes, Callback.from(this::written, this::failed));
    }

    /** Sends what is new, or a heartbeat if nothing was for long, unless a write is under way. Any thread. */
    void offer() {
        if (!allowed.getAsBoolean()) {
            end();
            return;
        }
        ByteBuffer next = next();
        if (next != null) {
            write(next);
        }
    }

    private synchronized @Nullable ByteBuffer next() {
        if (writing || ended) {
            return null;
        }
        Broadcast.Frame frame = broadcast.since(sent);
        long now = nanoClock.getAsLong();
        if (frame == null && now - lastWrite < HEARTBEAT_NANOS) {
            return null;
        }
        writing = true;
        lastWrite = now;
        if (frame == null) {
            return HEARTBEAT.duplicate();
        }
        if (sent != Broadcast.NOTHING_YET && frame.number() > sent + 1) {
            metrics.frameSkipped();
        }
        sent = frame.number();
        return frame.bytes();
    }

    private void written() {
        boolean over;
        synchronized (this) {
            writing = false;
            over = ended;
        }
        if (over) {
            answer.succeeded();
        } else if (broadcast.frame() > sentSoFar()) {
            offer();
        }
    }

    private synchronized long sentSoFar() {
        return sent;
    }

    /** The reader went away, or took nothing for too long. */
    private void failed(Throwable failure) {
        synchronized (this) {
            writing = false;
        }
        if (close()) {
            answer.failed(failure);
        }
    }

    /** Ends the stream after what is under way. */
    void end() {
        boolean idle;
        synchronized (this) {
            idle = !writing;
        }
        if (close() && idle) {
            answer.succeeded();
        }
    }

    private boolean close() {
        synchronized (this) {
            if (ended) {
                return false;
            }
            ended = true;
        }
        broadcast.streams().remove(this);
        onEnd.run();
        return true;
    }
}
