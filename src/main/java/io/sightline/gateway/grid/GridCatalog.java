package io.sightline.gateway.grid;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.sql.SqlResult;
import com.hazelcast.sql.SqlRow;
import io.sightline.gateway.ResultColumn;
import io.sightline.gateway.ValueType;
import io.sightline.gateway.access.Catalog;
import io.sightline.gateway.access.LogicalRelation;
import io.sightline.gateway.sql.SqlText;
import io.sightline.grid.GridNames;
import io.sightline.spec.PipelineSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The views of the grid as the relations of people: read from the grid when they are older than a few seconds. */
public final class GridCatalog implements Supplier<Catalog> {
    private static final Duration FRESH = Duration.ofSeconds(3);

    private final HazelcastInstance hazelcast;
    private final LongSupplier nanoClock;
    private @Nullable Catalog catalog;
    private long readAt;

    /**
     * @param nanoClock a clock for spans, as {@link System#nanoTime}
     */
    public GridCatalog(HazelcastInstance hazelcast, LongSupplier nanoClock) {
        this.hazelcast = hazelcast;
        this.nanoClock = nanoClock;
    }

    @Override
    public synchronized Catalog get() {
        long now = nanoClock.getAsLong();
        if (catalog == null || now - readAt > FRESH.toNanos()) {
            try {
                catalog = read();
            } catch (HazelcastException | IllegalStateException e) {
                throw EngineErrors.away(e);
            }
            readAt = now;
        }
        return catalog;
    }

    private Catalog read() {
        Map<String, List<ResultColumn>> columns = new HashMap<>();
        query("SELECT table_name, column_name, data_type FROM information_schema.columns"
                        + " WHERE table_schema = 'public' ORDER BY table_name, ordinal_position")
                .forEach(row -> columns.computeIfAbsent(row.get(0), name -> new ArrayList<>())
                        .add(new ResultColumn(row.get(1), type(row.get(2)))));
        Map<String, Set<String>> indexedTimes = indexedTimes();
        Map<String, LogicalRelation> relations = new LinkedHashMap<>();
        for (List<String> view : query(
                "SELECT table_name, view_definition FROM information_schema.views WHERE table_schema = 'public'")) {
            String name = view.get(0);
            relations.put(
                    name,
                    new LogicalRelation(
                            name,
                            SqlText.parse(view.get(1)),
                            columns.getOrDefault(name, List.of()),
                            indexedTimes.getOrDefault(name, Set.of())));
        }
        return new Catalog(relations.values());
    }

    /** For each hot window, its columns of time that lead an index. */
    private Map<String, Set<String>> indexedTimes() {
        Map<String, Set<String>> indexedTimes = new HashMap<>();
        Map<String, PipelineSpec> pipelines = hazelcast.getMap(GridNames.PIPELINES);
        for (PipelineSpec pipeline : pipelines.values()) {
            Set<String> times = new HashSet<>(
                    Set.of("source_time", pipeline.event().schema().timeField()));
            Set<String> leading = new HashSet<>();
            pipeline.hotWindow().index().forEach(index -> leading.add(index.get(0)));
            times.retainAll(leading);
            indexedTimes.put(pipeline.name(), times);
        }
        return indexedTimes;
    }

    private List<List<String>> query(String sql) {
        List<List<String>> rows = new ArrayList<>();
        try (SqlResult result = hazelcast.getSql().execute(sql)) {
            for (SqlRow row : result) {
                List<String> values = new ArrayList<>();
                for (int i = 0; i < row.getMetadata().getColumnCount(); i++) {
                    values.add(String.valueOf(row.<Object>getObject(i)));
                }
                rows.add(values);
            }
        }
        return rows;
    }

    private static ValueType type(String dataType) {
        return switch (dataType.toUpperCase(Locale.ROOT)) {
            case "BOOLEAN" -> ValueType.BOOLEAN;
            case "TINYINT", "SMALLINT" -> ValueType.SMALLINT;
            case "INTEGER" -> ValueType.INTEGER;
            case "BIGINT" -> ValueType.BIGINT;
            case "DECIMAL" -> ValueType.DECIMAL;
            case "REAL" -> ValueType.REAL;
            case "DOUBLE" -> ValueType.DOUBLE;
            case "DATE" -> ValueType.DATE;
            case "TIME" -> ValueType.TIME;
            case "TIMESTAMP" -> ValueType.TIMESTAMP;
            case "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_WITH_TIME_ZONE" -> ValueType.TIMESTAMP_WITH_TIME_ZONE;
            case "JSON" -> ValueType.JSON;
            default -> ValueType.VARCHAR;
        };
    }
}
