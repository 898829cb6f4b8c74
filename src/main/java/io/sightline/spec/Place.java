package io.sightline.spec;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A place in a pipeline file, filled or not. Reading is lenient: what is missing or of the wrong kind reads as absent,
 * because {@link ShapeCheck} has reported it already, and the rules that follow shall not report it again.
 *
 * @param path as a person would type it: {@code rollups[0].by[1]}
 * @param line where it stands; where it is absent, the line of what it is missing from
 * @param node null where nothing stands
 */
record Place(String path, int line, @Nullable YamlNode node) {

    static Place root(YamlNode node) {
        return new Place("", node.line(), node);
    }

    static String key(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    static String item(String path, int index) {
        return path + "[" + index + "]";
    }

    /** The value of a key, or its default where the file does not give it. */
    Place at(Key key) {
        YamlNode.Entry entry = node instanceof YamlNode.Mapping mapping ? mapping.find(key.name()) : null;
        if (entry != null) {
            return new Place(key(path, key.name()), entry.line(), entry.value());
        }
        String byDefault = key.byDefault();
        YamlNode value = byDefault == null ? null : new YamlNode.Scalar(line, byDefault, false);
        return new Place(key(path, key.name()), line, value);
    }

    /** The text here; null if there is none. */
    @Nullable
    String text() {
        return node instanceof YamlNode.Scalar scalar && !scalar.isNothing() ? scalar.text() : null;
    }

    /** The text here, of a file without problems. */
    String requiredText() {
        String text = text();
        if (text == null) {
            throw new IllegalStateException("no text at " + path);
        }
        return text;
    }

    /** The duration here; null if there is none. */
    @Nullable
    Duration duration() {
        String text = text();
        return text == null ? null : DurationText.parse(text);
    }

    /** The duration here, of a file without problems. */
    Duration requiredDuration() {
        Duration duration = duration();
        if (duration == null) {
            throw new IllegalStateException("no duration at " + path);
        }
        return duration;
    }

    boolean isAbsent() {
        return node == null;
    }

    boolean isMapping() {
        return node instanceof YamlNode.Mapping;
    }

    boolean isList() {
        return node instanceof YamlNode.Sequence;
    }

    /** The elements of the list here; empty if this is no list. */
    List<Place> items() {
        if (!(node instanceof YamlNode.Sequence sequence)) {
            return List.of();
        }
        List<Place> places = new ArrayList<>();
        for (YamlNode item : sequence.items()) {
            places.add(new Place(item(path, places.size()), item.line(), item));
        }
        return places;
    }

    /** The texts of the list here. */
    List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (Place item : items()) {
            String text = item.text();
            if (text != null) {
                texts.add(text);
            }
        }
        return texts;
    }

    /** The entries of the mapping here, as names with their values; empty if this is no mapping. */
    List<Named> entries() {
        if (!(node instanceof YamlNode.Mapping mapping)) {
            return List.of();
        }
        return mapping.entries().stream()
                .map(entry -> new Named(entry.key(), new Place(key(path, entry.key()), entry.line(), entry.value())))
                .toList();
    }

    /** A name that the file gives, and what stands under it. */
    record Named(String name, Place place) {}
}
