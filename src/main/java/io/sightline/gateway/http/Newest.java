package io.sightline.gateway.http;

import java.util.LinkedHashMap;
import java.util.Map;

/** A map that remembers so many at most, and lets go of the eldest. Not thread-safe. */
final class Newest<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1;

    private final int most;

    private Newest(int most, boolean byUse) {
        super(16, 0.75f, byUse);
        this.most = most;
    }

    /** The eldest is the one that was put in first. */
    static <K, V> Newest<K, V> put(int most) {
        return new Newest<>(most, false);
    }

    /** The eldest is the one that was used least recently. */
    static <K, V> Newest<K, V> used(int most) {
        return new Newest<>(most, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > most;
    }
}
