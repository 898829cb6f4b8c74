package io.sightline.observe;

import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A mutable bag of counts: one number for each counter and label. Processors fill one and hand it on as a difference;
 * the status processor adds the differences up. Not thread-safe.
 */
public final class Counts implements Serializable {
    private static final long serialVersionUID = 1;

    private final TreeMap<Key, Long> values = new TreeMap<>();

    /** A counter and its label; the label is empty for counters without one. */
    public record Key(Counter counter, String label) implements Comparable<Key>, Serializable {
        @Override
        public int compareTo(Key other) {
            int byCounter = counter.compareTo(other.counter);
            return byCounter != 0 ? byCounter : label.compareTo(other.label);
        }
    }

    public void add(Counter counter, long n) {
        add(counter, "", n);
    }

    /** Adds {@code n}; adding 0 leaves no trace. */
    public void add(Counter counter, String label, long n) {
        if (n != 0) {
            values.merge(new Key(counter, label), n, Long::sum);
        }
    }

    public void addAll(Counts other) {
        other.values.forEach((key, n) -> values.merge(key, n, Long::sum));
    }

    /** The sum over all labels. */
    public long total(Counter counter) {
        return values.entrySet().stream()
                .filter(entry -> entry.getKey().counter() == counter)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** The counts of one counter by label, in label order. */
    public Map<String, Long> byLabel(Counter counter) {
        Map<String, Long> labels = new TreeMap<>();
        values.forEach((key, n) -> {
            if (key.counter() == counter) {
                labels.put(key.label(), n);
            }
        });
        return labels;
    }

    /** Moves everything into a new bag; this one is empty afterwards. */
    public Counts drain() {
        Counts drained = new Counts();
        drained.addAll(this);
        values.clear();
        return drained;
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    /** A read-only view. */
    public Map<Key, Long> asMap() {
        return Collections.unmodifiableMap(values);
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
