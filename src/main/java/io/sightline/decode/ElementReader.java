package io.sightline.decode;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.sightline.event.DeadLetter.Reason;
import io.sightline.event.Field;
import io.sightline.event.Schema;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads one element of a record, by the rules of {@link Decoder}, into values and {@code extra}, or into the first refusal.
 * It always reads the element to its end, so that JSON that breaks is found and the next element can be read.
 */
final class ElementReader {
    /** Objects and arrays inside one another, the element itself included. */
    static final int MAX_DEPTH = 64;

    private final FieldTrie trie;
    private final Field[] fields;
    private final boolean keepUnknown;
    private final Refusal.First refusal = new Refusal.First();
    private final ValueReader valueReader = new ValueReader(refusal);
    private final ExtraJson extraJson = new ExtraJson();
    /** By depth, the names met in the object that is open there: all of an unknown object, the unknown ones of a known. */
    private final SeenNames[] seenNames = new SeenNames[MAX_DEPTH + 1];

    /** Counts elements, to tell by {@link FieldTrie.Node#metIn} what has been met in this one. */
    private long element;

    private byte[] record = {};
    private @Nullable Object[] values = {};
    private @Nullable String extra;

    ElementReader(Schema schema, boolean keepUnknown) {
        this.trie = new FieldTrie(schema);
        this.fields = schema.fields().toArray(new Field[0]);
        this.keepUnknown = keepUnknown;
        Arrays.setAll(seenNames, depth -> new SeenNames());
    }

    /** Why the element last read is refused; null if it is an event. */
    @Nullable
    Refusal refusal() {
        return refusal.get();
    }

    /** The values of the element last read, one a field; never written to again. */
    @Nullable
    Object[] values() {
        return values;
    }

    /** What no field took of the element last read; null if nothing. */
    @Nullable
    String extra() {
        return extra;
    }

    /** Reads the element whose first token is the parser's current one, out of a record that may hold escapes or not. */
    void read(JsonParser parser, byte[] bytes, boolean escapes) throws IOException {
        refusal.clear();
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            valueReader.begin(escapes);
            readObject(parser, bytes);
        } else {
            refusal.tell(
                    Reason.NOT_AN_OBJECT, null, "expected an object, found " + ValueReader.kind(parser.currentToken()));
            skip(parser, 0);
        }
    }

    private void readObject(JsonParser parser, byte[] bytes) throws IOException {
        element++;
        record = bytes;
        values = new Object[fields.length];
        extraJson.begin();
        object(parser, trie.root(), 1);
        extra = extraJson.end();
        if (!refusal.isPresent()) {
            requireFields();
        }
    }

    private void requireFields() {
        for (int i = 0; i < fields.length; i++) {
            if (values[i] == null && fields[i].required()) {
                refusal.tell(Reason.MISSING_FIELD, fields[i].name(), "required, but absent or null");
                return;
            }
        }
    }

    private void object(JsonParser parser, FieldTrie.Node node, int depth) throws IOException {
        boolean anyUnknown = false;
        FieldTrie.Node previous = null;
        while (true) {
            FieldTrie.Node likely = previous == null ? node.likelyFirst : previous.likelyNext;
            FieldTrie.Node member = next(parser, node, likely);
            if (parser.currentToken() != JsonToken.FIELD_NAME) {
                return;
            }
            if (member == null) {
                if (!anyUnknown) {
                    anyUnknown = true;
                    seenNames[depth].clear();
                }
                requireNew(seenNames[depth].add(parser.currentName()), parser);
                unknownMember(parser, depth);
            } else if (member.metIn == element) {
                requireNew(false, parser);
                parser.nextToken();
                skip(parser, depth);
            } else {
                member.metIn = element;
                if (member != likely) {
                    learn(node, previous, member);
                }
                previous = member;
                value(parser, parser.nextToken(), member, -1, depth);
            }
        }
    }

    /** Moves to the next name, or to the end of the object. The place with that name; null if no field lies there. */
    private static FieldTrie.@Nullable Node next(
            JsonParser parser, FieldTrie.Node node, FieldTrie.@Nullable Node likely) throws IOException {
        if (likely == null) {
            String name = parser.nextFieldName();
            return name == null ? null : node.member(name);
        }
        if (parser.nextFieldName(likely.name())) {
            return likely;
        }
        return parser.currentToken() == JsonToken.FIELD_NAME ? node.member(parser.currentName()) : null;
    }

    private static void learn(FieldTrie.Node object, FieldTrie.@Nullable Node previous, FieldTrie.Node member) {
        if (previous == null) {
            object.likelyFirst = member;
        } else {
            previous.likelyNext = member;
        }
    }

    private void array(JsonParser parser, FieldTrie.Node node, int depth) throws IOException {
        int index = 0;
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            FieldTrie.Node below = node.element(index);
            if (below == null) {
                unknownElement(parser, index, depth);
            } else {
                value(parser, token, below, index, depth);
            }
            index++;
        }
    }

    /** Reads the value at a place of the trie. {@code index} is its position in an array, or -1 in an object. */
    private void value(JsonParser parser, JsonToken token, FieldTrie.Node node, int index, int depth)
            throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            return;
        }
        boolean container = token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY;
        Field field = node.field();
        if (field != null) {
            if (container) {
                valueReader.wrongType(token, field);
                skip(parser, depth);
            } else {
                values[node.position()] = valueReader.read(parser, token, field);
            }
            return;
        }
        boolean array = token == JsonToken.START_ARRAY;
        if (!container || (array && !node.hasElements())) {
            refusal.tell(
                    Reason.WRONG_TYPE,
                    node.pointer(),
                    "expected an object that holds fields, found " + ValueReader.kind(token));
            skip(parser, depth);
        } else if (depth == MAX_DEPTH) {
            skip(parser, depth);
        } else {
            extraJson.open(array, index < 0 ? node.label() : null, index);
            if (array) {
                array(parser, node, depth + 1);
            } else {
                object(parser, node, depth + 1);
            }
            extraJson.close();
        }
    }

    private void unknownMember(JsonParser parser, int depth) throws IOException {
        int from = keepUnknown ? Place.startOfToken(parser) : 0;
        parser.nextToken();
        skip(parser, depth);
        if (keepUnknown && !refusal.isPresent()) {
            extraJson.member(record, from, Place.endOfToken(parser));
        }
    }

    private void unknownElement(JsonParser parser, int index, int depth) throws IOException {
        int from = keepUnknown ? Place.startOfToken(parser) : 0;
        skip(parser, depth);
        if (keepUnknown && !refusal.isPresent()) {
            extraJson.element(index, record, from, Place.endOfToken(parser));
        }
    }

    /**
     * Moves to the last token of the value whose first is the current one; inside, looks for what refuses an element
     * wherever it stands. {@code depth} is that of the container around the value.
     */
    private void skip(JsonParser parser, int depth) throws IOException {
        int level = depth;
        while (true) {
            switch (parser.currentToken()) {
                case START_OBJECT -> {
                    level = enter(level);
                    if (level <= MAX_DEPTH) {
                        seenNames[level].clear();
                    }
                }
                case START_ARRAY -> level = enter(level);
                case END_OBJECT, END_ARRAY -> level--;
                case FIELD_NAME -> {
                    if (level <= MAX_DEPTH) {
                        requireNew(seenNames[level].add(parser.currentName()), parser);
                    }
                }
                case VALUE_NUMBER_FLOAT -> {
                    if (parser.isNaN() && !refusal.isPresent()) {
                        refusal.tell(Reason.NOT_A_NUMBER, Place.pointer(parser), "NaN or infinity");
                    }
                }
                default -> {}
            }
            if (level == depth) {
                return;
            }
            parser.nextToken();
        }
    }

    private int enter(int level) {
        if (level == MAX_DEPTH) {
            refusal.tell(Reason.TOO_DEEP, null, "more than " + MAX_DEPTH + " objects and arrays inside one another");
        }
        return level + 1;
    }

    private void requireNew(boolean nameIsNew, JsonParser parser) {
        if (!nameIsNew && !refusal.isPresent()) {
            refusal.tell(Reason.DUPLICATE_KEY, Place.pointer(parser), "the key stands twice in one object");
        }
    }
}
