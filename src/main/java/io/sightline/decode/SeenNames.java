package io.sightline.decode;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The names seen so far in one JSON object: a few are compared one by one, many go into a set. Reused after clear. */
final class SeenNames {
    private static final int FEW = 8;

    private final String[] few = new String[FEW];
    private int count;
    private @Nullable Set<String> many;

    void clear() {
        count = 0;
        // Not Set.clear(): after one object of a hundred thousand names that would be slow for ever.
        many = null;
    }

    /** Whether the name is new; afterwards it is not. */
    boolean add(String name) {
        if (many != null) {
            return many.add(name);
        }
        for (int i = 0; i < count; i++) {
            if (few[i].equals(name)) {
                return false;
            }
        }
        if (count < FEW) {
            few[count++] = name;
        } else {
            many = new HashSet<>(Set.of(few));
            many.add(name);
        }
        return true;
    }
}
