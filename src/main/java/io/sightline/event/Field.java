package io.sightline.event;

import java.io.Serializable;

/**
 * One declared field of an event.
 *
 * @param name the column it becomes
 * @param type its type
 * @param required whether an event without it (absent or JSON null) is a dead letter
 * @param pointer where the value stands in the JSON object, as an RFC 6901 pointer: {@code /bbox/x}
 */
public record Field(String name, FieldType type, boolean required, String pointer) implements Serializable {

    /** A field that stands at the top level of the object under its own name. */
    public static Field of(String name, FieldType type, boolean required) {
        return new Field(name, type, required, "/" + name.replace("~", "~0").replace("/", "~1"));
    }

    public Column column() {
        return new Column(name, type);
    }
}
