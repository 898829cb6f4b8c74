package io.sightline.pipeline;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A dashboard: asks the same over and over, connects again when it has to, and knows how long it went without an answer. */
final class Dashboard implements AutoCloseable {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final String url;
    private final String user;
    private final String password;
    private final String query;
    private final Thread thread = new Thread(this::read, "dashboard");
    private final AtomicLong answers = new AtomicLong();
    private volatile long longestGapNanos;
    private volatile boolean closed;

    private Dashboard(String url, String user, String password, String query) {
        this.url = url;
        this.user = user;
        this.password = password;
        this.query = query;
    }

    static Dashboard start(String url, String user, String password, String query) {
        Dashboard dashboard = new Dashboard(url, user, password, query);
        dashboard.thread.setDaemon(true);
        dashboard.thread.start();
        return dashboard;
    }

    private void read() {
        @Nullable Connection connection = null;
        long last = System.nanoTime();
        while (!closed) {
            try {
                if (connection == null) {
                    connection = DriverManager.getConnection(url, user, password);
                }
                if (hasRows(connection)) {
                    long now = System.nanoTime();
                    longestGapNanos = answers.getAndIncrement() == 0 ? 0 : Math.max(longestGapNanos, now - last);
                    last = now;
                }
            } catch (SQLException e) {
                connection = null;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private boolean hasRows(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next();
        }
    }

    /** How often there were rows. */
    long answers() {
        return answers.get();
    }

    /** Between two answers, the pause included. */
    double longestGapSeconds() {
        return longestGapNanos / 1e9;
    }

    void forgetGaps() {
        longestGapNanos = 0;
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
