package io.sightline.event;

import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The declared fields of a pipeline's events, in file order. A value's position in {@link Event#value} is its field's
 * position here. Immutable.
 */
public final class Schema implements Serializable {
    private static final long serialVersionUID = 1;

    private final List<Field> fields;
    private final String timeField;
    private final Map<String, Integer> indexByName;

    /**
     * @param fields the fields, with distinct names
     * @param timeField the field that carries event time: declared, of type timestamp and required
     */
    public Schema(List<Field> fields, String timeField) {
        this.fields = List.copyOf(fields);
        this.timeField = timeField;
        this.indexByName = new HashMap<>();
        for (Field field : this.fields) {
            if (indexByName.put(field.name(), indexByName.size()) != null) {
                throw new IllegalArgumentException("field declared twice: " + field.name());
            }
        }
        Field time = this.fields.get(indexOf(timeField));
        if (time.type() != FieldType.TIMESTAMP || !time.required()) {
            throw new IllegalArgumentException("event time must be a required timestamp: " + timeField);
        }
    }

    public List<Field> fields() {
        return fields;
    }

    public int size() {
        return fields.size();
    }

    /** The name of the field that carries event time. */
    public String timeField() {
        return timeField;
    }

    public boolean has(String name) {
        return indexByName.containsKey(name);
    }

    /**
     * The position of a declared field.
     *
     * @throws IllegalArgumentException if no field has this name
     */
    public int indexOf(String name) {
        Integer index = indexByName.get(name);
        if (index == null) {
            throw new IllegalArgumentException("no such field: " + name);
        }
        return index;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Schema schema && schema.fields.equals(fields) && schema.timeField.equals(timeField);
    }

    @Override
    public int hashCode() {
        return Objects.hash(fields, timeField);
    }
}
