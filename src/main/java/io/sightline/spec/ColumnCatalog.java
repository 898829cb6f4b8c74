package io.sightline.spec;

import io.sightline.event.FieldType;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The columns that a pipeline file declares: fields, and what enrichment adds. Reports names given twice, and references
 * to what is not declared; where a part of the file is too broken to tell, it reports nothing.
 */
final class ColumnCatalog {
    private final Problems problems;
    private final Map<String, Declared> fields = new LinkedHashMap<>();
    private final Map<String, Declared> columns = new LinkedHashMap<>();
    private boolean fieldsKnown = true;
    private boolean columnsKnown = true;

    /** @param type null if the file gives none that exists */
    private record Declared(int line, @Nullable FieldType type, boolean required) {}

    ColumnCatalog(Place file, Problems problems) {
        this.problems = problems;
        addFields(file.at(PipelineFormat.EVENT_KEY).at(PipelineFormat.FIELDS));
        addAttributes(file.at(PipelineFormat.ENRICH));
    }

    private void addFields(Place declared) {
        fieldsKnown = declared.isMapping();
        Map<String, String> fieldByPointer = new TreeMap<>();
        for (Place.Named field : declared.entries()) {
            Place place = field.place();
            Place type = place.isMapping() ? place.at(PipelineFormat.FIELD_TYPE) : place;
            boolean required = place.isMapping()
                    && "true".equals(place.at(PipelineFormat.FIELD_REQUIRED).text());
            declare(field.name(), place, new Declared(place.line(), type(type), required));
            checkPointer(field, fieldByPointer);
        }
        fields.putAll(columns);
    }

    /** A value is read by one field, and what is read by one field is not looked into by another. */
    private void checkPointer(Place.Named field, Map<String, String> fieldByPointer) {
        String given = field.place().at(PipelineFormat.FIELD_FROM).text();
        String pointer = given == null ? "/" + field.name() : given;
        Place place = given == null ? field.place() : field.place().at(PipelineFormat.FIELD_FROM);
        String same = fieldByPointer.putIfAbsent(pointer, field.name());
        if (same != null) {
            problems.add(place, pointer, "read by the field " + same + " already", "one field a value", null);
            return;
        }
        for (Map.Entry<String, String> other : fieldByPointer.entrySet()) {
            boolean below = pointer.startsWith(other.getKey() + "/");
            boolean above = other.getKey().startsWith(pointer + "/");
            if (below || above) {
                problems.add(
                        place,
                        pointer,
                        "leads " + (below ? "into" : "to what holds") + " the value of the field " + other.getValue(),
                        "pointers to separate values",
                        null);
                return;
            }
        }
    }

    private void addAttributes(Place enrich) {
        columnsKnown = fieldsKnown && (enrich.isAbsent() || enrich.isList());
        for (Place reference : enrich.items()) {
            Place add = reference.at(PipelineFormat.ADD);
            columnsKnown &= add.isMapping() || add.isList();
            add.entries()
                    .forEach(attribute -> declare(
                            attribute.name(),
                            attribute.place(),
                            new Declared(attribute.place().line(), type(attribute.place()), false)));
            Set<String> listed = new HashSet<>();
            for (Place item : add.items()) {
                String name = item.text();
                if (name != null && listed.add(name)) {
                    declare(name, item, new Declared(item.line(), FieldType.STRING, false));
                }
            }
        }
    }

    private void declare(String name, Place place, Declared column) {
        Declared first = columns.putIfAbsent(name, column);
        if (first != null) {
            problems.add(
                    place,
                    name,
                    "names a column that is there already, from line " + first.line(),
                    "each column once",
                    null);
        }
    }

    private static @Nullable FieldType type(Place place) {
        String text = place.text();
        return text == null ? null : FieldType.ofYamlName(text).orElse(null);
    }

    /** The name here if it is that of a declared field; null, and reported where that is certain, if not. */
    @Nullable
    String field(Place place) {
        return find(place, fields, fieldsKnown, "no such field");
    }

    /** The name here if it is that of a field or of an added column; null, and reported where that is certain, if not. */
    @Nullable
    String column(Place place) {
        return find(place, columns, columnsKnown, "no such column");
    }

    /** As {@link #column(Place)}, for one name within the text that stands here. */
    @Nullable
    String column(Place place, String name) {
        return find(place, name, columns, columnsKnown, "no such column");
    }

    private @Nullable String find(Place place, Map<String, Declared> among, boolean known, String message) {
        String name = place.text();
        return name == null ? null : find(place, name, among, known, message);
    }

    private @Nullable String find(
            Place place, String name, Map<String, Declared> among, boolean known, String message) {
        if (among.containsKey(name)) {
            return name;
        }
        if (known && name.matches(Names.REGEX)) {
            problems.add(place, name, message, String.join(", ", among.keySet()), Spelling.hint(name, among.keySet()));
        }
        return null;
    }

    /** The type of a declared column; null if the file gives none that exists. */
    @Nullable
    FieldType type(String column) {
        Declared declared = columns.get(column);
        return declared == null ? null : declared.type();
    }

    boolean required(String field) {
        Declared declared = fields.get(field);
        return declared != null && declared.required();
    }
}
