package io.sightline.history;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What moves the table from one vector to another. Saved in the job snapshot, and so the same in every try, on whatever
 * member and after whatever crash. Says {@code from == to} and names no files where nothing was read.
 *
 * @param from the table's vector before
 * @param to its vector after; never behind {@code from}
 * @param files exactly the originals at or above {@code from} and below {@code to}
 * @param counters totals at {@code to}
 */
public record PreparedCommit(
        ProgressVector from, ProgressVector to, List<DataFile> files, SortedMap<String, Long> counters)
        implements Serializable {
    public PreparedCommit {
        files = List.copyOf(files);
        counters = Collections.unmodifiableSortedMap(new TreeMap<>(counters));
        if (!to.isAtLeast(from)) {
            throw new IllegalArgumentException("a commit cannot go back from " + from + " to " + to);
        }
        if (from.equals(to) && !files.isEmpty()) {
            throw new IllegalArgumentException("files without progress at " + from + ": " + files);
        }
    }

    /** Nothing to commit at this vector. */
    static PreparedCommit none(ProgressVector at) {
        return new PreparedCommit(at, at, List.of(), new TreeMap<>());
    }

    /** What one more barrier brings, on top of what the table is still to get. */
    PreparedCommit and(Sealed sealed) {
        List<DataFile> all = new ArrayList<>(files);
        all.addAll(sealed.files());
        // Behind a table that is newer than the job snapshot, decoding has yet to come up to `from`.
        return new PreparedCommit(from, to.max(sealed.read()), all, sealed.counters());
    }

    boolean isEmpty() {
        return from.equals(to);
    }
}
