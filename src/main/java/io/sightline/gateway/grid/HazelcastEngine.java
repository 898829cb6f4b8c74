package io.sightline.gateway.grid;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.sql.HazelcastSqlException;
import com.hazelcast.sql.SqlColumnMetadata;
import com.hazelcast.sql.SqlColumnType;
import com.hazelcast.sql.SqlResult;
import com.hazelcast.sql.SqlRow;
import com.hazelcast.sql.SqlService;
import com.hazelcast.sql.SqlStatement;
import io.sightline.gateway.Engine;
import io.sightline.gateway.ResultColumn;
import io.sightline.gateway.Rows;
import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import io.sightline.gateway.ValueType;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Statements over the SQL service of a client, or of a member in the same process. */
public final class HazelcastEngine implements Engine {
    /**
     * How often a statement is sent at most. One that a member was to run which leaves, or that moving grid partitions were in
     * the way of, has given no row yet, and another member can run it.
     */
    private static final int MOST_TRIES = 5;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final SqlService sql;

    public HazelcastEngine(SqlService sql) {
        this.sql = sql;
    }

    @Override
    public Rows execute(String statement, List<? extends @Nullable Object> parameters, Duration timeout) {
        SqlStatement prepared = new SqlStatement(statement).setTimeoutMillis(timeout.toMillis());
        parameters.forEach(prepared::addParameter);
        long began = System.nanoTime();
        try {
            for (int tries = 1; ; tries++) {
                try {
                    return new ResultRows(sql.execute(prepared));
                } catch (HazelcastSqlException e) {
                    long left = timeout.minusNanos(System.nanoTime() - began + PAUSE_NANOS)
                            .toMillis();
                    if (tries == MOST_TRIES || left <= 0 || !EngineErrors.isAway(e)) {
                        throw EngineErrors.of(e);
                    }
                    LockSupport.parkNanos(PAUSE_NANOS);
                    prepared.setTimeoutMillis(left);
                }
            }
        } catch (HazelcastException | IllegalStateException e) {
            throw EngineErrors.away(e);
        } catch (AssertionError e) {
            // With assertions on, Hazelcast 5.7.0's planner throws this at intervals in the select list, among others.
            throw new StatementException(SqlState.FEATURE_NOT_SUPPORTED, "the grid cannot plan this statement");
        }
    }

    private static final class ResultRows implements Rows {
        private final SqlResult result;
        private final List<ResultColumn> columns;
        private final Iterator<SqlRow> rows;

        ResultRows(SqlResult result) {
            this.result = result;
            this.columns = result.getRowMetadata().getColumns().stream()
                    .map(ResultRows::column)
                    .toList();
            this.rows = result.iterator();
        }

        private static ResultColumn column(SqlColumnMetadata column) {
            return new ResultColumn(column.getName(), type(column.getType()));
        }

        @Override
        public List<ResultColumn> columns() {
            return columns;
        }

        @Override
        public @Nullable Object @Nullable [] next() {
            try {
                if (!rows.hasNext()) {
                    return null;
                }
                SqlRow row = rows.next();
                @Nullable Object[] values = new Object[columns.size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = row.getObject(i);
                }
                return values;
            } catch (HazelcastSqlException e) {
                throw EngineErrors.of(e);
            } catch (HazelcastException | IllegalStateException e) {
                throw EngineErrors.away(e);
            }
        }

        @Override
        public void close() {
            result.close();
        }
    }

    static ValueType type(SqlColumnType type) {
        return switch (type) {
            case BOOLEAN -> ValueType.BOOLEAN;
            case TINYINT, SMALLINT -> ValueType.SMALLINT;
            case INTEGER -> ValueType.INTEGER;
            case BIGINT -> ValueType.BIGINT;
            case DECIMAL -> ValueType.DECIMAL;
            case REAL -> ValueType.REAL;
            case DOUBLE -> ValueType.DOUBLE;
            case DATE -> ValueType.DATE;
            case TIME -> ValueType.TIME;
            case TIMESTAMP -> ValueType.TIMESTAMP;
            case TIMESTAMP_WITH_TIME_ZONE -> ValueType.TIMESTAMP_WITH_TIME_ZONE;
            case JSON -> ValueType.JSON;
            default -> ValueType.VARCHAR;
        };
    }
}
