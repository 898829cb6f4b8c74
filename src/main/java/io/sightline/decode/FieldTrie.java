package io.sightline.decode;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import io.sightline.event.Field;
import io.sightline.event.Schema;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON pointers of a schema as a tree that is walked along with the JSON: a step down an object or an array is one
 * look-up. A step that looks like an array index ({@code /tags/0}) is taken in arrays by position and in objects by name,
 * as RFC 6901 has it.
 */
final class FieldTrie {
    private final Node root = new Node("", "");

    /** @throws IllegalArgumentException if two fields cannot both be read: one pointer is the other or leads through it */
    FieldTrie(Schema schema) {
        List<Field> fields = schema.fields();
        for (int position = 0; position < fields.size(); position++) {
            add(fields.get(position), position);
        }
    }

    /** The object itself. */
    Node root() {
        return root;
    }

    private void add(Field field, int position) {
        Node node = root;
        for (JsonPointer step = JsonPointer.compile(field.pointer()); !step.matches(); step = step.tail()) {
            if (node.field != null) {
                throw clash(field, node.field);
            }
            node = node.down(step.getMatchingProperty(), step.getMatchingIndex());
        }
        if (node == root) {
            throw new IllegalArgumentException("the pointer of field " + field.name() + " is empty");
        }
        if (node.field != null) {
            throw clash(field, node.field);
        }
        if (!node.members.isEmpty()) {
            throw new IllegalArgumentException(
                    "another field lies inside the value of field " + field.name() + " at " + field.pointer());
        }
        node.field = field;
        node.position = position;
    }

    private static IllegalArgumentException clash(Field field, Field other) {
        return new IllegalArgumentException("field " + field.name() + " at " + field.pointer()
                + " lies inside the value of field " + other.name() + " at " + other.pointer());
    }

    /** A place in the JSON: of a field, or on the way to fields. */
    static final class Node {
        private final Map<String, Node> members = new HashMap<>();
        private final Map<Integer, Node> elements = new HashMap<>();
        private final String pointer;
        private final SerializableString name;
        private final byte[] label;
        private @Nullable Field field;
        private int position = -1;

        /** The number of the element this place was last met in; tells a duplicate key. 0 before the first. */
        long metIn;

        /** What was met first below this place, last time: what to expect, as a fleet's events look alike. */
        @Nullable
        Node likelyFirst;

        /** What was met after this place in the same object, last time. */
        @Nullable
        Node likelyNext;

        private Node(String pointer, String name) {
            this.pointer = pointer;
            this.name = new SerializedString(name);
            this.label = ("\"" + new String(this.name.asQuotedChars()) + "\":").getBytes(StandardCharsets.UTF_8);
        }

        private Node down(String name, int index) {
            Node below = members.computeIfAbsent(
                    name, n -> new Node(pointer + "/" + n.replace("~", "~0").replace("/", "~1"), n));
            if (index >= 0) {
                elements.put(index, below);
            }
            return below;
        }

        /** The place below with this name; null if no field lies there. */
        @Nullable
        Node member(String name) {
            return members.get(name);
        }

        /** The place below at this position of an array; null if no field lies there. */
        @Nullable
        Node element(int index) {
            return elements.get(index);
        }

        /** Whether fields lie below if this place holds an array. */
        boolean hasElements() {
            return !elements.isEmpty();
        }

        /** The field here; null on the way to fields. */
        @Nullable
        Field field() {
            return field;
        }

        /** The field's position in the schema; -1 on the way to fields. */
        int position() {
            return position;
        }

        /** Where this is. */
        String pointer() {
            return pointer;
        }

        /** The name, in the form the parser compares with. */
        SerializableString name() {
            return name;
        }

        /** The name as JSON text with its colon. */
        byte[] label() {
            return label;
        }
    }
}
