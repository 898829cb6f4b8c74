package io.sightline.observe;

import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A mutable bag of counts: one number for each counter and label. Processors fill one and hand it on as a difference;
 * the status processor adds the differences up. Not thread-safe.
 */
public final class Counts implements Serializable {
    private static final long serialVersionUID = 1;

    private static final char LABEL_FOLLOWS = '/';

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

    /** The counts by name, {@code events} or, with a label, {@code dead_letters/not_json}: how they are written to a table. */
    public SortedMap<String, Long> byName() {
        SortedMap<String, Long> named = new TreeMap<>();
        values.forEach((key, n) -> {
            String code = key.counter().code();
            named.put(key.label().isEmpty() ? code : code + LABEL_FOLLOWS + key.label(), n);
        });
        return named;
    }

    /** What {@link #byName} gave; names of counters that no longer exist are left out. */
    public static Counts ofNames(Map<String, Long> named) {
        Counts counts = new Counts();
        named.forEach((name, n) -> {
            int slash = name.indexOf(LABEL_FOLLOWS);
            String code = slash < 0 ? name : name.substring(0, slash);
            String label = slash < 0 ? "" : name.substring(slash + 1);
            Counter.ofCode(code).ifPresent(counter -> counts.add(counter, label, n));
        });
        return counts;
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
