package io.sightline.gateway;

import com.hazelcast.core.HazelcastInstance;
import io.sightline.gateway.access.Catalog;
import io.sightline.gateway.access.LogicalRelation;
import io.sightline.gateway.grid.GridCatalog;
import io.sightline.gateway.grid.HazelcastEngine;
import io.sightline.grid.GridMember;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A member with two small relations, {@code detections} (a hot window with an index over event_time) and {@code places},
 * of two sites: Reading, and Hull, every value of which tells that it is {@link #SECRET} or at least {@link #BILLION}.
 */
public final class TestGrid implements AutoCloseable {
    public static final String SECRET = "hush";
    public static final int BILLION = 1_000_000_000;
    public static final int ROWS = 40;
    public static final int OF_READING = 20;
    public static final OffsetDateTime START = OffsetDateTime.parse("2026-03-14T09:00:00Z");

    private final HazelcastInstance member = GridMember.startAlone();

    public TestGrid() {
        execute(
                "CREATE MAPPING hot_detections (__key BIGINT, item VARCHAR, site VARCHAR, camera_id VARCHAR, lane INTEGER,"
                        + " total BIGINT, confidence DOUBLE, price DECIMAL, wet BOOLEAN, seen_on DATE, event_time TIMESTAMP WITH TIME ZONE)"
                        + " TYPE IMap OPTIONS ('keyFormat'='bigint','valueFormat'='compact','valueCompactTypeName'='d')");
        execute("CREATE MAPPING hot_places (__key VARCHAR, place VARCHAR, site VARCHAR, note VARCHAR)"
                + " TYPE IMap OPTIONS ('keyFormat'='varchar','valueFormat'='compact','valueCompactTypeName'='p')");
        execute("CREATE VIEW detections AS SELECT item, site, camera_id, lane, total, confidence, price, wet, seen_on,"
                + " event_time FROM hot_detections");
        execute("CREATE VIEW places AS SELECT place, site, note FROM hot_places");
        for (int i = 0; i < ROWS; i++) {
            boolean reading = i < OF_READING;
            execute(
                    "SINK INTO hot_detections VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (long) i,
                    reading ? "item-" + i % 3 : SECRET + i % 3,
                    reading ? "Reading" : SECRET,
                    reading ? i % 5 == 0 ? null : "camera-" + i % 4 : SECRET,
                    reading ? i : BILLION + i,
                    reading ? i * 10L : 10L * BILLION,
                    reading ? i / 8.0 : BILLION * 1.0,
                    reading ? new java.math.BigDecimal("1.50") : new java.math.BigDecimal(BILLION),
                    i % 2 == 0,
                    LocalDate.of(2026, 3, 14).plusDays(i % 3),
                    START.plusSeconds(30L * i));
        }
        for (int i = 0; i < 6; i++) {
            execute(
                    "SINK INTO hot_places VALUES (?, ?, ?, ?)",
                    "p" + i,
                    i < 3 ? "place-" + i : SECRET + i,
                    i < 3 ? "Reading" : SECRET,
                    "note");
        }
    }

    public HazelcastInstance member() {
        return member;
    }

    public Engine engine() {
        return new HazelcastEngine(member.getSql());
    }

    /** The relations, with detections as a hot window. */
    public Catalog catalog() {
        List<LogicalRelation> relations = new ArrayList<>();
        for (LogicalRelation relation :
                new GridCatalog(member, () -> 0, Runnable::run).get().relations()) {
            Set<String> times = relation.name().equals("detections") ? Set.of("event_time") : Set.of();
            relations.add(new LogicalRelation(relation.name(), relation.definition(), relation.columns(), times));
        }
        return new Catalog(relations);
    }

    /** All rows of a statement in the engine's dialect. */
    public List<List<@Nullable Object>> rows(String sql, Object... parameters) {
        try (Rows rows = engine().execute(sql, Arrays.asList(parameters), Duration.ofSeconds(20))) {
            List<List<@Nullable Object>> all = new ArrayList<>();
            for (@Nullable Object[] row = rows.next(); row != null; row = rows.next()) {
                all.add(Arrays.asList(row));
            }
            return all;
        }
    }

    private void execute(String sql, @Nullable Object... parameters) {
        member.getSql().execute(sql, parameters).close();
    }

    @Override
    public void close() {
        member.getLifecycleService().terminate();
    }
}
