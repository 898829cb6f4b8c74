package io.sightline.enrich.imap;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.StreamSerializer;
import io.sightline.enrich.ReferenceContent;
import io.sightline.enrich.ReferenceLayout;
import io.sightline.enrich.ReferenceTable;
import io.sightline.event.Column;
import io.sightline.event.FieldType;
import io.sightline.event.imap.EventSerializer;
import io.sightline.event.imap.TypeIds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A {@link ReferenceTable} between members: its layout, its version, then row by row the key and the added values. */
public final class ReferenceTableSerializer implements StreamSerializer<ReferenceTable> {
    @Override
    public int getTypeId() {
        return TypeIds.REFERENCE_TABLE;
    }

    @Override
    public void write(ObjectDataOutput out, ReferenceTable table) throws IOException {
        out.writeString(table.name());
        writeColumn(out, table.layout().key());
        out.writeShort(table.layout().added().size());
        for (Column column : table.layout().added()) {
            writeColumn(out, column);
        }
        out.writeLong(table.number());
        out.writeString(table.contentHash());
        out.writeLong(table.loadedAtMillis());
        out.writeInt(table.size());
        for (Map.Entry<Object, @Nullable Object[]> row : table.rows().entrySet()) {
            EventSerializer.writeValues(out, new Object[] {row.getKey()});
            EventSerializer.writeValues(out, row.getValue());
        }
    }

    @Override
    public ReferenceTable read(ObjectDataInput in) throws IOException {
        String name = readText(in);
        Column key = readColumn(in);
        int width = in.readShort();
        List<Column> added = new ArrayList<>(width);
        for (int i = 0; i < width; i++) {
            added.add(readColumn(in));
        }
        long number = in.readLong();
        String hash = readText(in);
        long loadedAtMillis = in.readLong();
        int size = in.readInt();
        Map<Object, @Nullable Object[]> rows = new HashMap<>(size * 4 / 3 + 1);
        for (int i = 0; i < size; i++) {
            Object rowKey = EventSerializer.readValues(in)[0];
            if (rowKey == null) {
                throw new IOException("a row of reference " + name + " without a key");
            }
            rows.put(rowKey, EventSerializer.readValues(in));
        }
        return new ReferenceTable(
                new ReferenceLayout(name, key, added), number, loadedAtMillis, new ReferenceContent(hash, rows));
    }

    private static void writeColumn(ObjectDataOutput out, Column column) throws IOException {
        out.writeString(column.name());
        out.writeString(column.type().yamlName());
    }

    private static Column readColumn(ObjectDataInput in) throws IOException {
        String name = readText(in);
        String type = readText(in);
        return new Column(
                name, FieldType.ofYamlName(type).orElseThrow(() -> new IOException("no field type is called " + type)));
    }

    private static String readText(ObjectDataInput in) throws IOException {
        String text = in.readString();
        if (text == null) {
            throw new IOException("a text is missing in a reference table");
        }
        return text;
    }
}
