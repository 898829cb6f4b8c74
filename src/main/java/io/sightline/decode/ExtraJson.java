package io.sightline.decode;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes what no field takes as one JSON object, by copying the record's own bytes: numbers and escapes stay as they were
 * sent, only white space outside strings is left out. An object or array that holds both fields and unknown parts keeps its
 * nesting: {@code {"bbox":{"angle":3}}}. In an array, {@code null} stands where a field was taken, so that the others keep
 * their positions: {@code {"tags":[null,"b"]}}; after the last unknown one nothing is written.
 *
 * <p>The caller opens and closes containers as it walks; nothing is written for one until something in it is unknown.
 */
final class ExtraJson {
    private static final int INITIAL_BYTES = 256;
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    private byte[] text = new byte[INITIAL_BYTES];
    private int length;
    /** The containers from the outermost in; of those open, the first {@code written} stand in the text. */
    private final List<Container> containers = new ArrayList<>(List.of(new Container()));

    private int open;
    private int written;

    /** Starts the object of an element. */
    void begin() {
        length = 0;
        open = 1;
        written = 0;
        containers.get(0).begin(false, null, 0);
    }

    /** Enters an object or array; {@code label} is its name with colon, or null in an array. */
    void open(boolean array, byte @Nullable [] label, int index) {
        if (open == containers.size()) {
            containers.add(new Container());
        }
        containers.get(open++).begin(array, label, index);
    }

    /** Leaves the innermost container. */
    void close() {
        open--;
        if (written > open) {
            write(containers.get(open).array ? ']' : '}');
            written = open;
        }
    }

    /** Adds {@code "name": value}, the record's bytes in this range. */
    void member(byte[] record, int from, int to) {
        writeContainers();
        separate();
        copy(record, from, to);
    }

    /** Adds the element at this index of the innermost container, an array: the record's bytes in this range. */
    void element(int index, byte[] record, int from, int to) {
        writeContainers();
        place(containers.get(open - 1), index);
        copy(record, from, to);
    }

    /** The object as text, once all containers are left; null if nothing was unknown. */
    @Nullable
    String end() {
        if (written == 0) {
            return null;
        }
        write('}');
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }

    private void writeContainers() {
        for (; written < open; written++) {
            Container container = containers.get(written);
            if (container.label != null) {
                separate();
                write(container.label);
            } else if (written > 0) {
                place(containers.get(written - 1), container.index);
            }
            write(container.array ? '[' : '{');
        }
    }

    /** Fills an array up to this index. */
    private void place(Container array, int index) {
        for (; array.count < index; array.count++) {
            separate();
            write(NULL);
        }
        array.count = index + 1;
        separate();
    }

    private void separate() {
        byte last = length == 0 ? (byte) '{' : text[length - 1];
        if (last != '{' && last != '[') {
            write(',');
        }
    }

    /** Copies valid JSON text without the white space outside its strings. */
    private void copy(byte[] record, int from, int to) {
        ensure(to - from);
        boolean inString = false;
        for (int i = from; i < to; i++) {
            byte b = record[i];
            if (b == '"') {
                inString = !inString;
            } else if (inString) {
                if (b == '\\') {
                    text[length++] = b;
                    b = record[++i];
                }
            } else if (b <= ' ' && b >= 0) {
                continue;
            }
            text[length++] = b;
        }
    }

    private void write(int character) {
        ensure(1);
        text[length++] = (byte) character;
    }

    private void write(byte[] bytes) {
        ensure(bytes.length);
        System.arraycopy(bytes, 0, text, length, bytes.length);
        length += bytes.length;
    }

    private void ensure(int more) {
        if (length + more > text.length) {
            text = Arrays.copyOf(text, Math.max(length + more, 2 * text.length));
        }
    }

    /** An object or array that has been entered. */
    private static final class Container {
        private boolean array;
        private byte @Nullable [] label;
        /** Its position where it stands in an array. */
        private int index;
        /** How many elements have been written, if it is an array. */
        private int count;

        void begin(boolean isArray, byte @Nullable [] name, int position) {
            array = isArray;
            label = name;
            index = position;
            count = 0;
        }
    }
}
