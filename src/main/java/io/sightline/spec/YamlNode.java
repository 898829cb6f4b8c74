package io.sightline.spec;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A pipeline file as a tree, each node with its line (from 1). Every scalar is text: YAML's guesses about types end here. */
sealed interface YamlNode {

    int line();

    /** What this is, in words, for messages. */
    String kind();

    /**
     * One value.
     *
     * @param plain whether it stands without quotes
     */
    record Scalar(int line, String text, boolean plain) implements YamlNode {
        private static final Set<String> NOTHING = Set.of("", "~", "null", "Null", "NULL");

        /** Whether this is what YAML writes for no value at all. */
        boolean isNothing() {
            return plain && NOTHING.contains(text);
        }

        @Override
        public String kind() {
            return "text";
        }
    }

    /** A list. */
    record Sequence(int line, List<YamlNode> items) implements YamlNode {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /** Keys and values; the keys are distinct. */
    record Mapping(int line, List<Entry> entries) implements YamlNode {
        @Nullable
        Entry find(String key) {
            for (Entry entry : entries) {
                if (entry.key().equals(key)) {
                    return entry;
                }
            }
            return null;
        }

        @Override
        public String kind() {
            return "a mapping";
        }
    }

    /** One key of a mapping with its value. */
    record Entry(int line, String key, YamlNode value) {}
}
