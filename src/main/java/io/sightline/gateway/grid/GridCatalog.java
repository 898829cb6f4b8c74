package io.sightline.gateway.grid;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.sql.SqlResult;
import com.hazelcast.sql.SqlRow;
import com.hazelcast.sql.SqlStatement;
import io.sightline.gateway.ResultColumn;
import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/**
 * The views of the grid as the relations of people, as they are or were a few seconds ago; half a minute ago where the grid
 * answers late. Any thread.
 *
 * <p>It is read beside the statements, which wait for that only after a pause, and not long: a grid that has much to do answers
 * late, and would let every statement wait twice.
 */
public final class GridCatalog implements Supplier<Catalog> {
    /** Older than this it is read again; if reading took long, than that many times what it took, but no more than the last. */
    private static final Duration DUE = Duration.ofSeconds(2);

    private static final int READINGS = 10;
    private static final Duration DUE_AT_LAST = Duration.ofSeconds(10);

    /** So long after it was due somebody waits for what is being read, but no longer than this. */
    private static final Duration LATE = Duration.ofSeconds(1);

    private static final Duration PATIENCE = Duration.ofMillis(200);

    /** Older than this it is given to nobody. */
    private static final Duration TOO_OLD = Duration.ofSeconds(30);

    /** A member that does not answer for so long is asked no further, and the next to come asks again. */
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(10);

    private final HazelcastInstance hazelcast;
    private final LongSupplier nanoClock;
    private final Executor executor;
    /** Of the views that there are, by their texts: few of them change. */
    private final Map<String, SqlNode> definitions = new ConcurrentHashMap<>();

    private volatile @Nullable Read last;
    private @Nullable CompletableFuture<Read> reading;

    /**
     * What was read.
     *
     * @param began when, by the clock for spans
     */
    private record Read(Catalog catalog, long began, long tookNanos) {
        Duration due() {
            long asItTook = Math.min(READINGS * tookNanos, DUE_AT_LAST.toNanos());
            return Duration.ofNanos(Math.max(asItTook, DUE.toNanos()));
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

    /** @throws StatementException if the grid is away */
    @Override
    public Catalog get() {
        Read present = last;
        if (present == null) {
            return await(reading());
        }
        Duration age = Duration.ofNanos(nanoClock.getAsLong() - present.began);
        if (age.compareTo(TOO_OLD) > 0) {
            return await(reading());
        }
        if (age.compareTo(present.due()) <= 0) {
            return present.catalog;
        }
        CompletableFuture<Read> next = reading();
        return age.compareTo(present.due().plus(LATE)) <= 0
                ? present.catalog
                : await(next.copy()
                        .completeOnTimeout(present, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                        .exceptionally(failure -> present));
    }

    /** What is being read, by whoever came first. */
    private synchronized CompletableFuture<Read> reading() {
        if (reading == null) {
            CompletableFuture<Read> started = new CompletableFuture<>();
            reading = started;
            try {
                executor.execute(() -> readInto(started));
            } catch (RuntimeException | Error e) {
                reading = null;
                throw e;
            }
            return started;
        }
        return reading;
    }

    private void readInto(CompletableFuture<Read> started) {
        long began = nanoClock.getAsLong();
        try {
            Read read = new Read(read(), began, nanoClock.getAsLong() - began);
            end(started, read);
            started.complete(read);
        } catch (RuntimeException | Error e) {
            end(started, null);
            started.completeExceptionally(e);
        }
    }

    /** One that was given up may end after the next, and is older. */
    private synchronized void end(CompletableFuture<Read> started, @Nullable Read read) {
        if (reading == started) {
            reading = null;
        }
        Read present = last;
        if (read != null && (present == null || present.began - read.began < 0)) {
            last = read;
        }
    }

    private Catalog await(CompletableFuture<Read> started) {
        try {
            return started.get(ANSWERS_WITHIN.toMillis(), TimeUnit.MILLISECONDS).catalog;
        } catch (TimeoutException e) {
            end(started, null);
            throw EngineErrors.away(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StatementException refused) {
                throw refused;
            }
            if (e.getCause() instanceof HazelcastException || e.getCause() instanceof IllegalStateException) {
                throw EngineErrors.away(e.getCause());
            }
            throw new CompletionException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StatementException(SqlState.QUERY_CANCELED, "canceling statement due to user request");
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
        SqlStatement statement = new SqlStatement(sql).setTimeoutMillis(ANSWERS_WITHIN.toMillis());
        try (SqlResult result = hazelcast.getSql().execute(statement)) {
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
