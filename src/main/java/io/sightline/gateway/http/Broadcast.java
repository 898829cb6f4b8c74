package io.sightline.gateway.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.sightline.gateway.GridView;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.access.Caller;
import io.sightline.gateway.access.Principal;
import io.sightline.gateway.access.Role;
import io.sightline.spec.PipelineSpec;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one audience sees live: everybody of one role with the same claims. However many they are, the grid is read once
 * a second for all of them ({@link #tick}).
 *
 * <p>A frame is a number and, for each reader, what changed since the last frame that reader got. So a reader that is
 * slow, or comes back with the number of its last frame, gets one frame that brings it to the latest; and whoever comes
 * without a number, or with one of another broadcast, gets all there is to see.
 */
final class Broadcast {
    /**
     * Who sees the same.
     *
     * @param claims values for the row filters of the role
     */
    record Audience(Role role, Map<String, List<String>> claims) {
        static Audience of(Principal principal) {
            return new Audience(principal.role(), principal.claims());
        }
    }

    static final long NOTHING_YET = -1;

    private static final Logger LOG = LoggerFactory.getLogger(Broadcast.class);

    private final Caller reader;
    private final Statements statements;
    private final GridView grid;
    private final Clock clock;
    private final String epoch;
    private final Map<String, LiveRollup> rollups = new HashMap<>();
    private final AtomicBoolean reading = new AtomicBoolean();
    private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
    private Statements.Result status = Statements.Result.EMPTY;
    private Map<String, String> jobs = Map.of();
    private @Nullable String problem;
    private long frame;
    private @Nullable ByteBuffer newest;

    /** @param epoch tells this broadcast's frames from those of others */
    Broadcast(Audience audience, Statements statements, GridView grid, Clock clock, String epoch) {
        this.reader = new Caller(new Principal("broadcast", audience.role(), audience.claims()), "", "");
        this.statements = statements;
        this.grid = grid;
        this.clock = clock;
        this.epoch = epoch;
    }

    Set<EventStream> streams() {
        return streams;
    }

    /** {@link #tick} on another thread, unless it is still at it: a grid that is slow is not asked twice at a time. */
    void tickOn(Executor executor) {
        if (reading.compareAndSet(false, true)) {
            executor.execute(() -> {
                try {
                    tick();
                } catch (RuntimeException e) {
                    LOG.atError()
                            .addKeyValue("role", reader.principal().role().name())
                            .setCause(e)
                            .log("a broadcast failed");
                } finally {
                    reading.set(false);
                }
            });
        }
    }

    /** Reads the grid, makes the next frame, and offers it to all streams. */
    void tick() {
        synchronized (this) {
            long next = frame + 1;
            try {
                read(next);
                problem = null;
            } catch (StatementException e) {
                problem = e.message();
            }
            frame = next;
            newest = null;
        }
        streams.forEach(EventStream::offer);
    }

    private void read(long next) {
        status = statements.status(reader);
        Map<String, String> states = new HashMap<>();
        for (PipelineSpec pipeline : grid.pipelines()) {
            String name = pipeline.name();
            states.put(name, String.valueOf(grid.jobStatus(name)));
            LiveRollup rollup = LiveRollup.of(pipeline, rollups.get(name), statements, reader.principal())
                    .orElse(null);
            if (rollup != null) {
                rollups.put(name, rollup);
                rollup.read(statements, reader, completeUpTo(name), clock.instant(), next);
            } else {
                rollups.remove(name);
            }
        }
        rollups.keySet().retainAll(states.keySet());
        jobs = states;
    }

    private Instant completeUpTo(String pipeline) {
        int name = status.index("pipeline");
        int time = status.index("complete_up_to");
        for (@Nullable Object[] row : status.rows()) {
            if (name >= 0 && time >= 0 && pipeline.equals(row[name]) && row[time] instanceof OffsetDateTime to) {
                return to.toInstant();
            }
        }
        return clock.instant();
    }

    synchronized long frame() {
        return frame;
    }

    /** The number in an {@code id:} of this broadcast; {@link #NOTHING_YET} for any other text. */
    long frameOf(@Nullable String lastEventId) {
        if (lastEventId != null && lastEventId.startsWith(epoch + "-")) {
            try {
                return Math.min(frame(), Long.parseLong(lastEventId.substring(epoch.length() + 1)));
            } catch (NumberFormatException e) {
                return NOTHING_YET;
            }
        }
        return NOTHING_YET;
    }

    /**
     * The newest frame for a reader, as bytes of an event stream; null if there is nothing new.
     *
     * @param since the number of the last frame it got
     */
    synchronized @Nullable Frame since(long since) {
        if (since >= frame || frame == 0) {
            return null;
        }
        if (since == frame - 1) {
            if (newest == null) {
                newest = encode(since);
            }
            return new Frame(frame, newest.duplicate());
        }
        return new Frame(frame, encode(since));
    }

    record Frame(long number, ByteBuffer bytes) {}

    private ByteBuffer encode(long since) {
        StringBuilder text = new StringBuilder();
        for (LiveRollup rollup : rollups.values()) {
            text.append("event: rollup\ndata: ")
                    .append(json(json -> write(json, rollup, since)))
                    .append("\n\n");
        }
        // The number is on the last event: a reader cut off before it asks for all of the frame again.
        text.append("id: ")
                .append(epoch)
                .append('-')
                .append(frame)
                .append("\nevent: status\ndata: ")
                .append(json(this::writeStatus))
                .append("\n\n");
        return ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer();
    }

    private void write(JsonGenerator json, LiveRollup rollup, long since) throws IOException {
        Instant completeUpTo = completeUpTo(rollup.pipeline());
        json.writeStringField("pipeline", rollup.pipeline());
        json.writeStringField("rollup", rollup.rollup());
        json.writeNumberField("window_ms", rollup.windowMillis());
        json.writeBooleanField("whole", since == NOTHING_YET);
        json.writeNumberField("complete_up_to_ms", completeUpTo.toEpochMilli());
        json.writeArrayFieldStart("totals");
        for (Map.Entry<Long, Long> total : rollup.totalsSince(since).entrySet()) {
            pair(json, total.getKey(), total.getValue());
        }
        json.writeEndArray();
        json.writeObjectFieldStart("last_minute");
        for (Map.Entry<String, Map<String, Long>> column :
                rollup.recentBy(completeUpTo).entrySet()) {
            json.writeArrayFieldStart(column.getKey());
            for (Map.Entry<String, Long> group : column.getValue().entrySet()) {
                pair(json, group.getKey(), group.getValue());
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static void pair(JsonGenerator json, Object key, long value) throws IOException {
        json.writeStartArray();
        JsonText.value(json, key);
        json.writeNumber(value);
        json.writeEndArray();
    }

    private void writeStatus(JsonGenerator json) throws IOException {
        json.writeNumberField("at_ms", clock.millis());
        if (problem != null) {
            json.writeStringField("problem", problem);
        }
        json.writeArrayFieldStart("pipelines");
        int name = status.index("pipeline");
        for (@Nullable Object[] row : status.rows()) {
            json.writeStartObject();
            JsonText.object(json, status.columns(), row);
            json.writeStringField("job", jobs.get(String.valueOf(row[Math.max(0, name)])));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static String json(Exchange.Body fields) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JsonText.generator(text)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
