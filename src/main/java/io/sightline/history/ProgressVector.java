package io.sightline.history;

import java.io.Serializable;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far a topic has come: for every topic partition 0 to n-1 the offset of the next record to read. Everything below is
 * contained, everything else is not. Partially ordered, since one topic partition may be ahead and another behind.
 * Immutable.
 */
public final class ProgressVector implements Serializable {
    private static final long serialVersionUID = 1;

    /** Of a table that has never been claimed. */
    public static final ProgressVector NONE = new ProgressVector(new long[0]);

    private final long[] nextOffsets;

    private ProgressVector(long[] nextOffsets) {
        this.nextOffsets = nextOffsets;
    }

    /**
     * A vector of as many topic partitions as there are offsets.
     *
     * @param nextOffsets the next offset of each topic partition, that of topic partition 0 first
     * @throws IllegalArgumentException if one is negative
     */
    public static ProgressVector of(long... nextOffsets) {
        for (long offset : nextOffsets) {
            if (offset < 0) {
                throw new IllegalArgumentException("a next offset is negative: " + Arrays.toString(nextOffsets));
            }
        }
        return new ProgressVector(nextOffsets.clone());
    }

    /** The number of topic partitions. */
    public int size() {
        return nextOffsets.length;
    }

    /** The offset of the next record to read in a topic partition; 0 for one that is not known yet. */
    public long next(int topicPartition) {
        return topicPartition < nextOffsets.length ? nextOffsets[topicPartition] : 0;
    }

    /** Whether the record is below, that is: contained. */
    public boolean contains(int topicPartition, long offset) {
        return offset < next(topicPartition);
    }

    /** The same with another next offset for one topic partition; those in between that were not known begin at 0. */
    public ProgressVector with(int topicPartition, long nextOffset) {
        long[] changed = Arrays.copyOf(nextOffsets, Math.max(size(), topicPartition + 1));
        changed[topicPartition] = nextOffset;
        return of(changed);
    }

    /** The least vector that is behind neither. A topic partition that one of them does not know is taken from the other. */
    public ProgressVector max(ProgressVector other) {
        long[] greater = Arrays.copyOf(nextOffsets, Math.max(size(), other.size()));
        for (int i = 0; i < other.size(); i++) {
            greater[i] = Math.max(greater[i], other.nextOffsets[i]);
        }
        return new ProgressVector(greater);
    }

    /** The greatest vector that is ahead of neither. A topic partition that one of them does not know is left out. */
    public ProgressVector min(ProgressVector other) {
        long[] lesser = Arrays.copyOf(nextOffsets, Math.min(size(), other.size()));
        for (int i = 0; i < lesser.length; i++) {
            lesser[i] = Math.min(lesser[i], other.nextOffsets[i]);
        }
        return new ProgressVector(lesser);
    }

    /** Whether no topic partition is behind the other's, and none is missing that the other knows. */
    public boolean isAtLeast(ProgressVector other) {
        return max(other).equals(this);
    }

    /** Whether both say the same of each topic partition that both know. */
    public boolean agreesWith(ProgressVector other) {
        int both = Math.min(size(), other.size());
        return Arrays.equals(nextOffsets, 0, both, other.nextOffsets, 0, both);
    }

    /** The next offsets by topic partition. */
    public SortedMap<Integer, Long> asMap() {
        SortedMap<Integer, Long> offsets = new TreeMap<>();
        for (int i = 0; i < size(); i++) {
            offsets.put(i, nextOffsets[i]);
        }
        return offsets;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ProgressVector that && Arrays.equals(nextOffsets, that.nextOffsets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(nextOffsets);
    }

    /** {@code [1201, 1187, 0]}, topic partition 0 first. */
    @Override
    public String toString() {
        return Arrays.toString(nextOffsets);
    }
}
