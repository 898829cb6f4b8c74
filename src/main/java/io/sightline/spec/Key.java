package io.sightline.spec;

import org.jspecify.annotations.Nullable;

/**
 * One key of a mapping in the pipeline file.
 *
 * @param byDefault the value where the file does not give the key; null if there is none
 * @param about what it says, in a sentence for the reader of the file
 */
record Key(
        String name,
        Shape shape,
        boolean required,
        @Nullable String byDefault,
        String about) {

    static Key required(String name, Shape shape, String about) {
        return new Key(name, shape, true, null, about);
    }

    static Key optional(String name, Shape shape, String about) {
        return new Key(name, shape, false, null, about);
    }

    static Key optional(String name, Shape shape, String byDefault, String about) {
        return new Key(name, shape, false, byDefault, about);
    }
}
