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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/**
 * The views of the grid as the relations of people, as they are or were a few seconds ago. Any thread.
 *
 * <p>Statements do not wait for it to be read while there are some all the time: it is read again before it is too old.
 */
public final class GridCatalog implements Supplier<Catalog> {
    /** Older than this it is given to nobody. */
    private static final Duration FRESH = Duration.ofSeconds(3);
    /** Older than this it is read again beside. */
    private static final Duration DUE = Duration.ofSeconds(2);

    private final HazelcastInstance hazelcast;
    private final LongSupplier nanoClock;
    private final Executor executor;
    private final AtomicBoolean reading = new AtomicBoolean();
    /** Of the views that there are, by their texts: few of them change. */
    private final Map<String, SqlNode> definitions = new ConcurrentHashMap<>();

    private volatile @Nullable Read last;

    /** What was read, and when. */
    private record Read(Catalog catalog, long atNanos) {
        boolean isOlderThan(Duration age, long nanos) {
            return nanos - atNanos > age.toNanos();
        }
    }

    /**
     * @param nanoClock a clock for spans, as {@link System#nanoTime}
     * @param executor runs what reads it beside
     */
    public GridCatalog(HazelcastInstance hazelcast, LongSupplier nanoClock, Executor executor) {
        this.hazelcast = hazelcast;
        this.nanoClock = nanoClock;
        this.executor = executor;
    }

    @Override
    public Catalog get() {
        Read present = last;
        long now = nanoClock.getAsLong();
        if (present == null || present.isOlderThan(FRESH, now)) {
            return readNow();
        }
        if (present.isOlderThan(DUE, now) && reading.compareAndSet(false, true)) {
            try {
                executor.execute(this::readBeside);
            } catch (RuntimeException | Error e) {
                reading.set(false);
                throw e;
            }
        }
        return present.catalog;
    }

    /** Who comes meanwhile waits, and has the same. */
    private synchronized Catalog readNow() {
        Read present = last;
        if (present != null && !present.isOlderThan(FRESH, nanoClock.getAsLong())) {
            return present.catalog;
        }
        try {
            return readAgain();
        } catch (HazelcastException | IllegalStateException e) {
            throw EngineErrors.away(e);
        }
    }

    private void readBeside() {
        try {
            readAgain();
        } catch (HazelcastException | IllegalStateException e) {
            // Whoever asks once it is too old is told.
        } finally {
            reading.set(false);
        }
    }

    private Catalog readAgain() {
        long now = nanoClock.getAsLong();
        Catalog read = read();
        publish(new Read(read, now));
        return read;
    }

    /** One that was read slowly beside comes after one that is newer. */
    private synchronized void publish(Read read) {
        Read present = last;
        if (present == null || present.atNanos - read.atNanos < 0) {
            last = read;
        }
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
                            definitions.computeIfAbsent(view.get(1), SqlText::parse),
                            columns.getOrDefault(name, List.of()),
                            indexedTimes.getOrDefault(name, Set.of())));
        }
        definitions
                .values()
                .retainAll(relations.values().stream()
                        .map(LogicalRelation::definition)
                        .collect(Collectors.toSet()));
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
