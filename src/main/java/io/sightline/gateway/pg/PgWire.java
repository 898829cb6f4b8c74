package io.sightline.gateway.pg;

import io.sightline.gateway.SqlState;
import io.sightline.gateway.StatementException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Messages of the protocol over one socket: a type byte, a length that counts itself, and a body. Written by one thread;
 * buffered until {@link #flush}.
 */
final class PgWire {
    /** No client sends a longer message; a longer one is a mistake or an attack. */
    private static final int LONGEST_MESSAGE = 1024 * 1024;

    private static final int LONGEST_STARTUP = 10_000;

    private final DataInputStream in;
    private final DataOutputStream out;

    PgWire(Socket socket) throws IOException {
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 8192));
        out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 32 * 1024));
    }

    /** A message of a client. */
    record Message(char type, ByteBuffer body) {
        /** A text that ends with a zero byte. */
        String text() {
            int start = body.position();
            int end = start;
            while (end < body.limit() && body.get(end) != 0) {
                end++;
            }
            if (end == body.limit()) {
                throw malformed();
            }
            String text = StandardCharsets.UTF_8
                    .decode(body.slice(start, end - start))
                    .toString();
            body.position(end + 1);
            return text;
        }

        int int8() {
            need(1);
            return body.get();
        }

        int int16() {
            need(2);
            return body.getShort();
        }

        int int32() {
            need(4);
            return body.getInt();
        }

        /** Bytes with their length before them; null for -1. */
        byte @Nullable [] bytes() {
            int length = int32();
            return length == -1 ? null : bytes(length);
        }

        byte[] bytes(int length) {
            if (length < 0) {
                throw malformed();
            }
            need(length);
            byte[] bytes = new byte[length];
            body.get(bytes);
            return bytes;
        }

        private void need(int bytes) {
            if (body.remaining() < bytes) {
                throw malformed();
            }
        }

        private static StatementException malformed() {
            return new StatementException(SqlState.PROTOCOL_VIOLATION, "a malformed message");
        }
    }

    /** The first message, which has no type. */
    Message readStartup() throws IOException {
        return new Message('\0', readBody(LONGEST_STARTUP));
    }

    /** The next message; null when the client has hung up between two. */
    @Nullable
    Message read() throws IOException {
        int type = in.read();
        return type < 0 ? null : new Message((char) type, readBody(LONGEST_MESSAGE));
    }

    private ByteBuffer readBody(int longest) throws IOException {
        int length = in.readInt() - 4;
        if (length < 0 || length > longest) {
            throw new IOException("a message of " + length + " bytes");
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException();
        }
        return ByteBuffer.wrap(body);
    }

    /** The answer to a request for encryption: one byte without a frame. */
    void answerEncryption(boolean accepted) throws IOException {
        out.writeByte(accepted ? 'S' : 'N');
        out.flush();
    }

    void write(char type, ByteBuffer body) throws IOException {
        out.writeByte(type);
        out.writeInt(body.remaining() + 4);
        out.write(body.array(), body.arrayOffset() + body.position(), body.remaining());
    }

    void write(char type) throws IOException {
        out.writeByte(type);
        out.writeInt(4);
    }

    void write(char type, Body body) throws IOException {
        write(type, body.bytes());
    }

    /** Whole messages. */
    void write(byte[] messages) throws IOException {
        out.write(messages);
    }

    void flush() throws IOException {
        out.flush();
    }

    /** A body that grows. */
    static final class Body {
        private ByteBuffer bytes = ByteBuffer.allocate(256);

        Body int8(int value) {
            grow(1).put((byte) value);
            return this;
        }

        Body int16(int value) {
            grow(2).putShort((short) value);
            return this;
        }

        Body int32(int value) {
            grow(4).putInt(value);
            return this;
        }

        Body text(String value) {
            byte[] encoded = value.replace("\0", "").getBytes(StandardCharsets.UTF_8);
            grow(encoded.length + 1).put(encoded).put((byte) 0);
            return this;
        }

        Body raw(byte[] value) {
            grow(value.length).put(value);
            return this;
        }

        /** Bytes with their length before them; null as -1. */
        Body bytes(byte @Nullable [] value) {
            return value == null ? int32(-1) : int32(value.length).raw(value);
        }

        ByteBuffer bytes() {
            return bytes.duplicate().flip();
        }

        private ByteBuffer grow(int more) {
            if (bytes.remaining() < more) {
                ByteBuffer larger = ByteBuffer.allocate(Math.max(2 * bytes.capacity(), bytes.position() + more));
                bytes = larger.put(bytes.flip());
            }
            return bytes;
        }
    }
}
