package io.sightline.source;

import io.sightline.spec.SourceSpec;
import java.io.Serializable;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a pipeline calls the partitions of its topic. The number of one is part of every origin and of the history's vector. A
 * topic that takes the place of another, in another region or made anew, has offsets that mean something else; its
 * partitions are numbered behind those of the one before, which nobody reads any more.
 *
 * @param first the number of the topic's partition 0
 */
record PartitionNumbers(int first) implements Serializable {
    private static final long serialVersionUID = 1;

    static PartitionNumbers of(SourceSpec spec) {
        return new PartitionNumbers(spec.partitionsFrom());
    }

    /** The number of a partition of the topic. */
    int of(int partition) {
        return first + partition;
    }

    /** The same map by number. */
    SortedMap<Integer, Long> of(Map<Integer, Long> byPartition) {
        SortedMap<Integer, Long> numbered = new TreeMap<>();
        byPartition.forEach((partition, offset) -> numbered.put(of(partition), offset));
        return numbered;
    }

    /** What such a map has of this topic, by partition. */
    SortedMap<Integer, Long> ofThisTopic(Map<Integer, Long> numbered) {
        SortedMap<Integer, Long> byPartition = new TreeMap<>();
        numbered.forEach((number, offset) -> {
            if (number >= first) {
                byPartition.put(number - first, offset);
            }
        });
        return byPartition;
    }

    /** What such a map has of topics before, which stays as it is. */
    SortedMap<Integer, Long> ofTopicsBefore(SortedMap<Integer, Long> numbered) {
        return new TreeMap<>(numbered.headMap(first));
    }
}
