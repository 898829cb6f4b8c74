package io.sightline.enrich.imap;

import com.hazelcast.config.Config;
import com.hazelcast.config.SerializerConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.sightline.enrich.LocalFiles;
import io.sightline.enrich.ReferenceContent;
import io.sightline.enrich.ReferenceLayout;
import io.sightline.enrich.ReferenceTable;
import io.sightline.event.Column;
import io.sightline.event.Event;
import io.sightline.event.FieldType;
import io.sightline.event.imap.EventSerializer;
import io.sightline.fixture.Loopback;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Members, references and events for the tests of this package. */
final class Grid {
    /** Reference {@code places}: joined on the event's first field, adds two columns. */
    static final ReferenceLayout PLACES = new ReferenceLayout(
            "places",
            new Column("place_id", FieldType.STRING),
            List.of(new Column("name", FieldType.STRING), new Column("height", FieldType.DOUBLE)));
    /** Reference {@code cameras}: joined on the event's second field, adds one column. */
    static final ReferenceLayout CAMERAS = new ReferenceLayout(
            "cameras", new Column("camera", FieldType.INT), List.of(new Column("model", FieldType.STRING)));

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Grid() {}

    /** A member on the loopback, alone or joined with those that listen on {@code otherPorts}. */
    static HazelcastInstance member(String cluster, int... otherPorts) {
        Config config = Loopback.config(cluster, otherPorts);
        config.setProperty("hazelcast.partition.count", "31");
        config.setProperty("hazelcast.shutdownhook.enabled", "false");
        config.getJetConfig().setCooperativeThreadCount(2).setScaleUpDelayMillis(100);
        config.getSerializationConfig()
                .addSerializerConfig(new SerializerConfig()
                        .setTypeClass(ReferenceTable.class)
                        .setImplementation(new ReferenceTableSerializer()));
        config.getSerializationConfig()
                .addSerializerConfig(
                        new SerializerConfig().setTypeClass(Event.class).setImplementation(new EventSerializer()));
        References.configure(config);
        return Hazelcast.newHazelcastInstance(config);
    }

    /** {@code places} of this pipeline, shown to SQL under the same name. */
    static ReferenceSource places(String pipeline, Path from) {
        String path = from.toString();
        return new ReferenceSource(
                pipeline, PLACES, 0, () -> new LocalFiles(Path.of(path)), Duration.ofSeconds(30), pipeline + "_places");
    }

    static ReferenceSource cameras(String pipeline) {
        return new ReferenceSource(
                pipeline,
                CAMERAS,
                1,
                () -> new LocalFiles(Path.of("cameras.csv")),
                Duration.ofSeconds(30),
                pipeline + "_cameras");
    }

    /** Rows, each its key followed by its values. */
    static ReferenceContent content(@Nullable Object[]... rows) {
        Map<Object, @Nullable Object[]> byKey = new HashMap<>();
        for (@Nullable Object[] row : rows) {
            byKey.put(row[0], Arrays.copyOfRange(row, 1, row.length));
        }
        return new ReferenceContent(Arrays.deepToString(rows), byKey);
    }

    static @Nullable Object[] row(@Nullable Object... values) {
        return values;
    }

    static Event event(long offset, @Nullable Object... values) {
        return new Event(0, offset, 0, 0, 0, 0, 0, values, null, Event.NOTHING_ADDED);
    }

    /** Waits for what other threads bring about; fails if they do not within a minute. */
    static void eventually(String what, BooleanSupplier holds) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + PATIENCE.toSeconds() + " s: " + what);
            }
            LockSupport.parkNanos(2_000_000);
        }
    }
}
