package io.sightline.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * One connection to a PostgreSQL door on this machine that asks nobody for a password, for measuring: it speaks the simple
 * protocol, reads every row and keeps none. By one thread.
 */
final class PgClient implements AutoCloseable {
    private static final int PROTOCOL_VERSION = 3 << 16;
    private static final int READ_TIMEOUT_MILLIS = 60_000;
    private static final int LENGTH_BYTES = 4;

    /** What the door says of a statement that failed. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1;

        RefusedException(String message) {
            super(message);
        }
    }

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    /**
     * Connects and logs in.
     *
     * @throws IOException if the door does not answer, or refuses
     */
    PgClient(int port, String user, String database) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        out = new DataOutputStream(socket.getOutputStream());
        byte[] settings = ("user\0" + user + "\0database\0" + database + "\0\0").getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        DataOutputStream body = new DataOutputStream(message);
        body.writeInt(2 * LENGTH_BYTES + settings.length);
        body.writeInt(PROTOCOL_VERSION);
        body.write(settings);
        out.write(message.toByteArray());
        readUntilReady();
    }

    /**
     * Runs a statement and reads what it gives.
     *
     * @return how many rows
     * @throws RefusedException if the statement fails; the connection is of use still
     * @throws IOException if the connection breaks
     */
    long query(String sql) throws IOException {
        byte[] text = (sql + "\0").getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        DataOutputStream body = new DataOutputStream(message);
        body.writeByte('Q');
        body.writeInt(LENGTH_BYTES + text.length);
        body.write(text);
        out.write(message.toByteArray());
        return readUntilReady();
    }

    private long readUntilReady() throws IOException {
        long rows = 0;
        String error = null;
        while (true) {
            int type = in.read();
            if (type < 0) {
                throw new EOFException("the door closed the connection");
            }
            byte[] body = in.readNBytes(in.readInt() - LENGTH_BYTES);
            switch (type) {
                case 'D' -> rows++;
                case 'E' -> error = error(body);
                case 'R' -> refusePassword(body);
                case 'Z' -> {
                    if (error != null) {
                        throw new RefusedException(error);
                    }
                    return rows;
                }
                default -> {
                    // Names of columns, settings, notices and tags: of no interest here.
                }
            }
        }
    }

    private static void refusePassword(byte[] body) throws IOException {
        for (byte one : body) {
            if (one != 0) {
                throw new IOException("the door asks for a password");
            }
        }
    }

    /** The field M of an error: its message. */
    private static String error(byte[] body) {
        for (String field : new String(body, StandardCharsets.UTF_8).split("\0", -1)) {
            if (field.startsWith("M")) {
                return field.substring(1);
            }
        }
        return "the door reports an error without a message";
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
