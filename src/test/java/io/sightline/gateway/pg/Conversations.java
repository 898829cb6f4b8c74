package io.sightline.gateway.pg;

import io.sightline.gateway.pg.PgWire.Body;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What clients send to a door: recorded from pgjdbc by a tap between the two, and written here as psql sends it. */
final class Conversations {
    private static final int SSL_REQUEST = 80_877_103;
    private static final int CANCEL_REQUEST = 80_877_102;
    private static final int PROTOCOL_3 = 196_608;

    private Conversations() {}

    /** One array for each connection, all that was sent over it. */
    static List<byte[]> recorded(int port, String password) throws IOException, SQLException, InterruptedException {
        List<byte[]> conversations = new ArrayList<>(byHand());
        for (String options :
                List.of("", "&preferQueryMode=simple", "&prepareThreshold=-1", "&defaultRowFetchSize=1")) {
            try (Tap tap = new Tap(port)) {
                talk(tap.port(), password, options);
                conversations.add(tap.sent());
            }
        }
        return List.copyOf(conversations);
    }

    private static void talk(int port, String password, String options) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + port + "/sightline?sslmode=prefer" + options,
                        "ann",
                        password);
                Statement statement = connection.createStatement();
                PreparedStatement prepared = connection.prepareStatement(
                        "SELECT place, 1.5, TRUE FROM places WHERE place <> ? AND opened_at > ? AND ? < 7 LIMIT 3")) {
            connection.getMetaData().getTables(null, "public", "%", null).close();
            connection.getMetaData().getColumns(null, null, "places", "%").close();
            statement.execute("SET application_name = 'fuzz'");
            prepared.setString(1, "x'y");
            prepared.setObject(2, OffsetDateTime.parse("2026-03-14T09:00:00Z"));
            prepared.setInt(3, 4);
            connection.setAutoCommit(false);
            try (ResultSet rows = prepared.executeQuery()) {
                while (rows.next()) {
                    rows.getString(1);
                }
            }
            connection.commit();
            statement
                    .executeQuery("SELECT date_trunc('minute', opened_at) AS time, COUNT(*) FROM places GROUP BY 1")
                    .close();
        }
    }

    private static List<byte[]> byHand() {
        byte[] startup = frame(new Body()
                .int32(PROTOCOL_3)
                .text("user")
                .text("ann")
                .text("database")
                .text("sightline")
                .text("application_name")
                .text("psql")
                .int8(0));
        byte[] queries = join(
                query("SELECT place FROM places; SELECT 1;"),
                query("-- ping"),
                query("SELECT n.nspname as \"Schema\", c.relname as \"Name\", '' as \"Type\","
                        + " pg_catalog.pg_get_userbyid(c.relowner) as \"Owner\" FROM pg_catalog.pg_class c"
                        + " WHERE c.relkind IN ('r','p','') AND c.relname ~ '^(pl.*)$'"),
                query("BEGIN"),
                query("SELECT nothing FROM nowhere"),
                query("ROLLBACK"),
                new byte[] {'X', 0, 0, 0, 4});
        return List.of(
                join(frame(new Body().int32(SSL_REQUEST)), startup, queries),
                join(startup, queries),
                frame(new Body().int32(CANCEL_REQUEST).int32(1).int32(2)));
    }

    private static byte[] query(String sql) {
        return join(new byte[] {'Q'}, frame(new Body().text(sql)));
    }

    private static byte[] frame(Body body) {
        ByteBuffer bytes = body.bytes();
        return ByteBuffer.allocate(4 + bytes.remaining())
                .putInt(4 + bytes.remaining())
                .put(bytes)
                .array();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Stands between one client and the door, and keeps what the client sends. */
    private static final class Tap implements AutoCloseable {
        private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
        private final Thread forth;

        Tap(int door) throws IOException {
            forth = thread(() -> {
                try (Socket client = listening.accept();
                        Socket server = new Socket(InetAddress.getLoopbackAddress(), door)) {
                    Thread back = thread(() -> copy(server.getInputStream(), client.getOutputStream(), null));
                    copy(client.getInputStream(), server.getOutputStream(), sent);
                    server.shutdownOutput();
                    back.join();
                }
            });
        }

        int port() {
            return listening.getLocalPort();
        }

        byte[] sent() throws InterruptedException {
            forth.join();
            return sent.toByteArray();
        }

        private static void copy(InputStream from, OutputStream to, @Nullable OutputStream kept) throws IOException {
            byte[] buffer = new byte[8192];
            for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
                to.write(buffer, 0, read);
                to.flush();
                if (kept != null) {
                    kept.write(buffer, 0, read);
                }
            }
        }

        private interface Work {
            void run() throws IOException, InterruptedException;
        }

        private static Thread thread(Work work) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            work.run();
                        } catch (IOException | InterruptedException e) {
                            // The client has gone; what it sent is kept.
                        }
                    },
                    "tap");
            thread.setDaemon(true);
            thread.start();
            return thread;
        }

        @Override
        public void close() throws IOException {
            listening.close();
        }
    }
}
