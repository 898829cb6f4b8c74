package io.sightline.enrich;

import java.util.Collections;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One version of a reference: all its rows. Immutable, so that everybody who joins with it may hold it by reference;
 * the arrays it gives out are shared and never written to. A new version is another table.
 */
public final class ReferenceTable {
    private final ReferenceLayout layout;
    private final long number;
    private final long loadedAtMillis;
    private final ReferenceContent content;

    /**
     * @param number the version's number: greater than that of every version before, also over restarts of the whole grid
     * @param loadedAtMillis when it was read, milliseconds since 1970
     */
    public ReferenceTable(ReferenceLayout layout, long number, long loadedAtMillis, ReferenceContent content) {
        this.layout = layout;
        this.number = number;
        this.loadedAtMillis = loadedAtMillis;
        this.content = content;
    }

    /** The reference's name. */
    public String name() {
        return layout.reference();
    }

    public ReferenceLayout layout() {
        return layout;
    }

    /** The version's number. */
    public long number() {
        return number;
    }

    /** What the version was read from, as {@link ReferenceContent#hash}. */
    public String contentHash() {
        return content.hash();
    }

    public long loadedAtMillis() {
        return loadedAtMillis;
    }

    /** The number of rows. */
    public int size() {
        return content.rows().size();
    }

    /** The values of {@link ReferenceLayout#added} for this key; null if there is no such row. */
    public @Nullable Object @Nullable [] row(Object key) {
        return content.rows().get(key);
    }

    /** All rows by key, in no order; read-only. */
    public Map<Object, @Nullable Object[]> rows() {
        return Collections.unmodifiableMap(content.rows());
    }

    @Override
    public String toString() {
        return name() + " version " + number + " (" + size() + " rows)";
    }
}
