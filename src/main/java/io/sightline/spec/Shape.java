package io.sightline.spec;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What may stand at one place of the pipeline file, as far as that place alone tells. {@link PipelineFormat} is made of
 * these; the loader checks a file against them and the JSON Schema is written from them. Regular expressions match the
 * whole text and keep to what Java and ECMAScript have in common.
 */
sealed interface Shape {

    /** What may stand here, in words, for messages. */
    String accepted();

    /** One text. */
    sealed interface One extends Shape {
        /** What it is, in words: {@code a topic}. */
        String what();
    }

    /** A new name, which becomes one in SQL. */
    record Name(Names names) implements One {
        @Override
        public String what() {
            return names.what();
        }

        @Override
        public String accepted() {
            return Names.ACCEPTED;
        }
    }

    /** Any text of a certain form. */
    record Text(String what, String accepted, String regex) implements One {}

    /** A whole number from 0 on. */
    record Whole(String what, int most) implements One {
        @Override
        public String accepted() {
            return "a whole number from 0 to " + most;
        }
    }

    /** One of some words. */
    record Choice(String what, List<String> words) implements One {
        Choice(String what, String... words) {
            this(what, List.of(words));
        }

        @Override
        public String accepted() {
            return String.join(", ", words);
        }
    }

    /** {@code true} or {@code false}. */
    record Truth() implements One {
        @Override
        public String what() {
            return "a truth value";
        }

        @Override
        public String accepted() {
            return "true or false";
        }
    }

    /**
     * A length of time.
     *
     * @param because why it may not be shorter or longer
     */
    record Span(Duration least, Duration most, String because) implements One {
        @Override
        public String what() {
            return "a duration";
        }

        @Override
        public String accepted() {
            return DurationText.ACCEPTED + "; from " + DurationText.of(least) + " to " + DurationText.of(most);
        }
    }

    /** A text that may hold references. {@code secret}: it must be one, and is never printed. */
    record Referable(String what, String accepted, boolean secret) implements One {}

    /** A list of distinct elements. */
    record Items(String what, Shape element, int least) implements Shape {
        @Override
        public String accepted() {
            return "a list of " + what;
        }
    }

    /** A mapping from new names. */
    record Named(Name name, Shape value, int least) implements Shape {
        @Override
        public String accepted() {
            return "names with, for each, " + value.accepted();
        }
    }

    /** A mapping of known keys. */
    record Keys(List<Key> keys) implements Shape {
        Keys(Key... keys) {
            this(List.of(keys));
        }

        List<String> names() {
            return keys.stream().map(Key::name).toList();
        }

        @Override
        public String accepted() {
            return "the keys " + String.join(", ", names());
        }
    }

    /** One of two, told apart by what kind of node stands there. */
    record Either(Shape one, Shape other) implements Shape {
        @Override
        public String accepted() {
            return List.of(one, other).stream().map(Shape::accepted).collect(Collectors.joining("; or "));
        }
    }
}
