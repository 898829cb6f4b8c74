package io.sightline.gateway.pg;

import io.sightline.gateway.Rows;
import io.sightline.gateway.pg.PgWire.Body;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** DataRow messages: rows as a client with these formats gets them. Immutable. */
final class DataRows implements Rows.Encoding {
    private static final int TYPE_AND_LENGTH = 5;

    private final List<PgType> types;
    private final int[] formats;

    /** @param formats as a client gives them: none, one for all, or one a column */
    DataRows(List<PgType> types, int[] formats) {
        this.types = types;
        this.formats = new int[types.size()];
        Arrays.setAll(this.formats, i -> format(formats, i));
    }

    /** 0 for text, 1 for binary. */
    static int format(int[] formats, int index) {
        return formats.length == 0
                ? 0
                : formats.length == 1 ? formats[0] : formats[Math.min(index, formats.length - 1)];
    }

    /** The body of one message. */
    Body body(@Nullable Object[] row) {
        Body body = new Body().int16(row.length);
        for (int i = 0; i < row.length; i++) {
            Object value = row[i];
            PgType type = types.get(i);
            if (value instanceof Byte small) {
                value = small.shortValue();
            }
            body.bytes(value == null ? null : formats[i] == 1 ? type.binary(value) : type.text(value));
        }
        return body;
    }

    @Override
    public byte @Nullable [] encode(List<@Nullable Object[]> rows, int mostBytes) {
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        ByteBuffer begin = ByteBuffer.allocate(TYPE_AND_LENGTH);
        for (@Nullable Object[] row : rows) {
            ByteBuffer body = body(row).bytes();
            begin.clear().put((byte) 'D').putInt(body.remaining() + Integer.BYTES);
            messages.writeBytes(begin.array());
            messages.write(body.array(), body.arrayOffset() + body.position(), body.remaining());
            if (messages.size() > mostBytes) {
                return null;
            }
        }
        return messages.toByteArray();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DataRows rows && types.equals(rows.types) && Arrays.equals(formats, rows.formats);
    }

    @Override
    public int hashCode() {
        return types.hashCode() + Arrays.hashCode(formats);
    }
}
