package io.sightline.gateway;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;

/** A real PostgreSQL with the rows of a {@link TestGrid}: what it answers is right. */
public final class PostgresOracle implements AutoCloseable {
    private final EmbeddedPostgres postgres;
    private final Connection connection;

    public PostgresOracle(TestGrid grid) throws IOException, SQLException {
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        postgres = EmbeddedPostgres.builder().setServerConfig("timezone", "UTC").start();
        connection = postgres.getPostgresDatabase().getConnection();
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE detections (item text, site text, camera_id text, lane int4, total int8,"
                    + " confidence float8, price numeric, wet bool, seen_on date, event_time timestamptz)");
            statement.execute("CREATE TABLE places (place text, site text, note text)");
        }
        copy(grid.rows("SELECT * FROM detections"), "INSERT INTO detections VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        copy(grid.rows("SELECT * FROM places"), "INSERT INTO places VALUES (?, ?, ?)");
    }

    /** Names of the columns, then the rows. */
    public Answer ask(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            return Answer.of(result);
        }
    }

    /** A result, values as JDBC gives them. */
    public record Answer(List<String> columns, List<List<@Nullable Object>> rows) {
        public static Answer of(ResultSet result) throws SQLException {
            List<String> columns = new ArrayList<>();
            for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                columns.add(result.getMetaData().getColumnLabel(i));
            }
            List<List<@Nullable Object>> rows = new ArrayList<>();
            while (result.next()) {
                @Nullable Object[] row = new Object[columns.size()];
                for (int i = 0; i < row.length; i++) {
                    row[i] = result.getObject(i + 1);
                }
                rows.add(Arrays.asList(row));
            }
            return new Answer(columns, rows);
        }
    }

    private void copy(List<List<@Nullable Object>> rows, String insert) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            for (List<@Nullable Object> row : rows) {
                for (int i = 0; i < row.size(); i++) {
                    statement.setObject(i + 1, row.get(i));
                }
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    @Override
    public void close() throws IOException, SQLException {
        connection.close();
        postgres.close();
    }
}
