package io.sightline.rollup;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The groups of one processor that have accumulators not yet written, oldest change first. Not thread-safe. */
public final class Changes {
    private final ArrayDeque<Group> groups = new ArrayDeque<>();
    private int accumulators;

    /** How many groups wait. */
    public int groups() {
        return groups.size();
    }

    /** How many accumulators of theirs wait. */
    public int accumulators() {
        return accumulators;
    }

    /** The group that has waited longest; null if none waits. */
    public @Nullable Group first() {
        return groups.peek();
    }

    void add(Group group) {
        groups.add(group);
    }

    void removeFirst() {
        groups.remove();
    }

    void changed() {
        accumulators++;
    }

    void written() {
        accumulators--;
    }
}
